/** What the data say, written into the file: the hash of their version, and a contract for each column. */
import type { ConfigNode, MapEntry } from '../config/configNode.ts';
import { setEdit, yamlKey } from '../config/edits.ts';
import { contractOf } from '../lint/inferContract.ts';
import type { TextEdit } from '../protocol/finding.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { expanded } from './shorthandEdits.ts';

/** None while the data are not known, or where they are pinned to what they are. */
export function pinDataEdits({ loaded, facts, current }: OpenExperiment): readonly TextEdit[] {
  if (facts === undefined || !current || loaded.experiment?.data.version === facts.hash) return [];
  if (loaded.source.locate('data') === undefined) return [];
  return setEdit(loaded.source, 'data.version', facts.hash);
}

/** `age: {type: numeric, nullable: false, min: 0}` for each column of the data that the file says nothing of yet. */
export function inferColumnsEdits({ loaded, facts }: OpenExperiment): readonly TextEdit[] {
  const { source } = loaded;
  const section = source.locate('data');
  if (facts === undefined || section?.entry === undefined) return [];
  const written = source.locate('data.columns')?.node;
  const known = new Set(written?.kind === 'map' ? written.entries.map(({ key }) => key) : []);
  const lines = facts.profile.columns
    .filter(({ derived, name }) => !derived && !known.has(name))
    .map((column) => `${yamlKey(column.name)}: {${contractOf(column, facts.rows).join(', ')}}`);
  return lines.length === 0 ? [] : columnsEdit(loaded, section.entry, lines);
}

function columnsEdit(
  { source }: OpenExperiment['loaded'],
  data: MapEntry,
  lines: readonly string[],
): readonly TextEdit[] {
  const { text } = source;
  const { node } = data;
  const insert = (at: number, added: string) => ({ range: text.rangeAt(at, at), text: added });
  const end = (of: ConfigNode) => of.start + text.text.slice(of.start, of.end).trimEnd().length;
  const lineEnd = (at: number) =>
    text.offsetAt({ line: text.positionAt(at).line, character: Number.MAX_SAFE_INTEGER });
  const block = (indent: number, at: number, own: boolean) => {
    const key = own ? [`${' '.repeat(indent)}columns:`] : [];
    const inner = ' '.repeat(own ? indent + 2 : indent);
    return insert(at, ['', ...key, ...lines.map((line) => inner + line)].join('\n'));
  };
  const indent = text.positionAt(data.keyStart).character + 2;
  if (node.kind !== 'map') {
    const out = expanded(source, data, { primary: 'source', flow: false });
    return out.length === 0 ? [] : [...out, block(indent, lineEnd(end(node)), true)];
  }
  const columns = node.entries.find(({ key }) => key === 'columns')?.node;
  const last = node.entries.at(-1);
  if (columns?.kind === 'map' && columns.entries.length > 0) {
    const [first, final] = [columns.entries[0], columns.entries.at(-1)];
    if (columns.flow) return [insert(end(final?.node ?? columns), `, ${lines.join(', ')}`)];
    const column = text.positionAt(first?.keyStart ?? columns.start).character;
    return [block(column, lineEnd(end(final?.node ?? columns)), false)];
  }
  const inFlow = text.text.slice(node.start, node.end);
  if (columns === undefined && node.flow && last !== undefined && !/[#\n]/.test(inFlow)) {
    // A contract a line wants room: what stands between the brackets gets lines, too.
    const own = node.entries.map(({ keyStart, node: { end: to } }) =>
      text.text.slice(keyStart, to).trimEnd(),
    );
    const colon = text.text.indexOf(':', data.keyEnd) + 1;
    const written = own.map((line) => `\n${' '.repeat(indent)}${line}`).join('');
    return [{ range: text.rangeAt(colon, node.end), text: written }, block(indent, lineEnd(node.end), true)];
  }
  if (columns !== undefined || node.flow || last === undefined)
    return setEdit(source, 'data.columns', `{${lines.join(', ')}}`);
  const column = text.positionAt(node.entries[0]?.keyStart ?? node.start).character;
  return [block(column, lineEnd(end(last.node)), true)];
}
