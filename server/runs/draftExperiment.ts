/** A starting experiment from a table: what `init` writes, as short as it can honestly be. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { isDataFile } from '../catalog/dataFiles.ts';
import type { Profile } from '../data/profile/columnProfile.ts';
import { isKey } from '../data/profile/guessTargets.ts';

/** Tables in the folder and in its `data` folder, by name. */
export function findDataFiles(folder: string): string[] {
  return [folder, join(folder, 'data')].flatMap((place) => {
    const entries = readNames(place).filter(isDataFile);
    return entries.sort().map((name) => join(place, name));
  });
}

function readNames(folder: string): string[] {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

/** Two lines, and the row key where there is one: it must not become a feature. */
export function draftExperiment(profile: Profile, data: string, target: string): string {
  const key = profile.columns.find((column) => column.name !== target && isKey(column, profile.rows));
  const source = key === undefined ? data : { source: data, id: key.name };
  return stringify({ data: source, target });
}
