/** Runs the rules that can speak about an experiment and turns what they find into findings, in the order of the file. */
import { isAbsolute, relative, sep } from 'node:path';
import { ruleNamed } from '../catalog/rules.ts';
import type { LoadedExperiment } from '../config/load.ts';
import type { Problem } from '../config/problem.ts';
import { isMap } from '../config/schema/nodes.ts';
import type { Finding, Severity } from '../protocol/finding.ts';
import { grouped } from '../protocol/grouped.ts';
import { allRules, loaderRules } from './allRules.ts';
import { dropSilenced } from './graph.ts';
import { ownRules } from './ownRules.ts';
import type { RawFinding } from './rawFinding.ts';
import type { Draft, LintContext, Need, Rule, RuleContext, Stage } from './rule.ts';
import { severityOf } from './severity.ts';
import { applySuppressions } from './suppress.ts';

export interface LintOptions {
  /** Instead of the file's `lint.profile`. */
  readonly profile?: string;
  /** Decides what is late: suppressions, reviews, data. */
  readonly now: Date;
}

/** Sorted by place. Pure: the same context and time give the same findings. */
export function lintExperiment(context: LintContext, options: LintOptions): Finding[] {
  const { loaded } = context;
  const known = knownNeeds(context);
  const own = ownRules(loaded);
  const speaking = [...allRules, ...own].filter((rule) => canSpeak(rule, context, known));
  const whole = { ...context, now: options.now };
  const { facts: _, ...unseen } = whole;
  const raw = [
    ...loaded.problems.map((problem) => fromProblem(problem, loaded)),
    ...speaking.flatMap((rule) => runRule(rule, whole, unseen)),
  ];
  // What some rows do not show, all rows may.
  const sure =
    context.facts?.sampled === undefined ? speaking : speaking.filter((rule) => !looksAtRows(rule));
  const able = new Set([...loaderRules, ...sure.map((rule) => rule.id)]);
  const { kept, problems } = applySuppressions(dropSilenced(raw), loaded, {
    able,
    now: options.now,
    own: own.map(({ id }) => id),
    ...(context.facts === undefined
      ? {}
      : { columns: context.facts.profile.columns.map(({ name }) => name) }),
  });
  const all = [...kept, ...problems].flatMap((finding) => withSeverity(finding, loaded, options.profile));
  return unique(all.toSorted(byPlace));
}

/** The ids of the rules that this version checks. */
export function supportedRules(): string[] {
  return [...new Set([...loaderRules, ...allRules.map((rule) => rule.id)])].sort();
}

/** 1 exploring, 2 candidate (`gates` or `registry` written), 3 shipping (`serve` or `monitor` written). */
export function stageOf(loaded: LoadedExperiment): Stage {
  if (loaded.isWritten('serve') || loaded.isWritten('monitor')) return 3;
  return loaded.isWritten('gates') || loaded.isWritten('registry') ? 2 : 1;
}

function knownNeeds({ loaded, facts, runs }: LintContext): ReadonlySet<Need> {
  const known = new Set<Need>(['text']);
  if (loaded.experiment !== undefined) known.add('config');
  if (facts !== undefined) known.add('profile');
  if (facts?.split !== undefined) known.add('split');
  if (runs !== undefined && runs.results.length > 0) known.add('runs');
  if (runs?.deployments !== undefined && runs.deployments.length > 0) known.add('live');
  return known;
}

function canSpeak(rule: Rule, { stage, facts }: LintContext, known: ReadonlySet<Need>): boolean {
  if (facts?.sampled !== undefined && rule.sampleSafe === undefined && looksAtRows(rule)) return false;
  return (ruleNamed(rule.id)?.stage ?? 1) <= stage && rule.needs.every((need) => known.has(need));
}

function looksAtRows({ needs }: Rule): boolean {
  return needs.includes('profile') || needs.includes('split');
}

/**
 * Of some rows only those rules hear whose word holds for all, and they say so; the others wait for the whole.
 * `unseen`: the same without facts.
 */
function runRule(rule: Rule, context: RuleContext, unseen: RuleContext): RawFinding[] {
  const sampled = context.facts?.sampled;
  const known = sampled === undefined || rule.sampleSafe !== undefined ? context : unseen;
  return [...rule.run(known)].map((draft) => {
    const finding = fromDraft(rule, draft, context);
    if (sampled === undefined || rule.sampleSafe !== 'judged' || draft.sure === true) return finding;
    const note = ` (in ${grouped(sampled.seen, ' ')} of ${grouped(sampled.total, ' ')} rows)`;
    return { ...finding, message: withNote(finding.message, note), sampled };
  });
}

function fromProblem(problem: Problem, loaded: LoadedExperiment): RawFinding {
  const { rule, path, at, data = {}, fixes = [] } = problem;
  const place = problem.range === undefined ? loaded.placeOf(path, at) : { range: problem.range, note: '' };
  return { rule, path, range: place.range, message: withNote(problem.message, place.note), data, fixes };
}

function fromDraft(rule: Rule, draft: Draft, { loaded }: LintContext): RawFinding {
  const { range, note } = loaded.placeOf(draft.path, draft.at);
  return {
    rule: rule.id,
    path: asWritten(draft.path, loaded),
    range: draft.range ?? range,
    message: withNote(draft.message, note),
    data: draft.data ?? {},
    fixes: draft.fixes ?? [],
    ...(draft.severity === undefined ? {} : { severity: draft.severity }),
  };
}

/** `target`, not `target.0`, where one name stands in place of a list. */
function asWritten(path: string, { source }: LoadedExperiment): string {
  const list = path.replace(/\.0$/, '');
  return list !== path && typeof source.valueAt(list) === 'string' ? list : path;
}

function withNote(message: string, note: string): string {
  return note === '' ? message : `${message.replace(/\.$/, '')}${note}.`;
}

function withSeverity(raw: RawFinding, loaded: LoadedExperiment, profile: string | undefined): Finding[] {
  const settings = isMap(loaded.value) && isMap(loaded.value['lint']) ? loaded.value['lint'] : {};
  const base = raw.severity ?? ruleNamed(raw.rule)?.severity ?? 'warning';
  const severity = severityOf(raw.rule, base, {
    profile: profile ?? settings['profile'],
    rules: isMap(settings['rules']) ? settings['rules'] : {},
  });
  return severity === 'off' ? [] : [{ ...raw, severity, file: shownFile(loaded) }];
}

/** Relative to the workspace with forward slashes; absolute outside it. */
function shownFile(loaded: LoadedExperiment): string {
  const path = relative(loaded.workspace, loaded.file);
  return path.startsWith('..') || isAbsolute(path) ? loaded.file : path.split(sep).join('/');
}

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2, hint: 3 };

function byPlace(a: Finding, b: Finding): number {
  return (
    a.range.start.line - b.range.start.line ||
    a.range.start.character - b.range.start.character ||
    ranks[a.severity] - ranks[b.severity] ||
    (a.rule < b.rule ? -1 : a.rule > b.rule ? 1 : 0)
  );
}

function unique(findings: readonly Finding[]): Finding[] {
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const key = JSON.stringify([finding.rule, finding.range, finding.message]);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
