/** The audit log of the registry: who changed what, when and why. Written in the transaction of the change itself. */
import { userInfo } from 'node:os';
import * as z from 'zod';
import type { Store } from '../store/store.ts';

const changeSchema = z.object({
  time: z.string(),
  user: z.string(),
  name: z.string(),
  version: z.int().nullable(),
  action: z.enum(['register', 'promote', 'alias', 'unalias', 'rollback', 'delete']),
  /** The alias or stage that was set. */
  alias: z.string().nullable(),
  /** The version that it stood for before. */
  previous: z.int().nullable(),
  /** Such as gates that were overruled. */
  reason: z.string().nullable(),
});
export type Change = z.infer<typeof changeSchema>;

export function recordChange(
  store: Store,
  change: Pick<Change, 'name' | 'version' | 'action'> & Partial<Change>,
): void {
  store.database
    .prepare(
      `INSERT INTO model_changes (time, user, name, version, action, alias, previous, reason)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    )
    .run(
      new Date().toISOString(),
      userName(),
      change.name,
      change.version,
      change.action,
      change.alias ?? null,
      change.previous ?? null,
      change.reason ?? null,
    );
}

/** Oldest first. */
export function readChanges(store: Store, name: string): Change[] {
  return store.database
    .prepare(
      `SELECT time, user, name, version, action, alias, previous, reason FROM model_changes
       WHERE name = ? ORDER BY id`,
    )
    .all(name)
    .map((raw) => changeSchema.parse(raw));
}

/** Another one as soon as anything in the registry changed. */
export function registryStamp(store: Store): string {
  const row = store.database.prepare('SELECT coalesce(max(id), 0) AS last FROM model_changes').get();
  return String(z.object({ last: z.int() }).parse(row).last);
}

/** The versions that an alias has stood for, in order; going back takes the last one off. */
export function readAliasHistory(store: Store, name: string, alias: string): number[] {
  const held: number[] = [];
  for (const change of readChanges(store, name)) {
    if (change.alias !== alias || change.version === null) continue;
    if (change.action === 'rollback') held.splice(held.lastIndexOf(change.version) + 1);
    else held.push(change.version);
  }
  return held;
}

/** Containers may run under a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? '');
  }
}
