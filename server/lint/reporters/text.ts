/** Lint results for a person at a terminal: what, where, and what to do. */
// biome-ignore-all lint/suspicious/noControlCharactersInRegex: control characters are what is looked for and replaced.
import type { TextDocument } from '../../config/textDocument.ts';
import type { Finding, Severity } from '../../protocol/finding.ts';
import { frame } from './frame.ts';
import { summarize } from './summary.ts';

export interface TextOptions {
  readonly color: boolean;
  /** How many files were checked. */
  readonly files: number;
  /** The text of a finding's file, for the frame. */
  textOf(file: string): TextDocument | undefined;
}

const colors: Readonly<Record<Severity, number>> = { error: 31, warning: 33, info: 36, hint: 90 };

export function formatText(findings: readonly Finding[], options: TextOptions): string {
  const blocks = findings.map((finding) => formatFinding(finding, options));
  return [...blocks, closing(findings, options)].join('\n\n');
}

function formatFinding(finding: Finding, { color, textOf }: TextOptions): string {
  const { severity, rule, message, file, range, fixes } = finding;
  const head = paint(`${severity}[${rule}]`, colors[severity], color);
  const place = `${file}:${range.start.line + 1}:${range.start.character + 1}`;
  const text = textOf(file);
  const lines = text === undefined ? [] : frame(text, range);
  const framed = lines.map((line, i) => (i === 2 ? paint(line, colors[severity], color) : line));
  const help =
    fixes[0] === undefined ? [] : [`help: ${fixes[0].title}${fixes[0].safe ? ' (lint --fix does it)' : ''}`];
  return [
    `${head}: ${printable(message)}`,
    `  --> ${printable(place)}`,
    ...framed,
    ...help.map(printable),
  ].join('\n');
}

function closing(findings: readonly Finding[], { color, files }: TextOptions): string {
  const { error, warning, info, hint } = summarize(findings);
  const checked = `${files} ${files === 1 ? 'file' : 'files'} checked`;
  if (findings.length === 0) return paint(`${checked}, nothing found.`, 32, color);
  const parts = [
    counted(error, 'error', 'errors'),
    counted(warning, 'warning', 'warnings'),
    counted(info, 'info', 'infos'),
    counted(hint, 'hint', 'hints'),
  ].filter((part) => part !== '');
  return paint(`${checked}: ${parts.join(', ')}.`, error > 0 ? 31 : 33, color);
}

function counted(count: number, one: string, many: string): string {
  return count === 0 ? '' : `${count} ${count === 1 ? one : many}`;
}

function paint(text: string, code: number, color: boolean): string {
  return color ? `\u001B[${code}m${text}\u001B[0m` : text;
}

/** Names come from files: they must not steer the terminal. */
function printable(text: string): string {
  return text.replaceAll(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, '\uFFFD');
}
