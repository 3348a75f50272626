/** Rules about searches and the time that runs take, from what past runs took: edges and budgets. */

import { type NumericParameter, parameters } from '../../catalog/models.ts';
import { secondsIn } from '../../config/duration.ts';
import { removeEdit, setEdit } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import { fieldAt } from '../../config/fields.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { parseSearchRange, type SearchRange } from '../../config/searchRange.ts';
import { grouped } from '../../protocol/grouped.ts';
import type { RunDocument } from '../../protocol/run.ts';
import { spearman } from '../../statistics/tests.ts';
import { setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { number4, type PastResult, type RunHistory, resultOf } from '../history.ts';
import type { Draft, Rule, RuleContext } from '../rule.ts';
import { writtenAt } from '../walk.ts';
import { resultRule } from './results.ts';

/** A best value this near an end of its range, as a share of the range, sits on the edge. */
const edge = 0.05;
/** Of fewer trials the best one says little of where the best values are. */
const leastTrials = 10;

const boundHit = resultRule('bound-hit', function* ({ experiment, result }, { loaded }) {
  const { tuning } = result.document;
  const best = tuning?.trials[tuning.best];
  if (tuning === undefined || best === undefined || tuning.trials.length < leastTrials) return;
  const written = isMap(experiment['tune']) ? experiment['tune']['space'] : undefined;
  const own = isMap(written) ? written : undefined;
  for (const [parameter, value] of Object.entries(best.params)) {
    const text = own === undefined ? familySpace(parameter) : own[parameter];
    const range = typeof text === 'string' ? parseSearchRange(text) : undefined;
    if (range === undefined || typeof value !== 'number') continue;
    const side = edgeOf(placeIn(range, value));
    if (side === undefined || !leansTo(side, parameter, range, tuning)) continue;
    const wider = widened(range, side, parameter);
    // Nothing lies beyond a legal limit.
    if (wider === undefined) continue;
    const path = `tune.space.${parameter}`;
    yield {
      path: own === undefined ? 'tune' : path,
      message: `Best ${parameter} = ${number4(value)} sits on the edge of ${text}: better values may lie beyond.`,
      data: { parameter, value, range: text },
      fixes: own === undefined ? [] : fixOf(`Widen to ${wider}`, setEdit(loaded.source, path, wider)),
    };
  }
});

/** What a search varies a parameter over where no space is written. */
function familySpace(parameter: string): string | undefined {
  const [, family = '', name = ''] = /^model\.(\w+)\.(\w+)$/.exec(parameter) ?? [];
  const own: Readonly<Record<string, Readonly<Record<string, NumericParameter>>>> = parameters;
  const found = Object.hasOwn(own, family) ? own[family] : undefined;
  return found !== undefined && Object.hasOwn(found, name) ? found[name]?.search : undefined;
}

/** Where a value lies in its range, 0 to 1. */
function placeIn({ low: a, high: b, scale }: SearchRange, value: number): number {
  const [low, high] = [Number(a), Number(b)];
  return scale === 'log' ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
}

function edgeOf(place: number): 'low' | 'high' | undefined {
  if (place <= edge) return 'low';
  return place >= 1 - edge ? 'high' : undefined;
}

/** One best trial near an edge can be chance: among the better half, trials must be the better the nearer they lie. */
function leansTo(
  side: 'low' | 'high',
  parameter: string,
  range: SearchRange,
  { trials, best }: NonNullable<RunDocument['tuning']>,
): boolean {
  const finished = trials
    .map(({ params, value }) => ({ place: placeIn(range, Number(params[parameter])), value: Number(value) }))
    .filter(({ place, value }) => Number.isFinite(place) && Number.isFinite(value));
  const winner = Number(trials[best]?.value);
  const sign = finished.every(({ value }) => value <= winner) ? 1 : -1;
  const better = finished
    .toSorted((a, b) => sign * (b.value - a.value))
    .slice(0, Math.ceil(finished.length / 2));
  const { statistic, p } = spearman(
    Float64Array.from(better, ({ place }) => place),
    Float64Array.from(better, ({ value }) => sign * value),
  );
  return p < 0.05 && (side === 'high' ? statistic > 0 : statistic < 0);
}

/** The range with its width added at one end, as far as the parameter goes; undefined where that is no further. */
function widened({ low: a, high: b, scale, step }: SearchRange, side: 'low' | 'high', parameter: string) {
  const [low, high] = [Number(a), Number(b)];
  const bounds = fieldAt(parameter)?.bounds;
  const factor = Math.sqrt(high / low);
  const further =
    side === 'low'
      ? scale === 'log'
        ? low / factor
        : low - (high - low)
      : scale === 'log'
        ? high * factor
        : high + (high - low);
  const whole = /^[-+]?\d+$/.test(a) && /^[-+]?\d+$/.test(b);
  const rounded = whole ? Math.round(further) : Number(further.toPrecision(2));
  const { min = rounded, max = rounded, above = -Infinity, below = Infinity } = bounds ?? {};
  const end = side === 'low' ? Math.max(min, rounded) : Math.min(max, rounded);
  if (end <= above || end >= below) return undefined;
  const text = String(end);
  if (end === (side === 'low' ? low : high) || text.includes('e')) return undefined;
  const rest = scale === undefined ? '' : ` ${scale}${step === undefined ? '' : ` ${step}`}`;
  const shown = whole || text.includes('.') ? text : `${text}.0`;
  return side === 'low' ? `${shown}..${b}${rest}` : `${a}..${shown}${rest}`;
}

/** Seconds that one training took, in the newest run of the same family; the stage of a search is shared by its trials. */
function secondsEach({ loaded, runs, facts }: RuleContext): { seconds: number; run: string } | undefined {
  const { experiment } = loaded;
  const result = experiment && (resultOf(runs, experiment) ?? sameFamily(runs, experiment.model.type));
  if (experiment === undefined || result === undefined) return undefined;
  const { run, tuning, rows, timings, warnings } = result.document;
  // A run that was ended by its budget does not tell how long it would have taken.
  if (warnings.some((warning) => warning.includes('`train.budget.time`'))) return undefined;
  const whole = (tuning === undefined ? timings['train'] : timings['tune']) ?? Number.NaN;
  const trained = tuning?.trials.reduce((sum, { budget }) => sum + budget, 0) ?? 1;
  // More rows take longer, about in proportion.
  const growth = facts === undefined || rows.source === 0 ? 1 : facts.rows / rows.source;
  return whole > 0 && trained > 0 ? { seconds: (growth * whole) / trained, run: run.id } : undefined;
}

function sameFamily(runs: RunHistory | undefined, type: string): PastResult | undefined {
  const family = type === 'auto' ? 'gbdt' : type;
  return runs?.results.find(({ document }) => document.model.type === family);
}

const overBudget: Rule = {
  id: 'over-budget',
  needs: ['config'],
  *run(context) {
    const { loaded } = context;
    const each = secondsEach(context);
    yield* overEstimated(context, each !== undefined);
    if (each === undefined) return;
    const trials = Number(writtenAt(loaded, 'tune.trials') ?? 0);
    const all = each.seconds * Math.max(1, trials);
    const timeout = trials > 0 ? secondsIn(writtenAt(loaded, 'tune.timeout')) : undefined;
    const isCut = timeout !== undefined && all > timeout;
    if (isCut) {
      const fits = Math.floor(timeout / each.seconds);
      yield {
        path: 'tune.timeout',
        message: `About ${lengthOf(all)} for ${grouped(trials)} trials, as run ${each.run} went; after ${lengthOf(timeout)} about ${grouped(fits)} of them will have run.`,
        data: { seconds: all, budget: timeout, run: each.run, fits },
        fixes: fits < 1 ? [] : setFix(loaded, 'tune.trials', String(fits)),
      };
    }
    // A search that its own timeout ends needs no word about a budget that nobody wrote.
    const budget = secondsIn(
      writtenAt(loaded, 'train.budget.time') ?? (isCut ? undefined : loaded.experiment?.train.budget?.time),
    );
    if (budget === undefined || all <= budget) return;
    yield {
      path: 'train.budget.time',
      message: `About ${lengthOf(all)}, as run ${each.run} went; the budget is ${lengthOf(budget)}.`,
      data: { seconds: all, budget, run: each.run },
    };
  },
};

/** From sizes alone; of the time only before any run has shown how long it takes. */
function* overEstimated({ loaded, facts, expectRun }: RuleContext, known: boolean): Iterable<Draft> {
  const { experiment } = loaded;
  const { over = [] } = (experiment && facts && expectRun?.(experiment, facts)) ?? {};
  for (const draft of over) if (!known || draft.path !== 'train.budget.time') yield draft;
}

/** What a crash may cost before it is worth a save, in seconds: the catalogue's half an hour. */
const longest = 1_800;

const noCheckpoint: Rule = {
  id: 'no-checkpoint',
  needs: ['config'],
  *run(context) {
    const { experiment } = context.loaded;
    const every = writtenAt(context.loaded, 'train.checkpoint.every');
    if (experiment === undefined || every === undefined) return;
    const all = stepsOf(experiment);
    const late = typeof every === 'number' && all !== undefined && every >= all.steps;
    if (all === undefined || (every !== 'never' && !late)) return;
    const past = secondsEach(context);
    const seconds = past?.seconds ?? secondsIn(writtenAt(context.loaded, 'train.budget.time')) ?? 0;
    if (seconds <= longest) return;
    const why = late
      ? `the first save comes after ${grouped(every)} of ${grouped(all.steps)} ${all.unit}`
      : 'nothing is saved';
    const known = past === undefined ? 'the budget allows' : `run ${past.run} took`;
    yield {
      path: 'train.checkpoint.every',
      message: `A crash loses up to ${lengthOf(seconds)}, as long as ${known}: ${why}.`,
      data: { seconds, every },
      fixes: fixOf('Save on the way', removeEdit(context.loaded.source, 'train.checkpoint.every')),
    };
  },
};

/** Of the families that save on the way. */
function stepsOf({ model, train }: Experiment): { steps: number; unit: string } | undefined {
  switch (model.type) {
    case 'auto':
    case 'gbdt':
      return { steps: model.gbdt.trees, unit: 'trees' };
    case 'forest':
      return { steps: model.forest.trees, unit: 'trees' };
    case 'mlp':
      return { steps: train.epochs, unit: 'epochs' };
    default:
      return undefined;
  }
}

/** `2 h`, `45 min`, `30 s`. */
function lengthOf(seconds: number): string {
  const units = [
    ['d', 86_400],
    ['h', 3_600],
    ['min', 60],
  ] as const;
  const [unit, length] = units.find(([, each]) => seconds >= 2 * each) ?? ['s', 1];
  return `${grouped(Math.round(seconds / length))} ${unit}`;
}

export const searchResultRules: readonly Rule[] = [boundHit, overBudget, noCheckpoint];
