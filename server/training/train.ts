/** Trains one model, the experiment's own or a baseline: folds, early stopping, calibration, threshold, and the one file. */
import type { Experiment } from '../config/experiment.ts';
import { outcomeWorths } from '../config/outcomeWorths.ts';
import * as sides from '../data/split/split.ts';
import type { Table } from '../data/table.ts';
import type { ResolvedTask } from '../data/task.ts';
import type { FeatureInput, FeatureRequest, FittedFeatures } from '../features/fittedFeatures.ts';
import { createTrainer } from '../models/families.ts';
import type { CheckpointPort, FittedModel } from '../models/family.ts';
import type { ServingContract } from '../onnx/contract.ts';
import { assembleModel, type Hashes } from './assemble.ts';
import { applyCalibration, type Calibration } from './calibration.ts';
import { planCompanions } from './companions.ts';
import { fitUncertainty, type Uncertainty } from './conformal.ts';
import { fitAll, type TrainProgress } from './fitAll.ts';
import { type FitPlan, take, trainFactors } from './fitPart.ts';
import { learnContract } from './learnContract.ts';
import { type Imbalance, readWeights, settleImbalance } from './rowWeights.ts';
import { settleCalibration } from './settleCalibration.ts';
import { chooseThreshold } from './threshold.ts';
import type { FitLimits } from './timeBudget.ts';

export interface TrainRequest {
  /** Names the model in checkpoints: `main`, or the baseline's name. */
  readonly name: string;
  /** `auto`, `gbdt`, `linear`, `dummy`. */
  readonly type: string;
  readonly experiment: Experiment;
  readonly table: Table;
  /** Feature columns in the order of the file's inputs. */
  readonly columns: FeatureRequest['columns'];
  readonly task: ResolvedTask;
  readonly split: sides.Split;
  readonly hashes: Hashes;
  readonly threads: number;
  /** Names start with `name`. */
  checkpoint?(name: string): CheckpointPort;
  /** How long each fit may go on: see fitAll. */
  limits?(rows: readonly number[]): FitLimits;
  readonly signal?: AbortSignal;
  onProgress?(progress: TrainProgress): void;
}

export interface TrainedModel {
  readonly name: string;
  readonly family: string;
  /** What did the training; absent: this process. */
  readonly device: FittedModel['device'];
  /** What went wrong on the way and was made good, in words. */
  readonly warnings: readonly string[];
  /** Settings in effect. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly iterations: number;
  readonly calibration: Calibration;
  /** Binary only. */
  readonly threshold: number | undefined;
  /** Of the intervals or sets of classes; undefined where none were asked for. */
  readonly uncertainty: Uncertainty | undefined;
  /** What early stopping watched; undefined where nothing was stopped. */
  readonly stopMetric: string | undefined;
  /** The file: cli.md, `model.onnx`. */
  readonly onnx: Uint8Array;
  readonly features: readonly FeatureInput[];
  /** Where `features.select` has chosen, on the training rows of the final fit. */
  readonly selection: FittedFeatures['selection'];
  /** After a selection: the columns of the table that the features are made of. */
  readonly usedColumns: ReadonlySet<string> | undefined;
  /** Of the main model; absent where nothing is checked. */
  readonly contract: ServingContract | undefined;
  /**
   * What the trainer itself says about rows of the table, calibrated, float64, for the check against the file. Row-major:
   * binary one probability a row, multiclass one a class, otherwise the value.
   */
  trainerScores(rows: Int32Array): Promise<Float64Array>;
  /** Only with cross-validation. */
  readonly outOfFold: OutOfFold | undefined;
  /** The early-stop metric of each fit with validation rows, step by step. */
  readonly curves: readonly (readonly number[])[];
}

/**
 * Training rows (positions in the table, ascending) as scored by models that did not see them; those that no fold held
 * out are absent. `scores` as trainerScores gives them, rounded to float32 as the file's are.
 */
export interface OutOfFold {
  readonly rows: Int32Array;
  readonly scores: Float64Array;
}

/**
 * The one way for the main model and every baseline. Test rows are never looked at: features are fitted on training
 * rows, and the validation rows, or the out-of-fold scores of cross-validation, settle calibration and threshold.
 * The same request gives the same bytes, also when it is resumed from its checkpoints.
 * @throws ModelwrightError model-unsupported, model-setting, bad-weight, threshold-without-rows, uncertainty-without-rows
 */
export async function trainModel(request: TrainRequest): Promise<TrainedModel> {
  const { experiment, task, name } = request;
  const { plan, folds, trainRows, validRows } = await planFits(request);
  const { trainer, imbalance, weight } = plan;
  const settings = trainer.plain ? plainSettings(experiment) : experiment.model;
  // A baseline is there to be beaten: nobody asks how sure it is.
  const wanted = name === 'main' ? settings.uncertainty : undefined;
  const { final, held, joined, stopMetric, curves, ended } = await fitAll({
    plan,
    companions: planCompanions(wanted),
    folds,
    trainRows,
    validRows,
    checkpoint: (part) => request.checkpoint?.(`${name}: ${part}`),
    ...(request.limits && { limits: request.limits }),
    ...(request.onProgress && { onProgress: request.onProgress }),
  });

  const outputs = task.task === 'multiclass' ? task.classes.length : 1;
  const heldRows = held && {
    task: task.task,
    outputs,
    raw: held.raw,
    target: take(task.values, held.rows),
    weight: weight && take(weight, held.rows),
  };
  const factors = trainFactors(plan, final.rows);
  const calibration = await settleCalibration(settings.calibrate, {
    held: heldRows,
    factors,
    focal: imbalance.focal === true,
  });
  const calibrate = (raw: Float64Array) => applyCalibration(calibration, task.task, raw, outputs);
  const scores = held && calibrate(held.raw).map(Math.fround);
  const threshold =
    task.task === 'binary'
      ? chooseThreshold({
          setting: settings.threshold,
          metric: task.metric,
          value: outcomeWorths(experiment),
          imbalanced: imbalance.threshold,
          held: heldRows && scores && { scores, target: heldRows.target },
        })
      : undefined;
  const uncertainty = fitUncertainty(wanted, {
    task: task.task,
    held:
      final.companions.length > 0
        ? joinedScores()
        : heldRows && scores && { scores, target: heldRows.target },
  });
  function joinedScores() {
    if (!joined) return undefined;
    // Models of quantiles say values, whatever the main one says.
    const ofCompanion = (raw: Float64Array) => (wanted?.method === 'quantile' ? raw : calibrate(raw));
    return {
      scores: calibrate(joined.raw).map(Math.fround),
      target: take(task.values, joined.rows),
      companions: joined.companions.map(ofCompanion),
    };
  }
  // A baseline is never served.
  const contract =
    name === 'main'
      ? await learnContract(experiment.features.validate, {
          table: request.table,
          inputs: final.features.inputs,
          rows: final.rows,
        })
      : undefined;
  return {
    name,
    family: trainer.family,
    device: final.model.device,
    warnings: [
      ...(ended === undefined ? [] : [ended]),
      ...[final.model, ...final.companions].flatMap(({ warnings = [] }) => warnings),
    ],
    parameters: { ...final.model.parameters, ...(uncertainty && { uncertainty }) },
    iterations: final.model.iterations,
    calibration,
    threshold,
    uncertainty,
    stopMetric,
    onnx: assembleModel({
      ...{ ...final, calibration, threshold, uncertainty, task, contract },
      hashes: request.hashes,
    }),
    contract,
    features: final.features.inputs,
    selection: final.features.selection,
    usedColumns: final.features.selection && columnsBehind(final.features),
    trainerScores: async (rows) => calibrate(await final.predict(rows)),
    outOfFold: held && scores && folds.length > 0 ? { rows: held.rows, scores } : undefined,
    curves,
  };
}

/** Their own sources, and inputs that fill or compute others. */
function columnsBehind({ columns, inputs }: FittedFeatures): ReadonlySet<string> {
  return new Set([...columns.flatMap(({ sources }) => sources), ...inputs.map(({ name }) => name)]);
}

export interface PlannedFits {
  readonly plan: FitPlan;
  readonly folds: sides.Split['folds'];
  readonly trainRows: Int32Array;
  readonly validRows: Int32Array;
}

/** What all fits of a request share, the rows that they learn from and those that judge them. Throws as trainModel. */
export async function planFits(request: TrainRequest): Promise<PlannedFits> {
  const { experiment, table, task, split } = request;
  const trainer = createTrainer(request.type, experiment);
  const trainRows = sides.positionsOf(split.assignment, sides.train);
  const weight = await readWeights(table, experiment.data.weight);
  // A plain model takes no part in what held-out rows settle: its prior, mean or mode is what it is.
  const folds = trainer.plain ? [] : split.folds;
  const validRows = trainer.plain ? new Int32Array() : sides.positionsOf(split.assignment, sides.valid);
  const imbalance = trainer.plain
    ? untreated
    : settleImbalance(experiment, task, {
        heldRows: folds.length > 0 || validRows.length > 0,
        focal: trainer.focal,
      });
  const plan = { ...request, trainer, weight, imbalance, signal: request.signal };
  return { plan, folds, trainRows, validRows };
}

/** A written threshold holds for every model; nothing else is done to the scores of a plain one. */
function plainSettings({ model }: Experiment) {
  const threshold = typeof model.threshold === 'number' ? model.threshold : 0.5;
  return { calibrate: 'none', threshold, uncertainty: { method: 'none' } } as const;
}

const untreated: Imbalance = { weights: false, threshold: false, ratio: 1 };
