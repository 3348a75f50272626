/** What a run would do, and about how long and how much memory it would take: `run --dry-run`. */
import type { Experiment } from '../config/experiment.ts';
import { openTable } from '../data/openTable.ts';
import { featureColumns } from '../data/roles.ts';
import { tableSpec } from '../data/spec.ts';
import { positionsOf, test as testSide, train as trainSide } from '../data/split.ts';
import { splitTable } from '../data/splitTable.ts';
import { resolveTask } from '../data/task.ts';
import type { WorkerOrder } from '../protocol/runMessages.ts';
import { companionCount, planCompanions } from '../training/companions.ts';
import { planSearch } from '../tuning/planSearch.ts';
import { evaluateSeconds, fitSeconds, lintSeconds, memoryOf, scoreSeconds, writeSeconds } from './cost.ts';
import { located } from './locate.ts';
import { type PreparedRun, prepareRun } from './prepare.ts';
import { refuseImpossible } from './refuse.ts';

export interface RunPlan {
  readonly stages: readonly { readonly stage: string; readonly detail: string; readonly seconds: number }[];
  readonly seconds: number;
  readonly memoryBytes: number;
}

/** Start of the processes, and what lies between the stages. */
const overhead = 1;

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
    const columns = featureColumns(experiment, table.columns).length;
    const { folds, assignment } = split;
    const train = positionsOf(assignment, trainSide).length;
    const test = positionsOf(assignment, testSide).length;
    const sizes = { experiment, rows: table.rowCount, columns, train, test, classes: task.classes.length };
    const type = experiment.model.type === 'auto' ? 'gbdt' : experiment.model.type;
    const families = [type, ...experiment.baseline];
    // The main model and those beside it.
    const models = 1 + companionCount(planCompanions(experiment.model.uncertainty));
    const held = folds.reduce((sum, fold) => sum + fitSeconds(type, sizes, fold.train.length), 0);
    const fits = folds.length + 1;
    const costOf = (family: string) =>
      fitSeconds(family, sizes, train) +
      folds.reduce((sum, fold) => sum + fitSeconds(family, sizes, fold.train.length), 0);
    const stages = [
      { stage: 'read', detail: `${table.rowCount} rows, ${columns} features`, seconds: overhead + read },
      { stage: 'lint', detail: 'every data rule over all rows', seconds: lintSeconds(sizes) },
      ...tuneStage(experiment, folds.length > 0 ? held : costOf(type)),
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
      { stage: 'score', detail: 'every row through the model file', seconds: scoreSeconds(families, sizes) },
      {
        stage: 'evaluate',
        detail: `${experiment.evaluate.ci.samples} bootstrap samples`,
        seconds: evaluateSeconds(families, sizes),
      },
      { stage: 'write', detail: 'model, predictions, card', seconds: writeSeconds(sizes) },
    ];
    const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0);
    return { stages, seconds, memoryBytes: memoryOf(families, sizes) };
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
