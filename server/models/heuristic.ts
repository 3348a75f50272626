/** The model that a person wrote: the first rule that holds decides; where none does, what dummy would say. */
import { ModelwrightError } from '../catalog/errors.ts';
import { predictsValue } from '../catalog/tasks.ts';
import type { Experiment } from '../config/experiment.ts';
import { apply, double, int64, lookUp } from '../onnx/operators.ts';
import { dummyOutputs } from './dummy.ts';
import type { FitRequest, FittedModel, ModelFamily, SupervisedTask } from './family.ts';

export type HeuristicRules = NonNullable<Experiment['model']['heuristic']>;

/** Shares of 0 and 1 are kept this far from them: a log-odds of ±34.5. */
const least = 1e-15;

/** Expects the one category of fitRules. */
export const heuristic: ModelFamily<HeuristicRules> = {
  name: 'heuristic',
  async fit(request) {
    const fallback = dummyOutputs(request);
    const rows = [fallback, ...request.parameters.map((rule) => outputsOf(rule, request)), fallback];
    return createModel(rows, request.parameters);
  },
};

/** @throws ModelwrightError model-setting */
export function checkHeuristic(task: SupervisedTask, rules: HeuristicRules): void {
  if (rules.length === 0) throw unfit('[]', 'there is no rule');
  const odd = rules.find(({ then: value }) => predictsValue(task) && typeof value !== 'number');
  if (odd) throw unfit(String(odd.then), `task ${task} predicts a number`);
}

function createModel(rows: readonly (readonly number[])[], rules: HeuristicRules): FittedModel {
  const outputs = rows[0]?.length ?? 1;
  return {
    family: 'heuristic',
    parameters: { rules },
    iterations: 1,
    predict({ values: [codes], rows: count }) {
      const raw = new Float64Array(count * outputs);
      for (let row = 0; row < count; row++) {
        const code = codes?.kind === 'category' ? (codes.codes[row] ?? 0) : 0;
        raw.set(rows[code] ?? [], row * outputs);
      }
      return raw;
    },
    appendTo(graph, { codes = '' }) {
      const table = apply(graph, 'Reshape', [
        double(graph, rows.flat()),
        int64(graph, [rows.length, outputs]),
      ]);
      const flat = apply(graph, 'Squeeze', [codes, int64(graph, [1])]);
      return { raw: lookUp(graph, table, flat), double: true };
    },
  };
}

function outputsOf(
  { then: value }: HeuristicRules[number],
  { task, outputs, classes = [] }: FitRequest<HeuristicRules>,
): number[] {
  if (task === 'count') return [Math.log(Math.max(Number(value), 1e-9))];
  if (predictsValue(task)) return [Number(value)];
  if (task === 'binary' && typeof value === 'number' && value >= 0 && value <= 1) return [logOdds(value)];
  const label = classes.findIndex((name) => String(name) === String(value));
  if (label < 0) throw unfit(String(value), `it is no class of the target (${classes.join(', ')})`);
  if (task === 'binary') return [logOdds(label)];
  return Array.from({ length: outputs }, (_, k) => (k === label ? 0 : Math.log(least)));
}

function logOdds(share: number): number {
  const kept = Math.min(Math.max(share, least), 1 - least);
  return Math.log(kept / (1 - kept));
}

function unfit(value: string, reason: string): ModelwrightError {
  return new ModelwrightError('model-setting', {
    path: 'model.heuristic',
    value,
    reason,
    instead: '[{if: CONDITION, then: SCORE or CLASS}]',
  });
}
