/** Paths in experiments follow files that a person renames or moves in the editor. */
import { dirname, relative, resolve, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { FileRename, WorkspaceEdit } from 'vscode-languageserver/node';
import { walk } from '../config/configNode.ts';
import { yamlScalar } from '../config/edits.ts';
import { ConfigSource } from '../config/source.ts';
import { TextDocument } from '../config/textDocument.ts';
import { parseYaml } from '../config/yaml/yaml.ts';
import { isPath } from './navigation.ts';
import type { ProjectFiles } from './relatedFiles.ts';

/** Edits of every experiment that names one of the files, or a file in one of the folders; of those that move, too. */
export function renamedFilesEdit(renames: readonly FileRename[], project: ProjectFiles): WorkspaceEdit {
  const moves = renames
    .filter(({ oldUri, newUri }) => oldUri.startsWith('file:') && newUri.startsWith('file:'))
    .map(({ oldUri, newUri }) => ({ from: fileURLToPath(oldUri), to: fileURLToPath(newUri) }));
  const moved = (path: string): string => {
    const move = moves.find(({ from }) => path === from || path.startsWith(from + sep));
    return move === undefined ? path : move.to + path.slice(move.from.length);
  };
  const documentChanges = project.list().flatMap((path) => {
    const read = project.read(path);
    if (read === undefined) return [];
    const text = new TextDocument(read.text);
    const source = new ConfigSource(text, parseYaml(text).root);
    const edits: { range: ReturnType<TextDocument['rangeAt']>; newText: string }[] = [];
    if (source.root === undefined) return [];
    walk(source.root, (node, at) => {
      if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.style === 'block' || !isPath(at))
        return;
      if (node.value === '' || /^[a-z][a-z0-9+]+:\/\/|[*?\0]|\$\{/i.test(node.value)) return;
      const target = resolve(dirname(path), node.value);
      const wanted = relative(dirname(moved(path)), moved(target))
        .split(sep)
        .join('/');
      const now = relative(dirname(path), target).split(sep).join('/');
      // What the person wrote stays unless the move made it wrong.
      if (wanted !== now)
        edits.push({ range: text.rangeAt(node.start, node.end), newText: yamlScalar(wanted) });
    });
    const textDocument = { uri: pathToFileURL(path).href, version: read.version };
    return edits.length === 0 ? [] : [{ textDocument, edits }];
  });
  return { documentChanges };
}
