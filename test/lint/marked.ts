/** Golden tests of lint: the text holds «marks» around the place of each expected finding. */
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { type LoadedExperiment, loadExperiment } from '../../server/config/load.ts';
import type { LoadRequest } from '../../server/config/loadRequest.ts';
import { lintExperiment, stageOf } from '../../server/lint/engine.ts';
import { applyEdits } from '../../server/lint/fix.ts';
import type { LintContext } from '../../server/lint/rule.ts';
import type { Finding } from '../../server/protocol/finding.ts';

/** A folder with `data/churn.csv` and `docs/runbook.md`. */
export const workspace = join(dirname(fileURLToPath(import.meta.url)), 'workspace');
export const file = join(workspace, 'churn.experiment.yaml');
export const now = new Date('2026-03-01T12:00:00Z');

/** The shortest experiment that is clean, to put settings under. */
export const clean = 'data: data/churn.csv\ntarget: churned\n';

export function load(text: string, request: Partial<LoadRequest> = {}): LoadedExperiment {
  return loadExperiment({ file, workspace, text, environment: {}, now, ...request });
}

export function lint(
  text: string,
  more: Partial<LintContext> & { request?: Partial<LoadRequest> } = {},
): Finding[] {
  const { request, ...context } = more;
  const loaded = load(text, request);
  return lintExperiment({ loaded, stage: stageOf(loaded), ...context }, { now });
}

export function only(findings: readonly Finding[], rule: string): Finding[] {
  return findings.filter((finding) => finding.rule === rule);
}

/** Lints the text without its marks: `rule` fires exactly at the marks, once at each, with these messages. */
export function check(rule: string, marked: string, ...messages: readonly (string | RegExp)[]): Finding[] {
  const { text, marks } = unmark(marked);
  const found = only(lint(text), rule);
  const loaded = load(text);
  const places = found.map(({ range }) => [
    loaded.text.offsetAt(range.start),
    loaded.text.offsetAt(range.end),
  ]);
  expect({ places, messages: found.map(({ message }) => message) }).toEqual({
    places: marks,
    messages: messages.map((message) =>
      typeof message === 'string' ? message : expect.stringMatching(message),
    ),
  });
  return found;
}

/** What the fix with this title makes of the text. */
export function fixed(text: string, finding: Finding | undefined, title?: string): string {
  const fix = finding?.fixes.find((each) => title === undefined || each.title === title);
  if (fix === undefined)
    throw new Error(`no fix ${title ?? ''} among ${finding?.fixes.map((each) => each.title).join(', ')}`);
  return applyEdits(text, fix.edits);
}

export function unmark(marked: string): { text: string; marks: number[][] } {
  const marks: number[][] = [];
  let text = '';
  for (const part of marked.split(/(«[^»]*»)/)) {
    if (part.startsWith('«')) marks.push([text.length, text.length + part.length - 2]);
    text += part.startsWith('«') ? part.slice(1, -1) : part;
  }
  return { text, marks };
}
