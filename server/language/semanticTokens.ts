/** Semantic colours: columns, variables (of prompts too), metrics and functions by what they are; settings without effect marked. */
import {
  type SemanticTokens,
  SemanticTokensBuilder,
  type SemanticTokensLegend,
} from 'vscode-languageserver/node';
import { expressionWords } from './expressionWords.ts';
import { occurrencesIn } from './occurrences.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { promptVariablesIn } from './promptVariables.ts';

const types = ['variable', 'parameter', 'class', 'property', 'function', 'enumMember'] as const;
const modifiers = ['declaration', 'deprecated'] as const;

export const tokensLegend: SemanticTokensLegend = { tokenTypes: [...types], tokenModifiers: [...modifiers] };

const typeOf = {
  column: 'variable',
  variable: 'parameter',
  variant: 'class',
  function: 'function',
  metric: 'enumMember',
} as const;

interface Token {
  readonly start: number;
  readonly end: number;
  readonly type: (typeof types)[number];
  readonly modifier: 0 | 1 | 2;
}

export function semanticTokens(open: OpenExperiment): SemanticTokens {
  const { text } = open.loaded;
  const names = occurrencesIn(open.loaded.source).map(
    ({ kind, start, end, defines }): Token => ({ start, end, type: typeOf[kind], modifier: defines ? 1 : 0 }),
  );
  const words = expressionWords(open.loaded.source).map(
    ({ kind, start, end }): Token => ({ start, end, type: typeOf[kind], modifier: 0 }),
  );
  const filled = promptVariablesIn(open).map(
    (place): Token => ({ ...place, type: 'parameter', modifier: 0 }),
  );
  const builder = new SemanticTokensBuilder();
  let last = 0;
  for (const { start, end, type, modifier } of [...names, ...words, ...filled, ...deadKeys(open)].toSorted(
    (a, b) => a.start - b.start,
  )) {
    const { line, character } = text.positionAt(start);
    // The protocol knows no token over several lines, and none inside another.
    if (start < last || end <= start || text.positionAt(end).line !== line) continue;
    last = end;
    builder.push(line, character, end - start, types.indexOf(type), modifier);
  }
  return builder.build();
}

function deadKeys({ findings, loaded: { source, text } }: OpenExperiment): Token[] {
  return findings.flatMap(({ rule, path }): Token[] => {
    const range = rule === 'dead-setting' ? source.rangeOf(path, 'key') : undefined;
    return range === undefined
      ? []
      : [{ start: text.offsetAt(range.start), end: text.offsetAt(range.end), type: 'property', modifier: 2 }];
  });
}
