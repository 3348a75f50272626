/** Code actions: the fixes of each finding, all safe ones at once, ignoring with a reason, and the rule explained. */
import {
  type CodeAction,
  CodeActionKind,
  type CodeActionParams,
  type WorkspaceEdit,
} from 'vscode-languageserver/node';
import { ruleNamed } from '../catalog/rules.ts';
import { applyFixes } from '../lint/fix.ts';
import type { Finding, Range, TextEdit } from '../protocol/finding.ts';
import { diagnosticOf } from './diagnostics.ts';
import type { OpenExperiment } from './openExperiment.ts';

/** Run by the server itself, in any editor. */
export const explainCommand = 'modelwright.rule.explain';
/** What a client asks for when it fixes on save. */
export const fixAllKind = `${CodeActionKind.SourceFixAll}.modelwright`;

export function codeActionsAt(
  open: OpenExperiment,
  { range, context }: Pick<CodeActionParams, 'range' | 'context'>,
): CodeAction[] {
  const wanted = (kind: string) =>
    context.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ?? true;
  const here = open.findings.filter((finding) => touch(finding.range, range));
  const quick = wanted(CodeActionKind.QuickFix)
    ? [
        ...here.flatMap((finding) => fixActions(open, finding)),
        ...here.flatMap((finding) => suppressActions(open, finding)),
        ...explainActions(here),
      ]
    : [];
  return [...quick, ...(wanted(fixAllKind) ? fixAll(open) : [])];
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

function fixAll(open: OpenExperiment): CodeAction[] {
  const { applied } = applyFixes(open.loaded.text.text, open.findings);
  if (applied.length === 0) return [];
  const many = applied.length === 1 ? '1 safe fix' : `${applied.length} safe fixes`;
  return [
    {
      title: `Fix all safe problems (${many})`,
      kind: fixAllKind,
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
