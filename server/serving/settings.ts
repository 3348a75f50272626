/** What an experiment says about serving its model (section 11 of the language), with the defaults of the language. */
import * as z from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';
import { secondsIn } from '../config/duration.ts';

/** Bytes of the largest request, where none is named. */
export const defaultBodyLimit = 2 ** 20;

export type Strictness = 'strict' | 'coerce' | 'none';

export interface ServeSettings {
  /** Path of the experiment's own endpoint. */
  readonly path: string;
  /** First port to try. */
  readonly port: number;
  readonly input: Strictness;
  readonly log: {
    readonly inputs: boolean;
    readonly outputs: boolean;
    /** Share of the rows that is recorded. */
    readonly sample: number;
    /** Columns that are never recorded. */
    readonly redact: ReadonlySet<string>;
    readonly retentionMilliseconds: number;
  };
}

const schema = z.looseObject({
  serve: z
    .looseObject({
      endpoint: z
        .looseObject({
          path: z.string().default('/predict'),
          port: z.int().default(8080),
          auth: z.string().default('none'),
        })
        .prefault({}),
      input: z.enum(['strict', 'coerce', 'none']).default('strict'),
      log: z
        .looseObject({
          inputs: z.boolean().default(true),
          outputs: z.boolean().default(true),
          sample: z.number().default(1),
          redact: z.union([z.string(), z.array(z.string())]).default('pii'),
          retention: z.string().default('90d'),
        })
        .prefault({}),
    })
    .prefault({}),
  data: z
    .looseObject({ columns: z.record(z.string(), z.looseObject({ pii: z.unknown() })).default({}) })
    .prefault({}),
});

/** @throws ModelwrightError endpoint-unusable, setting-not-supported */
export function readServeSettings(experiment: Readonly<Record<string, unknown>>): ServeSettings {
  const { serve, data } = schema.parse(experiment);
  const { path, port, auth } = serve.endpoint;
  checkPath(path);
  if (auth !== 'none')
    throw new ModelwrightError('setting-not-supported', {
      path: 'serve.endpoint.auth',
      value: auth,
      choices: 'none: the server answers this machine only',
    });
  const { redact, retention, ...log } = serve.log;
  const personal = Object.entries(data.columns)
    .filter(([, { pii }]) => pii !== undefined && pii !== false && pii !== 'none')
    .map(([name]) => name);
  const named = [redact].flat().flatMap((each) => (each === 'pii' ? personal : [each]));
  return {
    path,
    port,
    input: serve.input,
    log: { ...log, redact: new Set(named), retentionMilliseconds: millisecondsOf(retention) },
  };
}

/** Paths that mean something else on every server. */
const taken = /^\/(v2|invocations|metrics|openapi\.json)(\/|$)/;

function checkPath(path: string): void {
  const reason = !/^(\/[\w.~-]+)+$/.test(path)
    ? 'it is no plain path'
    : path.split('/').some((part) => part === '..' || part === '.')
      ? 'it leads out of itself'
      : taken.test(path)
        ? 'the path is taken by the server itself'
        : undefined;
  if (reason !== undefined) throw new ModelwrightError('endpoint-unusable', { path, reason });
}

/** Of a duration of the language, such as `90d`; anything else counts as the default of 90 days. */
function millisecondsOf(duration: string): number {
  return 1_000 * (secondsIn(duration) ?? 90 * 86_400);
}
