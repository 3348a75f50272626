/** Dense networks: embeddings for categories, hidden layers, trained by whatever this machine does fastest. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { FitRequest, FittedModel, LabelledRows, ModelFamily, SupervisedTask } from '../family.ts';
import { appendNetwork, type OutputScale } from './graph.ts';
import { layOut, type NetworkShape, operationsOfRow } from './network.ts';
import { type FoldedNetwork, foldNetwork, forward } from './predict.ts';
import { type Loss, type NetworkEngine, type NetworkProblem, networkRows } from './problem.ts';
import { batchSize, dropoutShare, embeddingWidth, type MlpSettings } from './settings.ts';
import { trainNetwork } from './train.ts';

/** What the engines are chosen for. */
export interface EngineWish {
  readonly device: MlpSettings['device'];
  readonly threads: number;
  /** Additions and multiplications of one step. */
  readonly operations: number;
}

/** Engines, the best first, and why that is the best. */
export interface EngineChoice {
  readonly engines: readonly NetworkEngine[];
  /** Of the device that an engine runs on, by its id. */
  deviceOf(id: string): string;
  readonly reason: string;
}

/**
 * Log loss or softmax, focal where asked for, Poisson's loss, or squared or pinball loss of a standardised target. The same seed gives the same bits on one engine and kind
 * of processor, with any number of threads, and after resuming at any epoch. Rows of weight zero are as if absent.
 */
export function createMlp(
  chooseEngines: (wish: EngineWish) => Promise<EngineChoice>,
): ModelFamily<MlpSettings> {
  return {
    name: 'mlp',
    async fit(request) {
      checkMlp(request.parameters);
      const { problem, kept, output, prior } = prepare(request);
      const { parameters, threads } = request;
      const operations = operationsOfRow(layOut(problem.shape)) * problem.batch;
      const choice = await chooseEngines({ device: parameters.device, threads, operations });
      const trained = await trainNetwork({
        request,
        problem,
        kept,
        prior,
        output,
        course: {
          schedule: parameters.schedule,
          lr: parameters.optimizer.lr,
          epochs: parameters.courseEpochs ?? parameters.epochs,
          stepsPerEpoch: Math.ceil(kept.length / problem.batch),
        },
        engines: choice.engines,
      });
      const { device: _, courseEpochs, ...settings } = parameters;
      return {
        ...createModel(foldNetwork(problem.shape, trained.state), output, request.task),
        parameters: { ...settings, epochs: courseEpochs ?? settings.epochs, batch: problem.batch },
        iterations: trained.epochs,
        device: { engine: trained.engine, name: choice.deviceOf(trained.engine), reason: choice.reason },
        warnings: trained.warnings,
      };
    },
  };
}

/** Throws `model-setting` for what the language knows and this version does not fit. */
export function checkMlp({ optimizer, device }: MlpSettings): void {
  if (optimizer.type === 'lbfgs') {
    throw new ModelwrightError('model-setting', {
      path: 'train.optimizer.type',
      value: optimizer.type,
      reason: 'this version trains networks batch by batch',
      instead: 'adamw',
    });
  }
  if (device === 'mps') {
    throw new ModelwrightError('model-setting', {
      path: 'train.device',
      value: device,
      reason: 'this version reaches Apple GPUs through WebGPU',
      instead: 'webgpu',
    });
  }
}

const losses = {
  binary: 'binary',
  multiclass: 'multiclass',
  regression: 'squared',
  count: 'poisson',
  quantile: 'pinball',
} as const satisfies Record<SupervisedTask, Loss>;

/** The columns and targets as a problem that any engine takes. */
function prepare(request: FitRequest<MlpSettings>) {
  const { task, train, parameters, seed } = request;
  const { matrix } = train;
  const kept = Uint32Array.from({ length: matrix.rows }, (_, row) => row).filter(
    (row) => (train.weight?.[row] ?? 1) > 0,
  );
  const isValue = task === 'regression' || task === 'quantile';
  const output = isValue ? targetScale(train, kept) : { scale: 1, shift: 0 };
  const shape = shapeOf(request);
  const { optimizer, regularize } = parameters;
  const weight = train.weight && scaledWeights(train.weight, kept);
  const problem: NetworkProblem = {
    shape,
    rows: networkRows(matrix),
    loss: losses[task],
    quantile: request.quantile ?? 0.5,
    target: Float32Array.from(train.target, (y) => (y - output.shift) / output.scale),
    ...(weight && { weight }),
    batch: Math.max(1, batchSize(parameters.batch, kept.length)),
    dropout: dropoutShare(parameters),
    smoothing: regularize.label_smoothing ?? 0,
    focal: request.focal === true,
    optimizer: {
      type: optimizer.type === 'lbfgs' ? 'adamw' : optimizer.type,
      momentum: optimizer.momentum ?? 0,
      beta1: optimizer.betas?.[0] ?? 0.9,
      beta2: optimizer.betas?.[1] ?? (optimizer.type === 'rmsprop' ? 0.99 : 0.999),
      epsilon: 1e-8,
      weightDecay: optimizer.weight_decay,
    },
    l1: regularize.l1 ?? 0,
    l2: regularize.l2 ?? 0,
    ...((regularize.mixup ?? 0) > 0 && { mixes: true }),
    clip: regularize.grad_clip,
    seed,
  };
  return { problem, kept, output, prior: priorOf(task, request.outputs, train, kept) };
}

function shapeOf({ task, outputs, train, parameters }: FitRequest<MlpSettings>): NetworkShape {
  const { columns } = train.matrix;
  return {
    numeric: columns.filter(({ kind }) => kind === 'numeric').length,
    embeddings: columns
      .filter(({ kind }) => kind === 'category')
      .map(({ levels = [] }) => ({
        levels: levels.length,
        width: embeddingWidth(parameters.embed, levels.length),
      })),
    hidden: parameters.layers,
    outputs: task === 'multiclass' ? outputs : 1,
    activation: parameters.activation,
    batchNorm: parameters.batch_norm,
  };
}

function scaledWeights(weight: Float64Array, kept: Uint32Array): Float32Array {
  const mean = kept.reduce((sum, row) => sum + (weight[row] ?? 0), 0) / Math.max(1, kept.length);
  return Float32Array.from(weight, (w) => w / mean);
}

/** Weighted deviation (1 where the target does not vary) and mean. */
function targetScale({ target, weight }: LabelledRows, kept: Uint32Array): OutputScale {
  let [total, sum, squares] = [0, 0, 0];
  for (const row of kept) {
    total += weight?.[row] ?? 1;
    sum += (weight?.[row] ?? 1) * (target[row] ?? 0);
  }
  const shift = total > 0 ? sum / total : 0;
  for (const row of kept) squares += (weight?.[row] ?? 1) * ((target[row] ?? 0) - shift) ** 2;
  return { scale: Math.sqrt(squares / total) || 1, shift };
}

/** The model that knows no column: log-odds or log shares of the classes, the log of a mean count, 0 for a standardised value. */
function priorOf(
  task: SupervisedTask,
  outputs: number,
  train: LabelledRows,
  kept: Uint32Array,
): readonly number[] {
  const { target, weight } = train;
  if (task === 'regression' || task === 'quantile') return [0];
  if (task === 'count') return [Math.log(Math.max(targetScale(train, kept).shift, 1e-9))];
  const shares = new Float64Array(outputs).fill(1e-9);
  for (const row of kept) {
    const y = target[row] ?? 0;
    shares[y] = (shares[y] ?? 0) + (weight?.[row] ?? 1);
  }
  const total = shares.reduce((sum, share) => sum + share, 0);
  const logs = Array.from(shares, (share) => Math.log(share / total));
  return task === 'binary' ? [(logs[1] ?? 0) - (logs[0] ?? 0)] : logs;
}

function createModel(
  network: FoldedNetwork,
  output: OutputScale,
  task: SupervisedTask,
): Pick<FittedModel, 'family' | 'predict' | 'appendTo'> {
  const double = task !== 'binary' && task !== 'multiclass';
  return {
    family: 'mlp',
    predict(matrix) {
      return forward(network, networkRows(matrix)).map((raw) => raw * output.scale + output.shift);
    },
    appendTo: (graph, inputs) => ({
      raw: appendNetwork(graph, inputs, { network, output, double }),
      double,
    }),
  };
}
