/** What lint reports: crosses from the server to the editor, the terminal and the run record unchanged. */
import * as z from 'zod';

export const severities = ['error', 'warning', 'info', 'hint'] as const;
export type Severity = (typeof severities)[number];

/** Zero-based, as in LSP; characters are UTF-16 code units. */
export const positionSchema = z.object({ line: z.int().min(0), character: z.int().min(0) });
export type Position = z.infer<typeof positionSchema>;

/** Half-open: `end` is the first position that is not part of it. */
export const rangeSchema = z.object({ start: positionSchema, end: positionSchema });
export type Range = z.infer<typeof rangeSchema>;

/** A replacement of `range` in the finding's own file. */
export interface TextEdit {
  readonly range: Range;
  readonly text: string;
}

/** `safe` fixes never change what the experiment means; only those are applied by `lint --fix`. */
export interface Fix {
  readonly title: string;
  readonly edits: readonly TextEdit[];
  readonly safe: boolean;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  /** Relative to the workspace; absolute outside it. */
  readonly file: string;
  /** Dotted path of the setting at fault, such as `features.include`; empty for the whole file. */
  readonly path: string;
  readonly range: Range;
  readonly message: string;
  /** Numbers behind the message; `column` names the column whenever the finding is about one. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly fixes: readonly Fix[];
  /** Rows looked at, when not all were. */
  readonly sampled?: { readonly seen: number; readonly total: number };
}
