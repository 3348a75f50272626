/** Rules about gates beside what past runs reached: failed, too low, out of reach, or passed by chance. */
import { parseMetricName } from '../../catalog/metrics.ts';
import { setEdit, yamlScalar } from '../../config/edits.ts';
import type { Gate } from '../../config/expression/ast.ts';
import { parseGate } from '../../config/expression/gate.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { fixOf } from '../fixes.ts';
import { figureOf, lastOf, number4, type RunHistory, resultOf } from '../history.ts';
import type { Draft, Rule } from '../rule.ts';
import { itemPath } from '../walk.ts';
import { directionOf, spread } from './results.ts';

interface WrittenGate {
  readonly text: string;
  readonly path: string;
  readonly ast: Gate;
}

type GateFindings = (
  gate: WrittenGate,
  history: RunHistory,
  loaded: LoadedExperiment,
) => Omit<Draft, 'path'> | undefined;

/** A rule that looks at each gate by itself. */
function gateRule(id: string, judge: GateFindings): Rule {
  return {
    id,
    needs: ['config', 'runs'],
    *run({ loaded, runs }) {
      for (const text of loaded.experiment?.gates ?? []) {
        const { ast } = parseGate(text);
        const path = loaded.isWritten('gates') ? itemPath(loaded, 'gates', text) : 'registry';
        const found =
          ast === undefined || runs === undefined ? undefined : judge({ text, path, ast }, runs, loaded);
        if (found !== undefined) yield { path, ...found };
      }
    },
  };
}

const gateFailed = gateRule('gate-failed', ({ text }, history) => {
  const last = lastOf(history);
  const result = last?.document.gates.find(({ gate }) => gate === text);
  if (last === undefined || result === undefined || result.passed) return undefined;
  return {
    message: `Run ${last.document.run.id} failed \`${text}\`: ${result.reason}`,
    data: { gate: text, run: last.document.run.id, value: result.value },
  };
});

/** A gate that a model without learning passes holds nobody back. */
const gateBelowBaseline = gateRule('gate-below-baseline', ({ text, path, ast }, history, loaded) => {
  const limit = limitOf(ast);
  const result = loaded.experiment && resultOf(history, loaded.experiment);
  if (limit === undefined || result === undefined) return undefined;
  const { metric, value: asked, sign } = limit;
  const dummy = figureOf(result.document.baselines['dummy'], metric);
  if (dummy === undefined || isTrivial(metric, dummy.value) || sign * (dummy.value - asked) < 0)
    return undefined;
  const baselines = Object.values(result.document.baselines).flatMap(
    (metrics) => figureOf(metrics, metric)?.value ?? [],
  );
  const raised = raise(sign === 1 ? Math.max(...baselines) : Math.min(...baselines), sign);
  const { span } = limit;
  const better = text.slice(0, span.start) + raised + text.slice(span.end);
  return {
    message: `Dummy scores ${metric} ${number4(dummy.value)}; the gate asks for ${number4(asked)}, which learning nothing passes.`,
    data: { gate: text, dummy: dummy.value, limit: asked },
    fixes: fixOf(`Raise to ${raised}`, setEdit(loaded.source, path, yamlScalar(better))),
  };
});

/** A constant answer is perfect by these for no merit: it is calibrated, or never names the class it would miss. */
function isTrivial(metric: string, value: number): boolean {
  const range = parseMetricName(metric)?.metric.range;
  return metric === 'ece' || range === undefined || Math.abs(value - range[1]) < 1e-9;
}

/** The next step of a hundredth beyond the value. */
function raise(value: number, sign: 1 | -1): string {
  const step = Math.abs(value) >= 1 ? 1 : 100;
  return String(Number(((Math.floor(sign * value * step) + 1) / step / sign).toFixed(6)));
}

interface Limit {
  readonly metric: string;
  readonly value: number;
  readonly sign: 1 | -1;
  readonly span: { readonly start: number; readonly end: number };
}

/** What a gate over all test rows asks of a metric as a number; undefined where it asks otherwise. */
function limitOf(gate: Gate): Limit | undefined {
  if (gate.kind !== 'compare' || gate.metric.slice !== undefined || gate.right.kind !== 'number')
    return undefined;
  const sign = directionOf(gate.metric.name);
  const wanted = gate.operator.startsWith('>') ? 1 : gate.operator.startsWith('<') ? -1 : undefined;
  if (sign === undefined || sign !== wanted) return undefined;
  return { metric: gate.metric.name, value: gate.right.value, sign, span: gate.right.span };
}

const leastHistory = 5;

const gateUnreachable = gateRule('gate-unreachable', ({ text, ast }, history) => {
  const limit = limitOf(ast);
  if (limit === undefined) return undefined;
  const { metric, value: asked, sign } = limit;
  const reached = history.results.flatMap(
    ({ document }) => figureOf(document.metrics.test, metric)?.value ?? [],
  );
  if (reached.length < leastHistory) return undefined;
  const best = sign === 1 ? Math.max(...reached) : Math.min(...reached);
  if (!(sign * (asked - best) > 3 * spread(reached).deviation)) return undefined;
  return {
    message: `Best ever ${metric} ${number4(best)} in ${reached.length} runs; the gate asks for ${number4(asked)}.`,
    data: { gate: text, best, limit: asked, runs: reached.length },
  };
});

const differenceNotSignificant = gateRule(
  'difference-not-significant',
  ({ text, path, ast }, history, loaded) => {
    const result = loaded.experiment && resultOf(history, loaded.experiment);
    const passed = result?.document.gates.find(({ gate }) => gate === text && gate !== '');
    const claim = claimOf(ast);
    if (result === undefined || passed === undefined || !passed.passed || claim === undefined)
      return undefined;
    const { value, low, high } = passed;
    if (value === null || low === null || high === null || !(Number(low) <= 0 && Number(high) >= 0))
      return undefined;
    const metric = claim.metric ?? result.document.metric;
    const interval = `[${number4(Number(low))}, ${number4(Number(high))}]`;
    return {
      message: `${metric} vs. ${claim.to}: ${number4(Number(value))} ${interval}; the interval holds 0, so the gain can be chance.`,
      data: { gate: text, metric, difference: Number(value), low: Number(low), high: Number(high) },
      fixes: fixOf('Ask for significance', setEdit(loaded.source, path, yamlScalar(`${text} (significant)`))),
    };
  },
);

/** What a gate claims to be better than; `>= champion - 0.01` claims no gain, `(significant)` is already proven. */
function claimOf(gate: Gate): { metric?: string; to: string } | undefined {
  if (gate.significant) return undefined;
  if (gate.kind === 'beats') return { to: gate.reference.kind };
  if (gate.right.kind !== 'reference' || !/^[<>]/.test(gate.operator)) return undefined;
  const sign = gate.operator.startsWith('>') ? 1 : -1;
  if (sign * gate.right.offset < 0) return undefined;
  return { metric: gate.metric.name, to: gate.right.reference.kind };
}

export const gateResultRules: readonly Rule[] = [
  gateFailed,
  gateBelowBaseline,
  gateUnreachable,
  differenceNotSignificant,
];
