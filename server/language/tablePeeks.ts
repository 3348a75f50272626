/** What the first rows of the tables near an experiment show; asked once for each file, and never waited for. */
import { statSync } from 'node:fs';
import { guessTargets } from '../data/profile/guessTargets.ts';
import type { DataClient } from '../data/worker/client.ts';

export interface TablePeek {
  readonly columns: number;
  /** The likeliest first. */
  readonly targets: readonly string[];
}

/** `pending` until it is known; undefined where it cannot be. Paths are absolute. */
export type PeekAt = (path: string) => TablePeek | 'pending' | undefined;

export function tablePeeks(client: Pick<DataClient, 'peek'> | undefined): PeekAt {
  const known = new Map<string, { readonly changed: number; peek: TablePeek | 'pending' | undefined }>();
  return (path) => {
    const changed = client === undefined ? undefined : statSync(path, { throwIfNoEntry: false })?.mtimeMs;
    if (client === undefined || changed === undefined) return undefined;
    const before = known.get(path);
    if (before?.changed === changed) return before.peek;
    const entry: { changed: number; peek: TablePeek | 'pending' | undefined } = { changed, peek: 'pending' };
    known.set(path, entry);
    client.peek(path).then(
      (profile) => {
        entry.peek = { columns: profile.columns.length, targets: guessTargets(profile).slice(0, 3) };
      },
      // A file that cannot be read is offered without words about it; opening it says why.
      () => {
        entry.peek = undefined;
      },
    );
    return 'pending';
  };
}
