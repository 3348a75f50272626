/** Code actions: the fixes of each finding, all safe ones at once, ignoring with a reason, the rule explained, and rewriting. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { ruleNamed } from '../catalog/rules.ts';
import { applyFixes } from '../lint/fix.ts';
import type { Finding, Range, TextEdit } from '../protocol/finding.ts';
import { inferColumnsEdits, pinDataEdits } from './dataEdits.ts';
import { diagnosticOf } from './diagnostics.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { placeAt } from './placeAt.ts';
import { rowsBehind } from './rowsBehind.ts';
import { shorthandEdits } from './shorthandEdits.ts';

/** Run by the server itself where the client does not have it. */
export const explainCommand = 'modelwright.rule.explain';
/** Only for clients that have the extension's commands. */
export const showDataCommand = 'modelwright.data.show';
/** What a client asks for when it fixes on save. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.modelwright`;

export function codeActionsAt(
  open: OpenExperiment,
  { range, context }: Pick<CodeActionParams, 'range' | 'context'>,
  { commands }: { readonly commands: boolean } = { commands: false },
): CodeAction[] {
  const wanted = (kind: string) =>
    context.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ?? true;
  const here = open.findings.filter((finding) => touch(finding.range, range));
  // A menu of quick fixes leaves out what is made for saving.
  const together = here.length > 0 && context.only?.includes(fixAllKind) !== true;
  const quick = wanted(CodeActionKind.QuickFix)
    ? [
        ...here.flatMap((finding) => fixActions(open, finding)),
        ...(commands ? here.flatMap((finding) => showRowsActions(open, finding)) : []),
        ...here.flatMap((finding) => suppressActions(open, finding)),
        ...(together ? fixAll(open, CodeActionKind.QuickFix) : []),
        ...explainActions(here),
      ]
    : [];
  const titles = new Set(quick.map(({ title }) => title));
  // What mends a finding here is not offered a second time.
  const rewrite = wanted(CodeActionKind.RefactorRewrite)
    ? rewriteActions(open, range).filter(({ title }) => !titles.has(title))
    : [];
  return [
    ...quick,
    ...rewrite,
    ...(wanted(fixAllKind) && !(together && wanted(CodeActionKind.QuickFix)) ? fixAll(open, fixAllKind) : []),
  ];
}

/** Shorthands at the cursor; in the data section, what the data can tell the file. */
function rewriteActions(open: OpenExperiment, { start }: Range): CodeAction[] {
  const offset = open.loaded.text.offsetAt(start);
  const inData = placeAt(open.loaded.source, offset)?.steps[0] === 'data';
  const ofData = [
    { title: 'Pin data version', edits: pinDataEdits(open) },
    { title: 'Infer columns from data', edits: inferColumnsEdits(open) },
  ];
  return [...shorthandEdits(open, offset), ...(inData ? ofData : [])]
    .filter(({ edits }) => edits.length > 0)
    .map(({ title, edits }) => ({
      title,
      kind: CodeActionKind.RefactorRewrite,
      edit: workspaceEdit(open, edits),
    }));
}

/** Leads to the rows that a finding is about. */
function showRowsActions(open: OpenExperiment, finding: Finding): CodeAction[] {
  if (rowsBehind(finding) === undefined) return [];
  const { column } = finding.data;
  const title =
    typeof column === 'string' ? `Show the rows behind this (${column})` : 'Show the rows behind this';
  const subject = {
    rule: finding.rule,
    path: finding.path,
    ...(typeof column === 'string' ? { column } : {}),
  };
  return [
    {
      title,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnosticOf(finding)],
      command: { title, command: showDataCommand, arguments: [open.uri, subject] },
    },
  ];
}

function fixActions(open: OpenExperiment, finding: Finding): CodeAction[] {
  return finding.fixes.map((fix, index) => ({
    title: fix.title,
    kind: CodeActionKind.QuickFix,
    diagnostics: [diagnosticOf(finding)],
    isPreferred: index === 0,
    edit: workspaceEdit(open, fix.edits),
  }));
}

/** In these files nothing else can be trusted, so they cannot be excepted. */
const always: ReadonlySet<string> = new Set(['yaml-syntax', 'suppression-problem']);

/** The reason is left to the person: without one the exception is not applied, and lint says so. */
function suppressActions(open: OpenExperiment, finding: Finding): CodeAction[] {
  if (always.has(finding.rule)) return [];
  const { line } = finding.range.start;
  const indent = /^\s*/.exec(open.loaded.text.lineAt(line))?.[0] ?? '';
  const at = { line, character: 0 };
  const edit = { range: { start: at, end: at }, text: `${indent}# lint-ignore ${finding.rule}: \n` };
  return [
    {
      title: `Ignore ${finding.rule} here, with a reason`,
      kind: CodeActionKind.QuickFix,
      diagnostics: [diagnosticOf(finding)],
      edit: workspaceEdit(open, [edit]),
    },
  ];
}

function explainActions(findings: readonly Finding[]): CodeAction[] {
  return [...new Set(findings.map(({ rule }) => rule))].map((rule) => ({
    title: `Explain ${rule}`,
    kind: CodeActionKind.QuickFix,
    command: { title: `Explain ${rule}`, command: explainCommand, arguments: [rule] },
  }));
}

/** What a rule looks for, how, and how to mend it; undefined where there is no such rule. */
export function ruleText(id: unknown): string | undefined {
  const rule = typeof id === 'string' ? ruleNamed(id) : undefined;
  if (rule === undefined) return undefined;
  return `${rule.id} (${rule.severity}): ${rule.detects}. How: ${rule.method}. To mend it: ${rule.fix}.`;
}

function fixAll(open: OpenExperiment, kind: CodeActionKind): CodeAction[] {
  const { applied } = applyFixes(open.loaded.text.text, open.findings);
  if (applied.length === 0) return [];
  const many = applied.length === 1 ? '1 safe fix' : `${applied.length} safe fixes`;
  return [
    {
      title: `Fix all safe problems (${many})`,
      kind,
      edit: workspaceEdit(
        open,
        applied.flatMap(({ fix }) => fix.edits),
      ),
    },
  ];
}

export function workspaceEdit(
  { uri, version }: Pick<OpenExperiment, 'uri' | 'version'>,
  edits: readonly TextEdit[],
): WorkspaceEdit {
  const changes = edits.map(({ range, text }) => ({ range, newText: text }));
  return { documentChanges: [{ textDocument: { uri, version }, edits: changes }] };
}

function touch(a: Range, b: Range): boolean {
  return !isBefore(a.end, b.start) && !isBefore(b.end, a.start);
}

function isBefore(a: Range['start'], b: Range['start']): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}
