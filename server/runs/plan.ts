/** What a run would do, and about how long and how much memory it would take: `run --dry-run`. */
import type { Experiment } from '../config/experiment.ts';
import { openTable } from '../data/openTable.ts';
import { featureColumns } from '../data/roles.ts';
import { tableSpec } from '../data/spec.ts';
import { splitTable } from '../data/splitTable.ts';
import { resolveTask } from '../data/task.ts';
import type { WorkerOrder } from '../protocol/runMessages.ts';
import { companionCount, planCompanions } from '../training/companions.ts';
import { planSearch } from '../tuning/planSearch.ts';
import { located } from './locate.ts';
import { type PreparedRun, prepareRun } from './prepare.ts';
import { refuseImpossible } from './refuse.ts';

export interface RunPlan {
  readonly stages: readonly { readonly stage: string; readonly detail: string; readonly seconds: number }[];
  readonly seconds: number;
  readonly memoryBytes: number;
}

/**
 * Seconds for a million rows on one core, measured on the flights example (docs/performance.md). A tree's cost also
 * grows with the columns; everything else is small beside reading.
 */
const perMillion = { check: 0.5, linear: 1.6, score: 0.012, evaluate: 2.5, write: 0.4 } as const;
const treePerMillionAndColumn = 0.0022;
/** However few the rows: its leaves are searched one after the other. */
const treeAtLeast = 0.0008;
/** Start of the processes, and the fixed part of each stage. */
const overhead = 0.6;
const baseMemory = 250e6;

/** Reads the data, learns nothing and writes nothing. Throws what `run` would refuse. */
export async function planRun(
  order: Omit<Extract<WorkerOrder, { kind: 'run' }>, 'kind'>,
  signal: AbortSignal,
): Promise<RunPlan> {
  const prepared = prepareRun({ kind: 'run', ...order });
  return estimate(prepared, signal).catch((error: unknown) => {
    throw located(error, prepared.loaded);
  });
}

async function estimate({ experiment, loaded }: PreparedRun, signal: AbortSignal): Promise<RunPlan> {
  const started = performance.now();
  const table = await openTable(tableSpec(experiment, loaded.directory), { signal });
  try {
    const task = await resolveTask(experiment, table);
    const split = await splitTable(experiment, table, task);
    await refuseImpossible({ experiment, table, task, split });
    const read = (performance.now() - started) / 1000;
    const columns = featureColumns(experiment, table.columns);
    const millions = table.rowCount / 1e6;
    const type = experiment.model.type === 'auto' ? 'gbdt' : experiment.model.type;
    const fits = split.folds.length + 1;
    // The main model and those beside it.
    const models = 1 + companionCount(planCompanions(experiment.model.uncertainty));
    const costOf = (family: string) =>
      fits * fitSeconds(family, millions, { columns: columns.length, trees: experiment.model.gbdt.trees });
    const trees = models * (type === 'gbdt' ? experiment.model.gbdt.trees : 1);
    const stages = [
      {
        stage: 'read',
        detail: `${table.rowCount} rows, ${columns.length} features`,
        seconds: overhead + read,
      },
      { stage: 'lint', detail: 'every data rule over all rows', seconds: perMillion.check * millions },
      ...tuneStage(experiment, (costOf(type) / fits) * Math.max(1, split.folds.length)),
      {
        stage: 'train',
        detail: `${type}, ${fits * models} ${fits * models === 1 ? 'fit' : 'fits'}`,
        seconds: models * costOf(type),
      },
      {
        stage: 'baselines',
        detail: experiment.baseline.join(', '),
        seconds: experiment.baseline.reduce((sum, name) => sum + costOf(name), 0),
      },
      {
        stage: 'score',
        detail: 'every row through the model file',
        seconds: perMillion.score * millions * trees,
      },
      {
        stage: 'evaluate',
        detail: `${experiment.evaluate.ci.samples} bootstrap samples`,
        seconds: perMillion.evaluate * millions,
      },
      { stage: 'write', detail: 'model, predictions, card', seconds: perMillion.write * millions },
    ];
    const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
    // The table, the feature matrix twice (training copies it into its arena) and the scores.
    const memoryBytes = baseMemory + table.rowCount * (table.columns.length * 8 + columns.length * 24 + 64);
    return { stages, seconds, memoryBytes };
  } finally {
    await table.close();
  }
}

/** `seconds`: of one trial to its end. Most end sooner: half of them are stopped on the way, or halved from the start. */
function tuneStage(experiment: Experiment, seconds: number): RunPlan['stages'] {
  const search = planSearch(experiment);
  if (search === undefined) return [];
  const { trials } = search.start([]);
  const detail = `${search.settings.search}, ${trials} trials over ${search.space.map(({ path }) => path).join(', ')}`;
  return [{ stage: 'tune', detail, seconds: 0.5 * trials * seconds }];
}

function fitSeconds(family: string, millions: number, size: { columns: number; trees: number }): number {
  if (family === 'gbdt')
    return (treeAtLeast + treePerMillionAndColumn * millions * size.columns) * size.trees;
  return family === 'linear' ? perMillion.linear * millions : 0.01;
}
