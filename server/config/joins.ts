/** The tables of `data.join` by name. */
import { basename, dirname } from 'node:path';

/** As written, else the stem of the file; of a glob what stands before its first wildcard, or the folder's name. */
export function joinName({ name, source }: { readonly name?: string; readonly source: string }): string {
  if (name !== undefined) return name;
  const [stem = ''] = basename(source).split(/\.|[*?[{]/, 1);
  const bare = stem.replace(/[-_ ]+$/, '');
  return bare === '' ? basename(dirname(source)) : bare;
}

/** The names in what is written under `data.join`, whatever it is. */
export function joinNames(written: unknown): string[] {
  if (!Array.isArray(written)) return [];
  return written.flatMap((item: unknown) => {
    if (typeof item !== 'object' || item === null || !('source' in item)) return [];
    const { source } = item;
    const name = 'name' in item ? item.name : undefined;
    if (typeof source !== 'string') return [];
    return [joinName(typeof name === 'string' ? { name, source } : { source })];
  });
}
