/** The names that a file gives and uses: variables, variants and columns, each with all its places. */
import { type ConfigNode, walk } from '../config/configNode.ts';
import type { Expression, Span } from '../config/expression/ast.ts';
import { visit } from '../config/expression/check.ts';
import { parseChange, parseGate } from '../config/expression/gate.ts';
import { parseExpression, parseSlice } from '../config/expression/parse.ts';
import { schemaAt } from '../config/fields.ts';
import { nodesOf } from '../config/schema/nodes.ts';
import type { Format } from '../config/schema/values.ts';
import type { ConfigSource } from '../config/source.ts';

export interface Occurrence {
  readonly kind: 'variable' | 'variant' | 'column';
  readonly name: string;
  /** Here the file gives the name, rather than using it. */
  readonly defines: boolean;
  /** Offsets of the name, quotes left out. */
  readonly start: number;
  readonly end: number;
  /** How a name must be spelt here: between the quotes that it has, or in backquotes within an expression. */
  readonly spelling: 'yaml' | 'expression';
  /** The YAML quotes around it. */
  readonly quote: '' | '"' | "'";
  /** Offsets of the whole key or value that it stands in, quotes included. */
  readonly within: { readonly start: number; readonly end: number };
}

type Found = Omit<Occurrence, 'quote' | 'within'>;

/** In the order of the text, each place once. */
export function occurrencesIn(source: ConfigSource): Occurrence[] {
  const found = new Map<number, Occurrence>();
  const add = (occurrence: Occurrence) => {
    if (!found.has(occurrence.start)) found.set(occurrence.start, occurrence);
  };
  if (source.root === undefined) return [];
  walk(source.root, (node, path, entry) => {
    if (entry !== undefined) for (const each of ofKey(path, entry, source.text.text)) add(each);
    const text = textOf(node);
    if (node.kind !== 'scalar' || text === undefined) return;
    const { value, quote } = text;
    for (const each of ofText(path, value))
      add({
        ...each,
        quote,
        within: { start: node.start, end: node.start + node.source.length },
        start: node.start + quote.length + each.start,
        end: node.start + quote.length + each.end,
      });
  });
  return [...found.values()].toSorted((a, b) => a.start - b.start);
}

/** The text of a value and the quotes around it; undefined where escapes or folding put its words elsewhere. */
export function textOf(
  node: ConfigNode,
): { readonly value: string; readonly quote: '' | '"' | "'" } | undefined {
  if (node.kind !== 'scalar' || typeof node.value !== 'string' || node.style === 'block') return undefined;
  const quote = node.style === 'double' ? '"' : node.style === 'single' ? "'" : '';
  const inside = node.source.slice(quote.length, node.source.length - quote.length);
  return inside === node.value ? { value: inside, quote } : undefined;
}

/** What the text at a path can mean; in a variant what it means in the experiment. */
export function formatsAt(path: string): readonly Format[] {
  const schema = schemaAt(overlaid(path).split('.'));
  if (schema === undefined) return [];
  return nodesOf(schema).flatMap((node) =>
    node.form === 'leaf' && node.kind.is === 'text' ? [node.kind.format] : [],
  );
}

export function occurrenceAt(source: ConfigSource, offset: number): Occurrence | undefined {
  return occurrencesIn(source).find(({ start, end }) => offset >= start && offset <= end);
}

/** All places of the same name. */
export function sameName(
  source: ConfigSource,
  { kind, name }: Pick<Occurrence, 'kind' | 'name'>,
): Occurrence[] {
  return occurrencesIn(source).filter((other) => other.kind === kind && other.name === name);
}

/** Maps whose keys are column names. */
const columnMaps: ReadonlySet<string> = new Set([
  'data.columns',
  'features.types',
  'features.columns',
  'model.gbdt.monotone',
  'data.privacy.columns',
  'data.read.types',
]);

function ofKey(
  path: string,
  { key, keyStart, keyEnd }: { key: string; keyStart: number; keyEnd: number },
  text: string,
): Occurrence[] {
  const parent = path.slice(0, Math.max(0, path.length - key.length - 1));
  const kind =
    parent === 'vars'
      ? 'variable'
      : parent === 'variants'
        ? 'variant'
        : columnMaps.has(overlaid(parent))
          ? 'column'
          : undefined;
  if (kind === undefined) return [];
  const first = text.charAt(keyStart);
  const quote = first === '"' || first === "'" ? first : '';
  const start = keyStart + quote.length;
  const end = keyEnd - quote.length;
  // Escapes within the quotes would put the name elsewhere.
  if (text.slice(start, end) !== key) return [];
  return [
    {
      kind,
      name: key,
      defines: kind !== 'column',
      start,
      end,
      spelling: 'yaml',
      quote,
      within: { start: keyStart, end: keyEnd },
    },
  ];
}

function ofText(path: string, text: string): Found[] {
  const variables = [...text.matchAll(/\$\{\s*vars\.([\w-]+)/g)].map((match): Found => {
    const name = match[1] ?? '';
    const end = match.index + match[0].length;
    return { kind: 'variable', name, defines: false, start: end - name.length, end, spelling: 'yaml' };
  });
  return [...variables, ...ofValue(overlaid(path), text)];
}

/** Of the same length, with a number for each `${…}`: so that an expression can be read around them. */
export function withoutReferences(text: string): string {
  return text.replaceAll(/\$\{[^}]*\}?/g, (reference) => '1'.repeat(reference.length));
}

function ofValue(path: string, text: string): Found[] {
  const formats = formatsAt(path);
  const format = formats.find((each) => each === 'expr' || each === 'slice' || each === 'gate');
  const plain = withoutReferences(text);
  if (plain !== text) return format === undefined ? [] : ofExpression(path, plain, format);
  const whole: Found = {
    kind: 'column',
    name: text,
    defines: /^(?:data|features)\.derive\.\d+\.name$/.test(path),
    start: 0,
    end: text.length,
    spelling: 'yaml',
  };
  if (formats.includes('column') || (formats.includes('glob') && !/[*?]/.test(text))) return [whole];
  return format === undefined ? [] : ofExpression(path, text, format);
}

function ofExpression(path: string, text: string, format: Format): Found[] {
  const places: { name: string; span: Span; kind: Occurrence['kind'] }[] = [];
  const look = (ast: Expression | undefined) => {
    if (ast !== undefined)
      visit(ast, (part) => {
        if (part.kind === 'name') places.push({ name: part.name, span: part.span, kind: 'column' });
      });
  };
  if (format === 'gate') {
    const { ast } = parseGate(text);
    if (ast?.kind === 'compare') look(ast.metric.slice?.expression);
    const match = /variant\(\s*([^)\s]+)\s*\)/.exec(text);
    const name = match?.[1] ?? '';
    if (match !== null) {
      const start = match.index + match[0].indexOf(name, 8);
      places.push({ name, span: { start, end: start + name.length }, kind: 'variant' });
    }
  } else if (/^evaluate\.behavior\.\d+\.change$/.test(path)) {
    look(parseChange(text).ast?.value);
  } else {
    look((format === 'slice' ? parseSlice(text) : parseExpression(text)).ast);
  }
  return places.map(({ name, span, kind }) => {
    const quoted = text.charAt(span.start) === '`' ? 1 : 0;
    return {
      kind,
      name,
      defines: false,
      start: span.start + quoted,
      end: span.end - quoted,
      spelling: 'expression',
    };
  });
}

/** A variant's `data.columns` are the experiment's. */
function overlaid(path: string): string {
  const [first, , ...rest] = path.split('.');
  return first === 'variants' && rest.length > 0 ? rest.join('.') : path;
}
