/** Errors as the terminal prints them: one sentence, the place with a caret frame, and what to do. */
import type { ErrorPlace } from '../catalog/errors.ts';
import { readTextFile } from '../config/findFiles.ts';
import { TextDocument } from '../config/textDocument.ts';
import { frame } from '../lint/reporters/frame.ts';
import type { Range } from '../protocol/finding.ts';
import type { Failure } from '../protocol/runMessages.ts';
import { printable, type Style } from './style.ts';

/** The document that `--json` prints for an error. */
export function failureDocument(failure: Failure): { error: Record<string, unknown> } {
  const { exit: _exit, stack: _stack, ...error } = failure;
  return { error };
}

export function renderFailure(failure: Failure, style: Style): string {
  const place = failure as unknown as ErrorPlace; // The loose schema keeps the place's own fields.
  const lines = [`${style.red(`error[${failure.code}]`)}: ${failure.message}`];
  if (place.file !== undefined) lines.push(...placeOf(place.file, place.range, style));
  if (place.row !== undefined || place.column !== undefined) {
    const row = place.row === undefined ? undefined : `row ${place.row}`;
    const column = place.column === undefined ? undefined : `column \`${place.column}\``;
    lines.push(`  --> ${[row, column].filter((part) => part !== undefined).join(', ')}`);
  }
  lines.push(`${style.cyan('help')}: ${failure.help}`);
  return lines.join('\n');
}

/** `file:line:column` (one-based, as editors show it) and the line with carets under the fault. */
function placeOf(file: string, range: ErrorPlace['range'], style: Style): string[] {
  if (range === undefined) return [`  --> ${printable(file, 300)}`];
  const { line, character } = range.start;
  const lines = framedText(file, range);
  return [
    `  --> ${printable(file, 300)}:${line + 1}:${character + 1}`,
    ...lines.map((text, index) => (index === 2 ? style.red(text) : text)),
  ];
}

function framedText(file: string, range: Range): string[] {
  try {
    return frame(new TextDocument(readTextFile(file)), range);
  } catch {
    return [];
  }
}
