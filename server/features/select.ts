/** Keeps the features that are worth most, judged on training rows alone; everything behind sees only those. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { parseRatio } from '../config/schema/values.ts';
import { pick } from '../onnx/operators.ts';
import type { FeatureRequest, FittedFeatures } from './fittedFeatures.ts';
import type { FeatureMatrix, FeatureValues } from './matrix.ts';
import { correlationOf, informationOf, varianceOf, type WorthRows } from './worth.ts';

const worths: Readonly<Record<string, (values: FeatureValues, rows: WorthRows) => number>> = {
  variance: varianceOf,
  correlation: correlationOf,
  'mutual-info': informationOf,
};

type Selection = Experiment['features']['select'];

/**
 * `keep` is how many features stay, or what share of them; `threshold` the least worth; without either, those above 0.
 * The best stays in any case, of equals the first.
 * @throws ModelwrightError setting-not-supported
 */
export async function selectFeatures(
  features: FittedFeatures,
  request: FeatureRequest,
): Promise<FittedFeatures> {
  const { select } = request.settings;
  if (select === undefined || select.method === 'none') return features;
  if (isModelMethod(select.method)) return features;
  const worth = Object.hasOwn(worths, select.method) ? worths[select.method] : undefined;
  if (worth === undefined) {
    throw new ModelwrightError('setting-not-supported', {
      path: 'features.select.method',
      value: select.method,
      choices: ['none', ...Object.keys(worths), ...modelMethods].join(', '),
    });
  }
  const matrix = await features.trainingMatrix();
  const rows: WorthRows = {
    target: Float64Array.from(request.trainRows, (row) => request.target[row] ?? Number.NaN),
    task: request.task,
  };
  const kept = chooseFeatures(
    matrix.values.map((values) => worth(values, rows)),
    select,
  );
  return { ...pickFeatures(features, kept), selection: selectionOf(features, kept, select.method) };
}

/** What is told of a choice. */
export function selectionOf(
  { columns }: FittedFeatures,
  kept: readonly number[],
  method: string,
): NonNullable<FittedFeatures['selection']> {
  const stays = new Set(kept);
  const names = (wanted: boolean) =>
    columns.filter((_, index) => stays.has(index) === wanted).map(({ name }) => name);
  return { method, kept: names(true), dropped: names(false) };
}

/** Methods that ask a model, which stands behind the features (training/selectByModel.ts). */
const modelMethods = ['l1', 'rfe', 'permutation', 'boruta'];

export function isModelMethod(method: string): boolean {
  return modelMethods.includes(method);
}

/** Positions of the features that stay, ascending. */
export function chooseFeatures(
  worth: readonly number[],
  { keep, threshold }: NonNullable<Selection>,
): number[] {
  const order = [...worth.keys()].sort((a, b) => (worth[b] ?? 0) - (worth[a] ?? 0) || a - b);
  const share = keep === undefined ? undefined : Number(keep) >= 1 ? Number(keep) : (parseRatio(keep) ?? 1);
  const most = share === undefined ? order.length : share >= 1 ? share : Math.round(share * order.length);
  const least = (value: number) =>
    threshold !== undefined ? value >= threshold : share !== undefined || value > 0;
  const kept = order.slice(0, most).filter((index) => least(worth[index] ?? 0));
  return (kept.length > 0 ? kept : order.slice(0, 1)).sort((a, b) => a - b);
}

/** The same features, fewer of them. */
export function pickFeatures(features: FittedFeatures, kept: readonly number[]): FittedFeatures {
  const numeric = features.columns.filter(({ kind }) => kind === 'numeric').length;
  const numbers = kept.filter((index) => index < numeric);
  const codes = kept.filter((index) => index >= numeric).map((index) => index - numeric);
  const take = <T>(all: readonly T[]): T[] => kept.flatMap((index) => all[index] ?? []);
  const pickMatrix = ({ rows, columns, values }: FeatureMatrix): FeatureMatrix => ({
    rows,
    columns: take(columns),
    values: take(values),
  });
  return {
    columns: take(features.columns),
    inputs: features.inputs,
    derived: features.derived,
    transform: async (rows) => pickMatrix(await features.transform(rows)),
    trainingMatrix: async () => pickMatrix(await features.trainingMatrix()),
    appendTo(graph) {
      const all = features.appendTo(graph);
      const width = features.columns.length - numeric;
      return {
        ...(all.numeric !== undefined &&
          numbers.length > 0 && { numeric: pick(graph, all.numeric, numbers, numeric) }),
        ...(all.codes !== undefined && codes.length > 0 && { codes: pick(graph, all.codes, codes, width) }),
      };
    },
  };
}
