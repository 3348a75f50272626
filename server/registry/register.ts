/** Registers the model of a finished run as a version, once its gates are passed. */
import * as z from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';
import { type Store, writing } from '../store/store.ts';
import { type RunRecord, readRun } from '../tracking/runs.ts';
import { recordChange } from './changes.ts';
import { checkAlias, checkModelName, type Stage, stages } from './names.ts';
import { moveTo, nameSo } from './naming.ts';
import { type ModelVersion, readVersions, resolveVersion } from './versions.ts';

/** What an experiment says about its model's place in the registry (section 10 of the language). */
const registrySettings = z.looseObject({
  name: z.string().optional(),
  stage: z.enum(stages).optional(),
});

export interface Registration {
  /** Absent: `registry.name`, else the experiment's name. */
  readonly name?: string;
  /** Absent: `registry.stage`, else candidate. */
  readonly stage?: Stage;
  readonly aliases?: readonly string[];
  /** Lets a run in whose gates have failed. */
  readonly force?: boolean;
}

/**
 * Registers the model of a run as the next version; the same file under the same name stays the version that it is.
 * @throws ModelwrightError run-not-found, run-without-model, model-gates-failed, model-name-unusable, alias-unusable
 */
export function registerRun(
  store: Store,
  runId: string,
  registration: Registration = {},
): { readonly version: ModelVersion; readonly created: boolean } {
  const run = readRun(store, runId);
  const hash = modelHash(store, run);
  const parsed = registrySettings.safeParse(run.request.experiment['registry']);
  const settings = parsed.success ? parsed.data : {};
  const name = registration.name ?? settings.name ?? run.head.experiment;
  checkModelName(name);
  const aliases = registration.aliases ?? [];
  for (const alias of aliases) checkAlias(alias);
  const reason = overruled(run, registration.force);
  return writing(store, () => {
    const same = readVersions(store, name).find((version) => version.hash === hash);
    const version = same?.version ?? nextVersion(store, name);
    if (same === undefined) {
      store.database
        .prepare(
          `INSERT INTO model_versions (name, version, stage, run, hash, created) VALUES (?, ?, 'candidate', ?, ?, ?)`,
        )
        .run(name, version, run.head.id, hash, new Date().toISOString());
      recordChange(store, { name, version, action: 'register', reason });
    }
    const stage = registration.stage ?? (same === undefined ? settings.stage : undefined);
    if (stage !== undefined && stage !== 'candidate') moveTo(store, { name, version, stage, reason });
    for (const alias of aliases) nameSo(store, { name, version, alias });
    return { version: resolveVersion(store, `${name}/${version}`), created: same === undefined };
  });
}

/** Numbers of deleted versions stay taken. */
function nextVersion(store: Store, name: string): number {
  const row = store.database
    .prepare('SELECT coalesce(max(version), 0) + 1 AS next FROM model_versions WHERE name = ?')
    .get(name);
  return z.object({ next: z.int() }).parse(row).next;
}

function modelHash(store: Store, { head, document }: RunRecord): string {
  const row = store.database
    .prepare(`SELECT hash FROM run_artifacts WHERE run = ? AND name = 'model.onnx'`)
    .get(head.id);
  if (document === undefined || row === undefined)
    throw new ModelwrightError('run-without-model', { id: head.id, status: head.status });
  return z.object({ hash: z.string() }).parse(row).hash;
}

/** What the audit log says of failed gates that were let pass. @throws ModelwrightError model-gates-failed */
export function overruled({ head, document }: RunRecord, force: boolean | undefined): string | null {
  const failed = (document?.gates ?? []).filter(({ passed }) => !passed).map(({ gate }) => gate);
  if (failed.length === 0) return null;
  const gates = failed.join(', ');
  if (force !== true) throw new ModelwrightError('model-gates-failed', { run: head.id, gates });
  return `gates overruled: ${gates}`;
}
