/** Tells whether files are still what they were when their reading began. */
import { statSync } from 'node:fs';
import { ModelwrightError } from '../../catalog/errors.ts';

/** The returned function throws `data-unreadable` from the moment that one of the files has changed or gone. */
export function watchFiles(paths: readonly string[]): () => void {
  const before = paths.map(fileSignature);
  return () => {
    for (const [index, path] of paths.entries())
      if (fileSignature(path) !== before[index])
        throw new ModelwrightError(
          'data-unreadable',
          { path, reason: 'it changed while it was read. Try again when it is written.' },
          { file: path },
        );
  };
}

/** Changes when a file does: what a build tool goes by. Empty where there is none. */
export function fileSignature(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  return found === undefined ? '' : [found.size, found.mtimeMs, found.ctimeMs, found.ino].join(' ');
}
