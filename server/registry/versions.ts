/** Registered models over the store: numbered versions, each the model file of a run, and the names that stand for them. */
import * as z from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';
import type { Store } from '../store/store.ts';
import { aliasStages, parseReference, stages } from './names.ts';

const versionRow = z.object({
  name: z.string(),
  version: z.int(),
  stage: z.enum(stages),
  run: z.string(),
  hash: z.string(),
  created: z.string(),
});

/** `hash` is that of its model.onnx; `aliases` include `staging` and `production` where the version is there. */
export type ModelVersion = z.infer<typeof versionRow> & { readonly aliases: readonly string[] };

export interface RegisteredModel {
  readonly name: string;
  /** Newest first. */
  readonly versions: readonly ModelVersion[];
}

/** By name. */
export function listModels(store: Store): RegisteredModel[] {
  const models = new Map<string, ModelVersion[]>();
  for (const version of readVersions(store)) {
    const versions = models.get(version.name) ?? [];
    models.set(version.name, [...versions, version]);
  }
  return [...models].map(([name, versions]) => ({ name, versions }));
}

/** @throws ModelwrightError model-not-found */
export function readModelVersions(store: Store, name: string): RegisteredModel {
  const versions = readVersions(store, name);
  if (versions.length === 0) throw new ModelwrightError('model-not-found', { reference: name });
  return { name, versions };
}

/**
 * The version that `NAME@ALIAS`, `NAME/VERSION` or `NAME` (its production version) stands for.
 * @throws ModelwrightError model-not-found, model-version-not-found, model-alias-not-found, model-without-production
 */
export function resolveVersion(store: Store, reference: string): ModelVersion {
  const wanted = parseReference(reference);
  const { name, versions } = readModelVersions(store, wanted.name);
  const found = versions.find((each) =>
    'version' in wanted
      ? each.version === wanted.version
      : each.aliases.includes('alias' in wanted ? wanted.alias : 'production'),
  );
  if (found !== undefined) return found;
  const known = versions.map(({ version }) => version).join(', ');
  if ('version' in wanted)
    throw new ModelwrightError('model-version-not-found', { name, version: wanted.version, known });
  if ('alias' in wanted)
    throw new ModelwrightError('model-alias-not-found', { name, alias: wanted.alias, known });
  throw new ModelwrightError('model-without-production', { name, known });
}

/** Newest first within each name; none is no error. */
export function readVersions(store: Store, name?: string): ModelVersion[] {
  const aliases = readAliases(store);
  return store.database
    .prepare(
      `SELECT name, version, stage, run, hash, created FROM model_versions
       WHERE deleted IS NULL AND (@name IS NULL OR name = @name) ORDER BY name, version DESC`,
    )
    .all({ name: name ?? null })
    .map((raw) => {
      const row = versionRow.parse(raw);
      const own = aliases.get(`${row.name}/${row.version}`) ?? [];
      return { ...row, aliases: aliasStages.includes(row.stage) ? [row.stage, ...own] : own };
    });
}

function readAliases(store: Store): ReadonlyMap<string, string[]> {
  const schema = z.object({ name: z.string(), alias: z.string(), version: z.int() });
  const aliases = new Map<string, string[]>();
  for (const raw of store.database.prepare('SELECT * FROM model_aliases ORDER BY name, alias').all()) {
    const { name, alias, version } = schema.parse(raw);
    const key = `${name}/${version}`;
    aliases.set(key, [...(aliases.get(key) ?? []), alias]);
  }
  return aliases;
}
