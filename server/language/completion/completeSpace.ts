/** Search spaces that a parameter can vary over: around its default, within its legal range. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { fieldAt } from '../../config/fields.ts';
import { defaultOf } from '../../config/resolve.ts';
import { nodesOf } from '../../config/schema/nodes.ts';
import type { ValueKind } from '../../config/schema/values.ts';
import { isSearchable } from '../../config/searchSpace.ts';
import type { Suggestion } from './suggestion.ts';

/** `steps`: `tune.space.` and the parameter's own path, whose dots are part of the key. */
export function spaceSuggestions(steps: readonly (string | number)[]): Suggestion[] {
  const parameter = steps.slice(2).join('.');
  const field = fieldAt(parameter);
  if (field?.supported !== true || !isSearchable(parameter)) return [];
  const usual = defaultOf(field.path);
  return nodesOf(field.schema).flatMap((node) => {
    if (node.form !== 'leaf') return [];
    const { kind } = node;
    if (kind.is === 'choice') return choices(kind);
    if (kind.is === 'number' || kind.is === 'ratio')
      return typeof usual === 'number' && usual > 0 ? ranges(kind, usual) : [];
    return [];
  });
}

function choices({ supported, values }: Extract<ValueKind, { is: 'choice' }>): Suggestion[] {
  const words = (supported ?? values).filter((word) => word !== 'auto');
  return words.length > 1 ? [suggestion(`[${words.join(', ')}]`, 'choices')] : [];
}

/** Whole numbers from a quarter to four times the default; shares 0.3 around it; rates over two orders of magnitude. */
function ranges(kind: Extract<ValueKind, { is: 'number' | 'ratio' }>, usual: number): Suggestion[] {
  const { min, above, max, below } =
    kind.is === 'ratio' && kind.below === undefined ? { max: 1, ...kind } : kind;
  const lowest = min ?? above ?? (kind.is === 'ratio' ? 0 : Number.NEGATIVE_INFINITY);
  const highest = max ?? (below === undefined ? Number.POSITIVE_INFINITY : below - 0.01);
  if (kind.is === 'number' && kind.int) {
    const low = Math.max(Number.isFinite(lowest) ? Math.ceil(lowest) : 0, Math.floor(usual / 4), 1);
    const high = Math.min(highest, usual * 4);
    if (high <= low) return [];
    const set = [...new Set([low, usual, high])].join(', ');
    return [
      suggestion(`${low}..${high}`, 'whole numbers'),
      ...(high / low >= 8 ? [suggestion(`${low}..${high} log`, 'whole numbers, small ones as often')] : []),
      suggestion(`[${set}]`, 'choices'),
    ];
  }
  if (highest <= 1 && usual >= 0.2)
    return [
      suggestion(
        `${float(Math.max(lowest, usual - 0.3))}..${float(Math.min(highest, usual + 0.3))}`,
        'shares',
      ),
    ];
  return [
    suggestion(`${float(usual / 10)}..${float(Math.min(highest, usual * 10))} log`, 'orders of magnitude'),
  ];
}

function suggestion(label: string, detail: string): Suggestion {
  return { label, kind: CompletionItemKind.Value, detail };
}

/** Without the noise of binary fractions, and never as a whole number: `0.6..1.0` is a range of numbers. */
function float(value: number): string {
  const text = String(Number(value.toPrecision(2)));
  return /[.e]/.test(text) ? text : `${text}.0`;
}
