/** The statements and calls of a Python script, as far as following its data needs them. Pure. */

export interface Statement {
  /** On one line, without comments; texts of strings are kept. */
  readonly text: string;
  /** From 1. */
  readonly line: number;
  /** The function it stands in; empty at the top. */
  readonly scope: string;
}

/** Lines joined within brackets; a notebook's code cells one after another. */
export function statementsOf(code: string): Statement[] {
  const lines = withoutDocstrings(cellsOf(code)).split('\n');
  const statements: Statement[] = [];
  let scope = { name: '', indent: -1 };
  for (let at = 0; at < lines.length; at++) {
    const first = at;
    let text = withoutComment(lines[at] ?? '');
    while (depthOf(text) > 0 && at + 1 < lines.length && at - first < 200)
      text += ` ${withoutComment(lines[++at] ?? '').trim()}`;
    if (text.trim() === '') continue;
    const indent = text.length - text.trimStart().length;
    if (indent <= scope.indent) scope = { name: '', indent: -1 };
    const defined = /^\s*(?:async\s+)?def\s+(\w+)/.exec(text)?.[1];
    if (defined !== undefined) {
      if (scope.name === '') scope = { name: defined, indent };
      continue;
    }
    statements.push({ text: text.trim(), line: first + 1, scope: scope.name });
  }
  return statements;
}

export interface Call {
  /** What stands before the dot; empty for a plain function. */
  readonly receiver: string;
  readonly name: string;
  /** Between the brackets. */
  readonly args: string;
}

/** Every call within a text, outer ones first. */
export function callsOf(text: string): Call[] {
  const calls: Call[] = [];
  for (const match of text.matchAll(/([A-Za-z_]\w*)\s*\(/g)) {
    const name = match[1] ?? '';
    const open = match.index + match[0].length - 1;
    calls.push({
      receiver: receiverBefore(text, match.index),
      name,
      args: text.slice(open + 1, closingOf(text, open)),
    });
  }
  return calls;
}

/** `StandardScaler()` of `StandardScaler().fit(x)`; empty where no dot stands before. */
function receiverBefore(text: string, end: number): string {
  if (text[end - 1] !== '.') return '';
  let at = end - 2;
  for (; at >= 0; at--) {
    const sign = text[at] ?? '';
    if (sign === ')' || sign === ']') at = openingOf(text, at);
    else if (!/[\w.]/.test(sign)) break;
  }
  return text.slice(at + 1, end - 1);
}

function openingOf(text: string, close: number): number {
  let depth = 0;
  for (let at = close; at >= 0; at--) {
    if (text[at] === ')' || text[at] === ']') depth++;
    else if (text[at] === '(' || text[at] === '[') depth--;
    if (depth === 0) return at;
  }
  return 0;
}

function closingOf(text: string, open: number): number {
  let depth = 0;
  for (let at = open; at < text.length; at++) {
    if (text[at] === '(' || text[at] === '[' || text[at] === '{') depth++;
    else if (text[at] === ')' || text[at] === ']' || text[at] === '}') depth--;
    if (depth === 0) return at;
  }
  return text.length;
}

function depthOf(text: string): number {
  const plain = text.replaceAll(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/g, '');
  return (plain.match(/[([{]/g)?.length ?? 0) - (plain.match(/[)\]}]/g)?.length ?? 0);
}

function withoutComment(line: string): string {
  let quote = '';
  for (let at = 0; at < line.length; at++) {
    const sign = line[at] ?? '';
    if (quote !== '') {
      if (sign === '\\') at++;
      else if (sign === quote) quote = '';
    } else if (sign === '"' || sign === "'") quote = sign;
    else if (sign === '#') return line.slice(0, at).trimEnd();
  }
  return line.trimEnd();
}

/** Texts in triple quotes are left out, their lines kept. */
function withoutDocstrings(code: string): string {
  return code.replaceAll(/("""|''')[\s\S]*?\1/g, (text) => `''${text.replaceAll(/[^\n]/g, '')}`);
}

function cellsOf(code: string): string {
  if (!code.trimStart().startsWith('{')) return code.replaceAll('\r', '');
  try {
    const { cells }: { cells?: { cell_type?: string; source?: string | string[] }[] } = JSON.parse(code);
    const sources = (cells ?? [])
      .filter((cell) => cell.cell_type === 'code')
      .map(({ source = '' }) => source);
    return sources.map((source) => (Array.isArray(source) ? source.join('') : source)).join('\n');
  } catch {
    return '';
  }
}
