/** Completion: what can be written at a position, in block and flow style and at any indentation. */
import { join } from 'node:path';
import { CompletionItemKind, type CompletionList, type Position } from 'vscode-languageserver/node';
import { rules } from '../../catalog/rules.ts';
import { yamlScalar } from '../../config/edits.ts';
import type { TextDocument } from '../../config/textDocument.ts';
import { type Cursor, cursorAt } from '../cursor.ts';
import type { OpenExperiment } from '../openExperiment.ts';
import { promptVariablesAt } from '../promptVariables.ts';
import type { PeekAt } from '../tablePeeks.ts';
import { keysAt } from './completeKeys.ts';
import { itemsAt, valuesAt } from './completeValues.ts';
import { tableFiles } from './fileSuggestions.ts';
import { completionItems, type Span, type Suggestion } from './suggestion.ts';

export interface CompletionOptions {
  /** The client can place the caret in what is inserted. */
  readonly snippets: boolean;
  readonly peekAt?: PeekAt;
  /** Names of the environment's variables. */
  readonly environment?: readonly string[];
}

/** Incomplete while the data are still being read: the client asks again. */
export function completionsAt(
  open: OpenExperiment,
  position: Position,
  options: CompletionOptions,
): CompletionList {
  const document = open.loaded.text;
  const offset = document.offsetAt(position);
  const cursor = cursorAt(document, offset);
  const { suggestions, word }: { suggestions: readonly Suggestion[]; word: Span } =
    promptVariablesAt(open, offset) ??
    (cursor === undefined
      ? inComment(open, offset)
      : { suggestions: suggest(open, cursor, options), word: cursor });
  const { experiment } = open.loaded;
  const isIncomplete =
    (open.facts === undefined && open.failure === undefined && experiment?.data.source !== undefined) ||
    suggestions.some(({ detail }) => detail === reading);
  return {
    isIncomplete,
    items: completionItems(suggestions.filter(isOnLine(document, position.line, word)), {
      document,
      word,
      snippets: options.snippets,
    }),
  };
}

/** Editors take no edit of another line than the cursor's; a word may go over several. */
function isOnLine(document: TextDocument, line: number, word: Span): (suggestion: Suggestion) => boolean {
  const start = document.offsetAt({ line, character: 0 });
  const end = start + document.lineAt(line).length;
  return ({ replaces = word }) => replaces.start >= start && replaces.end <= end;
}

function suggest(open: OpenExperiment, cursor: Cursor, options: CompletionOptions): Suggestion[] {
  const reference = referenceAt(open, cursor, options.environment ?? []);
  if (reference !== undefined) return reference;
  const { role } = cursor;
  // A variant overlays the experiment: what is known of `split` is known of `variants.x.split`.
  const steps =
    cursor.steps[0] === 'variants' && cursor.steps.length > 1 ? cursor.steps.slice(2) : cursor.steps;
  const starters = cursor.steps.length === 0 ? startersAt(open, options.peekAt) : [];
  return [
    ...starters,
    ...(role === 'value' ? [] : keysAt(open, cursor, steps)),
    ...(role === 'key' ? [] : valuesAt(open, cursor, steps)),
    ...(role === 'either' && typeof steps.at(-1) !== 'number' ? itemsAt(open, cursor, steps) : []),
  ];
}

/** Inside `${…}`: variables of this file and the other things that can stand there. */
function referenceAt(
  { loaded }: OpenExperiment,
  { start, offset, end }: Cursor,
  environment: readonly string[],
): Suggestion[] | undefined {
  const text = loaded.text.text;
  const opened = /\$\{([^}]*)$/.exec(text.slice(start, offset));
  if (opened === null) return undefined;
  const rest = /^[\w.:-]*\}?/.exec(text.slice(offset, end))?.[0].length ?? 0;
  const replaces = { start: offset - (opened[1] ?? '').length, end: offset + rest };
  const vars = loaded.source.locate('vars')?.node;
  const names = vars?.kind === 'map' ? vars.entries.map(({ key }) => `vars.${key}`) : [];
  const inEnvironment = (opened[1] ?? '').startsWith('env:');
  const words = inEnvironment
    ? environment.map((name) => `env:${name}`)
    : [...names, 'env:', 'git.sha', 'now:yyyy-MM-dd', 'config.path'];
  return words.map((label) => ({
    label,
    text: label.endsWith(':') ? label : `${label}}`,
    kind: CompletionItemKind.Variable,
    replaces,
  }));
}

const reading = 'its columns are being read';

/** A new file: one start for each table near it, with the column that is probably predicted. */
function startersAt({ loaded }: OpenExperiment, peekAt: PeekAt | undefined): Suggestion[] {
  if (loaded.text.text.trim().length > 20) return [];
  return tableFiles(loaded.directory)
    .slice(0, 3)
    .map((file) => {
      const peek = peekAt?.(join(loaded.directory, file));
      const known = peek === 'pending' ? undefined : peek;
      const [target] = known?.targets ?? [];
      const probably = target === undefined ? '' : `, target probably \`${target}\``;
      return {
        label: `Experiment on ${file}`,
        text: `data: ${yamlScalar(file)}\ntarget: ${target === undefined ? '' : yamlScalar(target)}$0`,
        kind: CompletionItemKind.Snippet,
        detail:
          known !== undefined
            ? `${known.columns} columns${probably}`
            : peek === 'pending'
              ? reading
              : 'the two lines that an experiment needs',
        rank: -1,
      };
    });
}

/** `# lint-ignore `: rules that found something come first. */
function inComment(
  { loaded, findings }: OpenExperiment,
  offset: number,
): { suggestions: Suggestion[]; word: Span } {
  const { line, character } = loaded.text.positionAt(offset);
  const before = loaded.text.lineAt(line).slice(0, character);
  const written = /#\s*lint-ignore\s+([\w-]*)$/.exec(before)?.[1];
  const word = { start: offset - (written ?? '').length, end: offset };
  if (written === undefined) return { suggestions: [], word };
  const near = new Set(
    findings
      .filter(({ range }) => range.start.line >= line && range.start.line <= line + 1)
      .map(({ rule }) => rule),
  );
  const suggestions = rules.map(({ id, detects }) => ({
    label: id,
    text: `${id}: $0`,
    kind: CompletionItemKind.Value,
    documentation: detects,
    rank: near.has(id) ? 0 : 5,
  }));
  return { suggestions, word };
}
