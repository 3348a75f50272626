/** The bars a run must clear: each gate of the experiment against the test rows, the baselines and the lint result. */
import type { Gate, Comparison as Operator, Reference } from '../config/expression/ast.ts';
import { parseGate } from '../config/expression/gate.ts';
import { isLintCount, lintCounts, whyNotJudged } from '../config/expression/judgeable.ts';
import type { GateResult } from '../protocol/run.ts';
import type { Bootstrap } from './bootstrap.ts';
import { adjustedLevel, type Correction } from './comparisons.ts';
import { isLoss } from './importance.ts';
import { isComputable } from './metrics.ts';
import type { Estimate, EvaluationTask } from './scoredRows.ts';

export interface GateFacts {
  readonly task: EvaluationTask;
  /** The primary metric, which `beats` compares. */
  readonly metric: string;
  /** Name of the main model in the bootstraps, and of the baselines. */
  readonly main: string;
  readonly baselines: readonly string[];
  /** Bootstrap of all models over the test rows of a slice (undefined: all test rows), holding the metrics of its gates. */
  readonly bootstrapOf: (slice: string | undefined) => Bootstrap | undefined;
  readonly level: number;
  readonly alpha: number;
  readonly correction: Correction;
  readonly lint: {
    readonly error: number;
    readonly warning: number;
    readonly info: number;
    readonly hint: number;
  };
}

/** Metrics that a gate needs, over all test rows or over a slice; unreadable gates and other figures need none. */
export function gateMetrics(
  gates: readonly string[],
  primary: string,
  task: EvaluationTask,
): { metric: string; slice?: string }[] {
  return gates.flatMap((text) => {
    const { ast } = parseGate(text);
    if (!ast) return [];
    if (ast.kind === 'beats') return [{ metric: primary }];
    const { name, slice } = ast.metric;
    if (!isComputable(name, task)) return [];
    return [{ metric: name, ...(slice ? { slice: slice.text } : {}) }];
  });
}

/**
 * `beats baseline` asks for a better point value than the best baseline's; `(significant)` that the interval of the
 * difference, corrected over the baselines, excludes 0. What cannot be judged fails with its reason, except a
 * champion that does not exist yet. A result against a reference holds the difference, else the value.
 */
export function checkGates(gates: readonly string[], facts: GateFacts): GateResult[] {
  return gates.map((gate) => {
    const { ast, problem } = parseGate(gate);
    return { gate, ...(ast ? judge(ast, facts) : fail(problem.message)) };
  });
}

type Verdict = Omit<GateResult, 'gate'>;

function judge(gate: Gate, facts: GateFacts): Verdict {
  const never = whyNotJudged(gate);
  if (never) return fail(`${never.reason.replace(/^a/, 'A')}, so the gate cannot be judged.`);
  if (gate.kind === 'beats') {
    const better = isLoss(facts.metric) ? '<' : '>';
    return judgeReference(
      {
        name: facts.metric,
        reference: gate.reference,
        offset: 0,
        operator: better,
        significant: gate.significant,
      },
      facts,
    );
  }
  const { metric, operator, right, significant } = gate;
  if (isLintCount(metric.name) && right.kind === 'number') {
    const counted = facts.lint[lintCounts[metric.name]];
    const passed = holds(counted, operator, right.value);
    return {
      passed,
      value: counted,
      low: null,
      high: null,
      reason: `${metric.name} is ${counted}; the gate asks for ${operator} ${right.value}.`,
    };
  }
  if (!isComputable(metric.name, facts.task)) {
    return fail(`\`${metric.name}\` is not measured by a run of this version, so the gate cannot be judged.`);
  }
  const written = metric.slice ? `${metric.name}(${metric.slice.text})` : metric.name;
  const place = { name: metric.name, ...(metric.slice ? { slice: metric.slice.text } : {}), written };
  if (right.kind === 'number')
    return judgeNumber({ ...place, operator, limit: right.value, significant }, facts);
  return judgeReference(
    { ...place, reference: right.reference, offset: right.offset, operator, significant },
    facts,
  );
}

interface Measured {
  readonly name: string;
  readonly slice?: string;
  readonly written?: string;
  readonly operator: Operator;
  readonly significant: boolean;
}

function judgeNumber(gate: Measured & { limit: number }, facts: GateFacts): Verdict {
  const { name, operator, limit } = gate;
  const estimate = facts.bootstrapOf(gate.slice)?.estimates[facts.main]?.[name];
  if (!estimate || Number.isNaN(estimate.value)) return fail(undefinedReason(gate));
  const { value, low, high } = estimate;
  const judged = gate.significant ? (operator.startsWith('>') ? low : high) : value;
  const passed = holds(judged, operator, limit);
  const asked = `the gate asks for ${operator} ${limit}${gate.significant ? ' with the whole interval' : ''}`;
  return { passed, value, low, high, reason: `${gate.written ?? name} is ${describe(estimate)}; ${asked}.` };
}

function judgeReference(
  gate: Measured & { reference: Reference; offset: number },
  facts: GateFacts,
): Verdict {
  const { name, reference, offset, operator } = gate;
  if (reference.kind === 'champion') {
    return {
      passed: true,
      value: null,
      low: null,
      high: null,
      reason: 'not applicable: there is no champion yet.',
    };
  }
  const bootstrap = facts.bootstrapOf(gate.slice);
  const best = bootstrap && bestBaseline(bootstrap, name, facts.baselines);
  if (!best)
    return fail(
      facts.baselines.length > 0
        ? undefinedReason(gate)
        : 'There is no baseline to compare with: set `baseline`.',
    );
  const own = bootstrap.estimates[facts.main]?.[name];
  if (!own || Number.isNaN(own.value)) return fail(undefinedReason(gate));

  const differences = facts.baselines.map((baseline) => bootstrap.difference(name, facts.main, baseline));
  const index = facts.baselines.indexOf(best.name);
  const difference = differences[index];
  if (!difference) throw new Error('the best baseline is one of the baselines');
  const p = differences.map((each) => each.p);
  const level = gate.significant ? adjustedLevel(p, index, facts.alpha, facts.correction) : facts.level;
  const interval = difference.interval(level);
  const bound = gate.significant
    ? (operator.startsWith('>') ? interval.low : interval.high) - offset
    : difference.value - offset;
  const passed = holds(bound, gate.significant ? strict(operator) : operator, 0);
  const against = `${format(best.value)} of the baseline ${best.name}${offset === 0 ? '' : ` ${offset < 0 ? '-' : '+'} ${Math.abs(offset)}`}`;
  const change = `${describe({ value: difference.value, ...interval })}${gate.significant ? `, an interval at ${format(100 * level)} %` : ''}`;
  return {
    passed,
    value: difference.value,
    ...interval,
    reason: `${gate.written ?? name} is ${format(own.value)} against ${against}: a difference of ${change}.`,
  };
}

/** The baseline with the best point value; of equals, the first. Undefined where none has one. */
function bestBaseline(
  bootstrap: Bootstrap,
  metric: string,
  baselines: readonly string[],
): { name: string; value: number } | undefined {
  const sign = isLoss(metric) ? -1 : 1;
  return baselines
    .map((name) => ({ name, value: bootstrap.estimates[name]?.[metric]?.value ?? Number.NaN }))
    .filter(({ value }) => !Number.isNaN(value))
    .reduce<{ name: string; value: number } | undefined>(
      (best, each) => (best && sign * best.value >= sign * each.value ? best : each),
      undefined,
    );
}

function holds(value: number, operator: Operator, limit: number): boolean {
  switch (operator) {
    case '>':
      return value > limit;
    case '>=':
      return value >= limit;
    case '<':
      return value < limit;
    case '<=':
      return value <= limit;
    case '==':
      return value === limit;
    case '!=':
      return value !== limit;
  }
}

/** An interval that touches 0 does not exclude it. */
function strict(operator: Operator): Operator {
  if (operator === '>=') return '>';
  return operator === '<=' ? '<' : operator;
}

function fail(reason: string): Verdict {
  return { passed: false, value: null, low: null, high: null, reason };
}

function undefinedReason({
  name,
  written,
  slice,
}: {
  name: string;
  written?: string;
  slice?: string;
}): string {
  const rows = slice === undefined ? 'the test rows' : `the test rows where ${slice}`;
  return `\`${written ?? name}\` has no value on ${rows}: there are none, or only one class occurs.`;
}

function describe({ value, low, high }: Estimate): string {
  const interval = Number.isNaN(low) || Number.isNaN(high) ? '' : ` [${format(low)}, ${format(high)}]`;
  return `${format(value)}${interval}`;
}

/** Four significant digits. */
function format(value: number): string {
  return String(Number(value.toPrecision(4)));
}
