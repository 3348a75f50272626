/** Learns what becomes of the plan's numbers, on the graph's own float32 values for the training rows. */
import { createGraph } from '../onnx/graph.ts';
import { compileGraph } from './compileGraph.ts';
import { appendRaw } from './featureGraph.ts';
import type { FeatureRequest } from './fittedFeatures.ts';
import { fitIterative } from './iterativeFill.ts';
import type { JointFill } from './jointFill.ts';
import { fitNearest } from './nearestFill.ts';
import {
  appendNumbers,
  type FittedNumber,
  type FittedNumbers,
  fitNumber,
  fitScale,
  isFitted,
  untouched,
} from './numbers.ts';
import type { FeaturePlan } from './plan.ts';
import type { JointMethod } from './settings.ts';

export async function fitNumbers(request: FeatureRequest, plan: FeaturePlan): Promise<FittedNumbers> {
  const alone = { each: plan.numbers.map(() => untouched), together: [] };
  if (!plan.numbers.some(({ settings }) => isFitted(settings))) return alone;
  const raw = await numbersOf(request, plan);
  const each = plan.numbers.map(({ settings }, index) => {
    const joint = settings.fill === 'knn' || settings.fill === 'iterative';
    const values = raw[index] ?? new Float32Array();
    // A column without any value has nothing to do with the others.
    const { fill, scale } = !joint
      ? settings
      : values.every(Number.isNaN)
        ? ({ fill: 'zero', scale: 'none' } as const)
        : ({ fill: 'none', scale: 'none' } as const);
    return fitNumber(values, { ...settings, fill, scale });
  });
  return fitTogether(request, plan, each);
}

const fitters = { knn: fitNearest, iterative: fitIterative } as const;

/** Fills take the numbers in their shape, and scales what has been filled. */
async function fitTogether(
  request: FeatureRequest,
  plan: FeaturePlan,
  each: readonly FittedNumber[],
): Promise<FittedNumbers> {
  const positionsOf = (method: JointMethod) =>
    plan.numbers.flatMap(({ settings }, index) =>
      settings.fill === method && Number.isNaN(each[index]?.fill) ? [index] : [],
    );
  const groups = (['knn', 'iterative'] as const)
    .map((method) => ({ method, positions: positionsOf(method) }))
    .filter(({ positions }) => positions.length > 0);
  if (groups.length === 0) return { each, together: [] };
  const bare = each.map((fit) => ({ ...fit, fill: Number.NaN, center: 0, spread: 1, indicator: false }));
  const withoutScores = bare.map(({ scores: _, ...fit }) => fit);
  const shaped = await numbersOf(request, plan, { each: withoutScores, together: [] });
  const together = groups.map(({ method, positions }): JointFill => {
    const columns = positions.map((position) => shaped[position] ?? new Float32Array());
    return fitters[method](columns, { positions, seed: request.seed });
  });
  const filled = await numbersOf(request, plan, { each: withoutScores, together });
  const joint = new Set(groups.flatMap(({ positions }) => positions));
  return {
    together,
    each: each.map((fit, index) =>
      joint.has(index)
        ? {
            ...fit,
            ...fitScale(filled[index] ?? new Float32Array(), plan.numbers[index]?.settings.scale ?? 'none'),
          }
        : fit,
    ),
  };
}

/** Of the training rows, column by column; raw without `fits`. */
async function numbersOf(
  request: FeatureRequest,
  plan: FeaturePlan,
  fits?: FittedNumbers,
): Promise<Float32Array[]> {
  const graph = createGraph();
  const { numbers } = appendRaw(graph, plan);
  if (numbers === undefined) return [];
  const tensor = fits === undefined ? numbers : appendNumbers(graph, numbers, fits).values;
  const run = compileGraph(request, { graph, derived: plan.derived, numeric: [tensor, plan.numbers.length] });
  const { numeric } = await run(request.trainRows);
  const rows = request.trainRows.length;
  return plan.numbers.map((_, index) => numeric.subarray(index * rows, (index + 1) * rows));
}
