/** Signature help inside expressions: what the function around the cursor takes, and which argument is being written. */
import { MarkupKind, type Position, type SignatureHelp } from 'vscode-languageserver/node';
import { type FunctionEntry, functions } from '../config/expression/functions.ts';
import type { Format } from '../config/schema/values.ts';
import { cursorAt } from './cursor.ts';
import { formatsAt } from './occurrences.ts';
import type { OpenExperiment } from './openExperiment.ts';

/** Formats whose text is read as an expression, or holds one. */
const expressions: ReadonlySet<Format> = new Set(['expr', 'slice', 'gate']);

export function signatureAt(
  { loaded: { text } }: OpenExperiment,
  position: Position,
): SignatureHelp | undefined {
  const offset = text.offsetAt(position);
  const cursor = cursorAt(text, offset);
  if (cursor === undefined || cursor.role === 'key') return undefined;
  if (!formatsAt(cursor.steps.join('.')).some((format) => expressions.has(format))) return undefined;
  const call = callAround(text.text.slice(cursor.start, offset));
  if (call === undefined) return undefined;
  const { entry } = call;
  const parameters = parametersOf(entry).map((label) => ({ label }));
  const last = Math.max(0, parameters.length - 1);
  const documentation = { kind: MarkupKind.PlainText, value: `${entry.doc}.` };
  return {
    signatures: [{ label: signatureText(call.name, entry), parameters, documentation }],
    activeSignature: 0,
    activeParameter: Math.min(call.argument, last),
  };
}

/** `days(later: datetime, earlier?: datetime)`. */
export function signatureText(name: string, entry: FunctionEntry): string {
  return `${name}(${parametersOf(entry).join(', ')})`;
}

/** The innermost call that is still open, of those that are functions; quoted text is skipped, and what is closed. */
function callAround(before: string): { name: string; argument: number; entry: FunctionEntry } | undefined {
  const plain = before.replaceAll(/'[^']*'?|`[^`]*`?/g, (quoted) => '_'.repeat(quoted.length));
  let depth = 0;
  let argument = 0;
  for (let at = plain.length - 1; at >= 0; at--) {
    const character = plain.charAt(at);
    if (character === ')' || character === ']') depth++;
    else if (character === ',' && depth === 0) argument++;
    else if ((character === '(' || character === '[') && depth-- === 0) {
      const name = (character === '(' && /\w+$/.exec(plain.slice(0, at))?.[0].toLowerCase()) || '';
      const entry = Object.hasOwn(functions, name) ? functions[name] : undefined;
      if (entry !== undefined) return { name, argument, entry };
      // A list, or brackets around a part: what is open around them has its own commas.
      depth = 0;
      argument = 0;
    }
  }
  return undefined;
}

/** Each with a name of its own: an editor looks for the text of the one that is being written. */
function parametersOf({ takes, names, optional = 0, repeats = false }: FunctionEntry): string[] {
  return takes.map((type, i) => {
    const open = i >= takes.length - optional ? '?' : '';
    const more = repeats && i === takes.length - 1 ? ' …' : '';
    return `${names[i] ?? ''}${open}${type === 'any' ? '' : `: ${type}`}${more}`;
  });
}
