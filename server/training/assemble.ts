/** Puts the one file together: features, model, calibration and threshold, from raw columns to label and probabilities. */
import { predictsValue } from '../catalog/tasks.ts';
import type { ClassLabel, ResolvedTask } from '../data/task.ts';
import type { FittedFeatures } from '../features/fittedFeatures.ts';
import type { FittedModel } from '../models/family.ts';
import type { ServingContract } from '../onnx/contract.ts';
import { createGraph, type Graph } from '../onnx/graph.ts';
import type { ElementType } from '../onnx/literal.ts';
import { elementTypeNumber } from '../onnx/literal.ts';
import { appendCalibration } from './appendCalibration.ts';
import { appendInterval, appendSet } from './appendUncertainty.ts';
import type { Calibration } from './calibration.ts';
import type { Uncertainty } from './conformal.ts';

export interface AssembleRequest {
  readonly features: FittedFeatures;
  readonly model: FittedModel;
  /** What its intervals are made of, besides itself. */
  readonly companions?: readonly FittedModel[];
  readonly calibration: Calibration;
  /** Binary only. */
  readonly threshold: number | undefined;
  readonly uncertainty?: Uncertainty | undefined;
  readonly task: Pick<ResolvedTask, 'task' | 'target' | 'classes' | 'quantile'>;
  readonly hashes: Hashes;
  readonly contract?: ServingContract | undefined;
}

/** What the file was made from, each `sha256:…`. */
export interface Hashes {
  readonly data: string;
  readonly split: string;
  readonly experiment: string;
}

/** The file as cli.md describes it. It holds no time and no run, so that the same experiment gives the same bytes. */
export function assembleModel(request: AssembleRequest): Uint8Array {
  const { features, model, task } = request;
  const graph = createGraph();
  const inputs = features.appendTo(graph);
  const appendRaw = (fitted: FittedModel): string => {
    const appended = fitted.appendTo(graph, inputs);
    return appended.double ? appended.raw : cast(graph, appended.raw, 'double');
  };
  const raw = appendRaw(model);
  const outputName = (name: string): string =>
    [...features.inputs, ...features.derived].some((input) => input.name === name)
      ? outputName(`${name}_`)
      : name;

  if (predictsValue(task.task)) {
    const prediction = outputName('prediction');
    // A count's raw output is the log of its rate.
    const toValue = (log: string) => graph.node('Exp', [log])[0] ?? '';
    const value = task.task === 'count' ? toValue(raw) : raw;
    graph.node('Cast', [value], { to: elementTypeNumber('float') }, { name: prediction });
    graph.output(prediction, 'float', ['n', 1]);
    const { uncertainty, companions = [] } = request;
    if (uncertainty) {
      const least = task.task === 'count' ? { leastValue: 0 } : {};
      // Members say the log of a count's rate, models of its quantiles the count itself.
      const isLog = task.task === 'count' && uncertainty.method === 'ensemble';
      const beside = companions.map(appendRaw).map((each) => (isLog ? toValue(each) : each));
      appendInterval(graph, value, { uncertainty, companions: beside, ...least, name: outputName });
    }
  } else {
    const calibrated = appendCalibration(graph, raw, request.calibration, task.task);
    const probabilities = outputName('probabilities');
    const label = outputName('label');
    const index =
      task.task === 'binary'
        ? appendBinary(graph, calibrated, { probabilities, threshold: request.threshold ?? 0.5 })
        : appendMulticlass(graph, calibrated, probabilities);
    const texts = graph.constant({
      type: 'string',
      shape: [task.classes.length],
      data: task.classes.map(labelText),
    });
    graph.node('Gather', [texts, index], { axis: 0 }, { name: label });
    graph.output(label, 'string', ['n']);
    graph.output(probabilities, 'float', ['n', task.classes.length]);
    const { uncertainty, companions = [] } = request;
    if (uncertainty) {
      const classes = task.classes.length;
      const beside = companions.map((companion) =>
        appendCalibration(graph, appendRaw(companion), request.calibration, task.task),
      );
      appendSet(graph, probabilities, { uncertainty, companions: beside, classes, name: outputName });
    }
  }
  return graph.build(metadataOf(request));
}

/** Booleans `true` and `false`, whole numbers as plain decimals, other numbers in shortest form, text as it is. */
export function labelText(label: ClassLabel): string {
  return typeof label === 'number' && Number.isInteger(label) ? BigInt(label).toString() : String(label);
}

/**
 * Both classes as float32, and the class index [n]. The float32 probability is widened before it is compared, so that
 * the label agrees with whoever compares the written score with the written threshold.
 */
function appendBinary(
  graph: Graph,
  positive: string,
  to: { probabilities: string; threshold: number },
): string {
  const double = (value: number) =>
    graph.constant({ type: 'double', shape: [1, 1], data: Float64Array.of(value) });
  const [negative = ''] = graph.node('Sub', [double(1), positive]);
  const [both = ''] = graph.node('Concat', [negative, positive], { axis: 1 });
  graph.node('Cast', [both], { to: elementTypeNumber('float') }, { name: to.probabilities });
  const rounded = cast(graph, cast(graph, positive, 'float'), 'double');
  const [reached = ''] = graph.node('GreaterOrEqual', [rounded, double(to.threshold)]);
  const flat = graph.constant({ type: 'int64', shape: [1], data: BigInt64Array.of(-1n) });
  const [index = ''] = graph.node('Reshape', [cast(graph, reached, 'int64'), flat]);
  return index;
}

/** The index of the largest float32 probability, of equals the first. */
function appendMulticlass(graph: Graph, calibrated: string, probabilities: string): string {
  graph.node('Cast', [calibrated], { to: elementTypeNumber('float') }, { name: probabilities });
  const [index = ''] = graph.node('ArgMax', [probabilities], { axis: 1, keepdims: 0 });
  return index;
}

function cast(graph: Graph, tensor: string, to: ElementType): string {
  const [result = ''] = graph.node('Cast', [tensor], { to: elementTypeNumber(to) });
  return result;
}

function metadataOf({
  features,
  threshold,
  uncertainty,
  task,
  hashes,
  contract,
}: AssembleRequest): Record<string, string> {
  const positive = task.classes[1];
  return {
    task: task.task,
    target: task.target,
    classes: JSON.stringify(task.classes),
    ...(task.task === 'binary' && positive !== undefined && { positive: labelText(positive) }),
    ...(task.quantile !== undefined && { quantile: String(task.quantile) }),
    ...(uncertainty && { coverage: String(uncertainty.coverage) }),
    ...(threshold !== undefined && { threshold: String(threshold) }),
    features: JSON.stringify(features.inputs.map(({ name, kind, input }) => ({ name, kind, input }))),
    ...(features.derived.length > 0 && { derived: JSON.stringify(features.derived) }),
    ...(contract && { contract: JSON.stringify(contract) }),
    'hash.data': hashes.data,
    'hash.split': hashes.split,
    'hash.experiment': hashes.experiment,
  };
}
