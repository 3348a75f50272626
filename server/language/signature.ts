/** Signature help inside expressions: what the function around the cursor takes, and which argument is being written. */
import { MarkupKind, type Position, type SignatureHelp } from 'vscode-languageserver/node';
import { type FunctionEntry, functions } from '../config/expression/functions.ts';
import { cursorAt } from './cursor.ts';
import type { OpenExperiment } from './openExperiment.ts';

export function signatureAt(
  { loaded: { text } }: OpenExperiment,
  position: Position,
): SignatureHelp | undefined {
  const offset = text.offsetAt(position);
  const cursor = cursorAt(text, offset);
  if (cursor === undefined || cursor.role === 'key') return undefined;
  const call = callAround(text.text.slice(cursor.start, offset));
  const entry = call !== undefined && Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
  if (call === undefined || entry === undefined) return undefined;
  const parameters = parametersOf(entry).map((label) => ({ label }));
  const last = Math.max(0, parameters.length - 1);
  const label = `${call.name}(${parameters.map((each) => each.label).join(', ')})`;
  return {
    signatures: [{ label, parameters, documentation: { kind: MarkupKind.PlainText, value: entry.doc } }],
    activeSignature: 0,
    activeParameter: Math.min(call.argument, last),
  };
}

/** The innermost call that is still open; quoted text is skipped. */
function callAround(before: string): { name: string; argument: number } | undefined {
  const plain = before.replaceAll(/'[^']*'?|`[^`]*`?/g, (quoted) => '_'.repeat(quoted.length));
  let depth = 0;
  let argument = 0;
  for (let at = plain.length - 1; at >= 0; at--) {
    const character = plain.charAt(at);
    if (character === ')') depth++;
    else if (character === ',' && depth === 0) argument++;
    else if (character === '(' && depth-- === 0) {
      const name = /[a-z]+$/.exec(plain.slice(0, at))?.[0];
      return name === undefined ? undefined : { name, argument };
    }
  }
  return undefined;
}

function parametersOf({ takes, optional = 0, repeats = false }: FunctionEntry): string[] {
  return takes.map((type, i) => {
    const open = i >= takes.length - optional ? '?' : '';
    return `${type}${open}${repeats && i === takes.length - 1 ? ' …' : ''}`;
  });
}
