/** What stands for a version: stages and aliases, as the changes of the registry move them within their transactions. */
import type { Store } from '../store/store.ts';
import { recordChange } from './changes.ts';
import { aliasStages, type Stage, stages } from './names.ts';
import { readVersions } from './versions.ts';

export interface Naming {
  readonly name: string;
  readonly version: number;
  readonly alias: string;
}

/** Whichever version held staging or production before is archived. */
export function moveTo(
  store: Store,
  { name, version, stage, reason }: Omit<Naming, 'alias'> & { stage: Stage; reason: string | null },
): void {
  const held = readVersions(store, name).find((each) => each.stage === stage && aliasStages.includes(stage));
  if (held?.version === version) return;
  const change = { name, version, alias: stage, previous: held?.version ?? null, reason };
  if (aliasStages.includes(stage)) clearAlias(store, name, stage);
  setStage(store, { name, version, stage });
  recordChange(store, { ...change, action: 'promote' });
}

/** Lets a name stand for a version; the names of stages move it there. */
export function nameSo(store: Store, { name, version, alias }: Naming): void {
  const stage = stages.find((each) => each === alias);
  if (stage !== undefined) {
    moveTo(store, { name, version, stage, reason: null });
    return;
  }
  const previous = readVersions(store, name).find(({ aliases }) => aliases.includes(alias))?.version;
  if (previous === version) return;
  pointTo(store, { name, version, alias });
  recordChange(store, { name, version, action: 'alias', alias, previous: previous ?? null });
}

/** Without an entry in the audit log. */
export function pointTo(store: Store, { name, version, alias }: Naming): void {
  const stage = stages.find((each) => each === alias);
  if (stage !== undefined) setStage(store, { name, version, stage });
  else
    store.database
      .prepare('INSERT OR REPLACE INTO model_aliases (name, alias, version) VALUES (?, ?, ?)')
      .run(name, alias, version);
}

/** Whatever version has the alias, or holds the stage of that name, loses it. */
export function clearAlias(store: Store, name: string, alias: string): void {
  if (aliasStages.includes(alias))
    store.database
      .prepare(`UPDATE model_versions SET stage = 'archived' WHERE name = ? AND stage = ?`)
      .run(name, alias);
  else store.database.prepare('DELETE FROM model_aliases WHERE name = ? AND alias = ?').run(name, alias);
}

function setStage(
  store: Store,
  { name, version, stage }: { name: string; version: number; stage: Stage },
): void {
  store.database
    .prepare('UPDATE model_versions SET stage = ? WHERE name = ? AND version = ?')
    .run(stage, name, version);
}
