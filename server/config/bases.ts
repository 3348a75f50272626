/** Which files an experiment extends, and whether any experiment extends a file: what a base lacks, they may write. */
import { dirname, resolve } from 'node:path';
import { plainValue } from './configNode.ts';
import { ConfigSource } from './source.ts';
import { TextDocument } from './textDocument.ts';
import { parseYaml } from './yaml/yaml.ts';

/** Absolute paths of what `source`, a file of `directory`, names. */
export function basesOf(source: ConfigSource, directory: string): string[] {
  const node = source.locate('extends')?.node;
  const written = node === undefined ? [] : [plainValue(node)].flat();
  return written.flatMap((each) =>
    typeof each === 'string' && each !== '' ? [resolve(directory, each)] : [],
  );
}

/** Absolute paths of what any of `files` extends; `read` gives undefined, or throws, where a file has gone. */
export function allBases(
  files: readonly string[],
  read: (path: string) => string | undefined,
): ReadonlySet<string> {
  const textOf = (file: string) => {
    try {
      return read(file);
    } catch {
      return undefined;
    }
  };
  return new Set(
    files.flatMap((file) => {
      const text = textOf(file)?.replace(/^\uFEFF/, '');
      if (text === undefined || !text.includes('extends')) return [];
      const document = new TextDocument(text);
      return basesOf(new ConfigSource(document, parseYaml(document).root), dirname(file));
    }),
  );
}
