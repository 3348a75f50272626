/** Code lenses: run it, what came out last, how the data look, over the lines that they are about. */
import type { CodeLens } from 'vscode-languageserver/node';
import { ruleNamed } from '../catalog/rules.ts';
import { fieldAt } from '../config/fields.ts';
import { valueAt } from '../config/valueAt.ts';
import { ofExpressions } from '../lint/rule.ts';
import type { Range } from '../protocol/finding.ts';
import { grouped } from '../protocol/grouped.ts';
import { ageOf, expectedText, lengthOf, searchSeconds } from './expected.ts';
import { lastResult, type OpenExperiment, type PastRun } from './openExperiment.ts';

/** For clients that have the extension's commands. */
export function codeLenses(open: OpenExperiment, now: Date): CodeLens[] {
  const { uri, loaded } = open;
  const top = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  const variants = loaded.source.locate('variants')?.node;
  return [
    lens(top, '$(play) Run', 'modelwright.experiment.run', [uri]),
    lens(top, dryRunTitle(open), 'modelwright.experiment.dryRun', [uri]),
    ...resultLens(open, top, now),
    ...compareLens(open, top),
    ...dataLens(open),
    ...tuneLens(open),
    ...splitLens(open),
    ...variantsLens(open),
    ...(variants?.kind === 'map' ? variants.entries : []).map(({ key, keyStart, keyEnd }) =>
      lens(
        loaded.text.rangeAt(keyStart, keyEnd),
        '$(play) Run variant',
        'modelwright.experiment.runVariant',
        [uri, key],
      ),
    ),
  ];
}

function dryRunTitle(open: OpenExperiment): string {
  const expected = expectedText(open);
  return expected === undefined ? 'Dry run' : `Dry run · ${expected}`;
}

function resultLens(open: OpenExperiment, range: Range, now: Date): CodeLens[] {
  const running = open.runs.find(({ head }) => head.status === 'running');
  const shown = running ?? lastResult(open) ?? open.runs[0];
  return shown === undefined
    ? []
    : [lens(range, runTitle(shown, now), 'modelwright.run.open', [shown.head.id])];
}

function runTitle({ head, headline }: PastRun, now: Date): string {
  if (head.status === 'running') return `$(loading~spin) running since ${ageOf(head.started, now)}`;
  const age = `${ageOf(head.ended ?? head.started, now)} ago`;
  if (headline === undefined) return `${head.status} ${age}`;
  const half = (headline.high - headline.low) / 2;
  return `${headline.metric} ${Number(headline.value.toPrecision(4))} ± ${Number(half.toPrecision(1))} · ${age}`;
}

/** The last result beside the one before it. */
function compareLens({ runs, loaded: { workspace } }: OpenExperiment, range: Range): CodeLens[] {
  const [last, before] = runs.filter(({ head }) => head.status === 'finished');
  if (last === undefined || before === undefined) return [];
  const places = [before, last].map(({ head: { id } }) => ({ workspace, id }));
  return [lens(range, 'Compare with the run before', 'modelwright.run.compare', [undefined, places])];
}

function variantsLens({ uri, loaded: { source } }: OpenExperiment): CodeLens[] {
  const range = source.rangeOf('variants', 'key');
  return range === undefined
    ? []
    : [lens(range, 'Compare variants', 'modelwright.experiment.compareVariants', [uri])];
}

/** How long the trials will take, the rest of the run aside. */
function tuneLens(open: OpenExperiment): CodeLens[] {
  const { loaded, uri } = open;
  const trials = loaded.experiment === undefined ? undefined : valueAt(loaded.experiment, ['tune', 'trials']);
  const range = loaded.source.rangeOf('tune', 'key');
  if (range === undefined || fieldAt('tune.trials')?.supported !== true) return [];
  if (typeof trials !== 'number' || trials < 1) return [];
  const seconds = searchSeconds(open, trials);
  const estimate = seconds === undefined ? '' : `, about ${lengthOf(Math.max(1, seconds))}`;
  const title = `$(play) Tune (${trials} ${trials === 1 ? 'trial' : 'trials'}${estimate})`;
  return [lens(range, title, 'modelwright.experiment.tune', [uri])];
}

/** Sizes of the sides, over the section that decides them. */
function splitLens({ uri, loaded, facts }: OpenExperiment): CodeLens[] {
  const range = loaded.source.rangeOf('split', 'key');
  const split = facts?.split;
  if (range === undefined || split === undefined) return [];
  const { train, valid, test, folds } = split;
  const validation = folds >= 2 ? `${folds} folds` : `valid ${grouped(valid.rows)}`;
  const title = `train ${grouped(train.rows)} · ${validation} · test ${grouped(test.rows)} rows`;
  return [lens(range, title, 'modelwright.data.show', [uri])];
}

function dataLens({ uri, loaded, facts, failure, findings }: OpenExperiment): CodeLens[] {
  const range = loaded.source.rangeOf('data', 'key');
  if (range === undefined) return [];
  const show = (title: string) => [lens(range, title, 'modelwright.data.show', [uri])];
  // An expression at fault, as one that is half typed, has its own finding; the data are what they were.
  if (failure !== undefined && !ofExpressions.has(failure.code)) return show('The data cannot be read');
  if (facts === undefined) return [];
  const problems = findings.filter(
    ({ rule, severity }) => severity !== 'hint' && /[DP]/.test(ruleNamed(rule)?.level ?? ''),
  ).length;
  const told = problems === 0 ? 'no problems' : problems === 1 ? '1 problem' : `${problems} problems`;
  const columns = facts.profile.columns.filter(({ derived }) => !derived).length;
  return show(`${grouped(facts.rows)} rows · ${columns} columns · ${told}`);
}

function lens(range: Range, title: string, command: string, args: readonly unknown[]): CodeLens {
  return { range, command: { title, command, arguments: [...args] } };
}
