/** Trains the experiment's model and its baselines, each from its checkpoint where there is one. */

import { parseMetricName } from '../catalog/metrics.ts';
import { modelNamed } from '../catalog/models.ts';
import { configHash } from '../config/resolve.ts';
import { featureColumns } from '../data/roles.ts';
import type { TrainProgress } from '../training/fitAll.ts';
import { divideTime } from '../training/timeBudget.ts';
import { type TrainedModel, trainModel } from '../training/train.ts';
import { type RunRows, threads } from './runRows.ts';
import { type Saving, saveInterval } from './saving.ts';
import { partOf, type StageProgress, type Stages } from './stages.ts';

export interface TrainedRun {
  readonly model: TrainedModel;
  /** By the baseline's name, in the order of the experiment. */
  readonly baselines: ReadonlyMap<string, TrainedModel>;
  /** Baselines that this version cannot score, in words. */
  readonly warnings: readonly string[];
}

export async function trainRun(
  rows: RunRows,
  { stages, saving }: { stages: Stages; saving: Saving },
): Promise<TrainedRun> {
  const { experiment, table, task, split, signal } = rows;
  const columns = featureColumns(experiment, table.columns);
  const { budget } = saving;
  const every = saveInterval(experiment.train.checkpoint.every);
  const portOf = (part: string) => saving.port(part, every);

  const train = (name: string, type: string, report: (progress: StageProgress) => void) =>
    trainModel({
      name,
      type,
      experiment,
      table,
      columns,
      task,
      split,
      threads,
      signal,
      hashes: { data: table.hash, split: split.hash, experiment: configHash(experiment) },
      checkpoint: portOf,
      // A baseline that was cut short would flatter the model.
      ...(name === 'main' &&
        budget && {
          limits: (rows) =>
            divideTime({ budget, rows, checkpoint: (part) => saving.own(`${name}: ${part}`, every) }),
        }),
      onProgress: (progress) => report(stageProgress(progress)),
    });

  const model = await stages.run('train', (report) => train('main', experiment.model.type, report));
  const baselines = await stages.run('baselines', async (report) => {
    const trained = new Map<string, TrainedModel>();
    const names = experiment.baseline.filter((name) => isTrained(name, task.task));
    for (const [index, name] of names.entries()) {
      const each = names.map(() => 1);
      trained.set(name, await train(name, name, partOf(report, each, index)));
    }
    return trained;
  });
  const warnings = experiment.baseline
    .filter((name) => !isTrained(name, task.task))
    .map((name) => `Baseline ${name} is not scored: this version does not act on it yet.`);
  const ofModels = [model, ...baselines.values()].flatMap((trained) => trained.warnings);
  return { model, baselines, warnings: [...warnings, ...ofModels] };
}

/** Whether a baseline is a family that this version fits to the task. */
function isTrained(name: string, task: string): boolean {
  const entry = modelNamed(name);
  return entry?.supported === true && entry.tasks.includes(task);
}

function stageProgress({ part, parts, done, total, metric, score }: TrainProgress): StageProgress {
  const fold = parts > 1 ? `fit ${part} of ${parts}, ` : '';
  return {
    done: part - 1 + (total === 0 ? 0 : done / total),
    total: parts,
    detail: `${fold}step ${done} of at most ${total}`,
    ...(score === undefined || metric === undefined
      ? {}
      : { score: { metric, value: parseMetricName(metric)?.metric.direction === 'lower' ? -score : score } }),
  };
}
