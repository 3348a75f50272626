/** One thing that could be written at the cursor, before it becomes a completion item. */
import {
  type CompletionItem,
  type CompletionItemKind,
  CompletionItemTag,
  InsertTextFormat,
  InsertTextMode,
  MarkupKind,
} from 'vscode-languageserver/node';
import type { TextDocument } from '../../config/textDocument.ts';

/** Offsets. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

export interface Suggestion {
  readonly label: string;
  /** What is written; the label unless said. A `$0` says where the caret goes, `text` has none other. */
  readonly text?: string;
  readonly kind: CompletionItemKind;
  readonly detail?: string;
  /** Markdown. */
  readonly documentation?: string;
  /** Smaller comes first; of equals, the order in the list. */
  readonly rank?: number;
  readonly deprecated?: boolean;
  /** Instead of the word at the cursor. */
  readonly replaces?: Span;
}

export interface ItemOptions {
  readonly document: TextDocument;
  readonly word: Span;
  /** The client can place the caret. */
  readonly snippets: boolean;
}

/** Each label once. */
export function completionItems(
  suggestions: readonly Suggestion[],
  { document, word, snippets }: ItemOptions,
): CompletionItem[] {
  const seen = new Set<string>();
  const ranked = suggestions
    .filter(({ label }) => !seen.has(label) && seen.add(label))
    .map((suggestion, index) => ({ suggestion, rank: suggestion.rank ?? 0, index }))
    .toSorted((a, b) => a.rank - b.rank || a.index - b.index);
  return ranked.map(({ suggestion }, position) => {
    const { label, text = label, kind, detail, documentation, deprecated, replaces = word } = suggestion;
    const snippet = snippets && text.includes('$0');
    const newText = snippet ? escaped(text) : text.replace('$0', '');
    return {
      label,
      kind,
      sortText: String(position).padStart(4, '0'),
      filterText: label,
      textEdit: { range: document.rangeAt(replaces.start, replaces.end), newText },
      ...(snippet ? { insertTextFormat: InsertTextFormat.Snippet } : {}),
      // Its indentation is worked out already.
      ...(newText.includes('\n') ? { insertTextMode: InsertTextMode.asIs } : {}),
      ...(detail === undefined ? {} : { detail }),
      ...(deprecated === true ? { tags: [CompletionItemTag.Deprecated] } : {}),
      ...(documentation === undefined
        ? {}
        : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
    };
  });
}

/** In a snippet, dollars and backslashes have a meaning; only the caret's shall have. */
function escaped(text: string): string {
  return text
    .split('$0')
    .map((part) => part.replaceAll(/[\\$]/g, '\\$&'))
    .join('$0');
}
