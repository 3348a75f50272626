/** From statistics to a verdict on a column: significance and size are two keys, and both must turn. */

import type { Thresholds } from '../catalog/driftThresholds.ts';
import { type ColumnDrift, type DriftTest, type EffectSize, effectSizes } from '../protocol/drift.ts';
import { newcombe } from '../statistics/intervals.ts';
import type { ColumnPlan } from './columnPlan.ts';
import type { Measure } from './measure.ts';
import type { DriftSettings } from './settings.ts';
import { number4 } from './words.ts';

export interface JudgedMeasure {
  readonly measure: Measure;
  readonly effect: number;
  readonly peak: number | undefined;
  readonly error: number;
  readonly statistic: number | null;
  readonly p: number;
  readonly pAdjusted: number;
}

type NamedTest = DriftTest & { readonly words: string };

export function judgeColumn(
  plan: ColumnPlan,
  measures: readonly JudgedMeasure[],
  settings: DriftSettings,
): Omit<ColumnDrift, 'importance'> {
  const { name: column, kind, distribution } = plan;
  const tests = measures.map((measure) => judgeMeasure(measure, plan, settings)).sort(stronger);
  const [strongest] = tests;
  if (strongest === undefined)
    return { column, kind, ...noTest, verdict: 'unknown', reason: sentence(plan.idle), tests, distribution };
  const significant = tests.some(({ pAdjusted }) => (pAdjusted ?? 1) <= settings.alpha);
  const unseen = measures.some(
    ({ measure, effect }) =>
      measure.test === 'unseen-levels' && rateOf(measure, effect) > measure.thresholds[0],
  );
  const verdict = strongest.drifted ? 'drifted' : significant || unseen ? 'noticed' : 'steady';
  const { words: _words, ...entry } = strongest;
  return { column, kind, ...entry, verdict, reason: reasonOf(tests, settings), tests, distribution };
}

const noTest = {
  test: 'none',
  statistic: null,
  p: null,
  pAdjusted: null,
  effect: null,
  low: null,
  high: null,
  size: 'none',
  drifted: false,
} as const;

function judgeMeasure(judged: JudgedMeasure, { role }: ColumnPlan, settings: DriftSettings): NamedTest {
  const { measure, p, pAdjusted, peak } = judged;
  const effect = rateOf(measure, judged.effect);
  const { low, high } = intervalOf(judged, effect);
  const significant = pAdjusted <= settings.alpha;
  const sizeOf = (own: number, steps: Thresholds): EffectSize =>
    effectSizes[steps.filter((step) => own >= step).length] ?? 'none';
  const reached =
    [
      sizeOf(effect, measure.thresholds),
      ...(peak === undefined || measure.peaks === undefined ? [] : [sizeOf(peak, measure.peaks)]),
    ].sort((a, b) => effectSizes.indexOf(b) - effectSizes.indexOf(a))[0] ?? 'none';
  const size = significant ? reached : 'none';
  return {
    test: measure.test,
    statistic: judged.statistic,
    p,
    pAdjusted,
    effect,
    low,
    high,
    size,
    drifted: significant && counts({ effect, size: reached }, wantedOf(settings, measure.fault, role)),
    words: measure.words(),
  };
}

/** Faults of a feed count from `small` on; of what the model answers, one tier less than of what it is asked. */
function wantedOf(
  { effect }: DriftSettings,
  fault: boolean,
  role: 'prediction' | undefined,
): DriftSettings['effect'] {
  if (typeof effect === 'number') return effect;
  if (fault) return 'small';
  return role === 'prediction'
    ? (effectSizes[Math.max(1, effectSizes.indexOf(effect) - 1)] as 'small')
    : effect;
}

function counts(
  { effect, size }: { readonly effect: number; readonly size: EffectSize },
  wanted: DriftSettings['effect'],
): boolean {
  if (typeof wanted === 'number') return effect >= wanted;
  return effectSizes.indexOf(size) >= effectSizes.indexOf(wanted);
}

/** Rates are counted over all rows, less what exchangeable rows would give. */
function rateOf({ rate }: Measure, effect: number): number {
  if (rate === undefined) return effect;
  const { reference, current, expected } = rate;
  return Math.max(0, Math.abs(current.hits / current.rows - reference.hits / reference.rows) - expected);
}

function intervalOf(
  { measure: { rate }, error }: JudgedMeasure,
  effect: number,
): { low: number; high: number } {
  if (rate === undefined) return { low: Math.max(0, effect - 1.96 * error), high: effect + 1.96 * error };
  const difference = newcombe(rate.current, rate.reference, 0.95);
  const turned =
    difference.high + difference.low < 0 ? { low: -difference.high, high: -difference.low } : difference;
  return { low: Math.max(0, turned.low - rate.expected), high: Math.max(0, turned.high - rate.expected) };
}

function stronger(a: DriftTest, b: DriftTest): number {
  return (
    Number(b.drifted) - Number(a.drifted) ||
    effectSizes.indexOf(b.size) - effectSizes.indexOf(a.size) ||
    (a.pAdjusted ?? 1) - (b.pAdjusted ?? 1) ||
    (a.p ?? 1) - (b.p ?? 1)
  );
}

function reasonOf(tests: readonly NamedTest[], { alpha }: DriftSettings): string {
  const [first, ...others] = tests;
  if (first === undefined) return '';
  const told = (test: NamedTest) => `${test.test} p ${number4(test.pAdjusted ?? 1)}`;
  const also = others.map(
    (test) => `${told(test)}${(test.pAdjusted ?? 1) <= alpha ? ` (${test.words})` : ''}`,
  );
  const rest = also.length === 0 ? '' : ` Also tested: ${also.join(', ')}.`;
  return `${sentence(first.words)}${rest}`;
}

function sentence(words: string): string {
  return `${words.slice(0, 1).toUpperCase()}${words.slice(1)}${words.endsWith('.') ? '' : '.'}`;
}
