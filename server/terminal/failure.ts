/** Errors as the terminal prints them: one sentence, the place with a caret frame, and what to do. */
import type { ErrorPlace } from '../catalog/errors.ts';
import { readTextFile } from '../config/findFiles.ts';
import { TextDocument } from '../config/textDocument.ts';
import { frame } from '../lint/reporters/frame.ts';
import type { Range } from '../protocol/finding.ts';
import type { Failure } from '../protocol/runMessages.ts';
import { printable } from './style.ts';
import { nameOf, type Terminal } from './terminal.ts';

/** The document that `--json` prints for an error; `file` is relative to the workspace, absolute outside it. */
export function failureDocument(failure: Failure, workspace: string): { error: Record<string, unknown> } {
  const { exit: _exit, stack: _stack, ...error } = failure;
  const { file } = error;
  return { error: { ...error, ...(typeof file === 'string' ? { file: nameOf(workspace, file) } : {}) } };
}

export function renderFailure(
  failure: Failure,
  { workspace, style }: Pick<Terminal, 'workspace' | 'style'>,
): string {
  const place = failure as unknown as ErrorPlace; // The loose schema keeps the place's own fields.
  const lines = [`${style.red(`error[${failure.code}]`)}: ${printable(failure.message, 1000)}`];
  if (place.file !== undefined) lines.push(...placeOf(place.file, place.range, { workspace, style }));
  if (place.row !== undefined || place.column !== undefined) {
    const row = place.row === undefined ? undefined : `row ${place.row}`;
    const column = place.column === undefined ? undefined : `column \`${printable(place.column, 200)}\``;
    lines.push(`  --> ${[row, column].filter((part) => part !== undefined).join(', ')}`);
  }
  lines.push(`${style.cyan('help')}: ${printable(failure.help, 1000)}`);
  return lines.join('\n');
}

/** `file:line:column` (one-based, as editors show it) and the line with carets under the fault. */
function placeOf(
  file: string,
  range: ErrorPlace['range'],
  { workspace, style }: Pick<Terminal, 'workspace' | 'style'>,
): string[] {
  const name = printable(nameOf(workspace, file), 300);
  if (range === undefined) return [`  --> ${name}`];
  const { line, character } = range.start;
  const lines = framedText(file, range);
  return [
    `  --> ${name}:${line + 1}:${character + 1}`,
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
