/** What can be seen of an experiment without the store: its rows, its split, its model, its evaluation, its card, its findings. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { buildCard } from '../../../server/cards/buildCard.ts';
import type { Experiment } from '../../../server/config/experiment.ts';
import { type LoadedExperiment, loadExperiment } from '../../../server/config/load.ts';
import { collectFacts } from '../../../server/data/facts/collectFacts.ts';
import { featureColumns } from '../../../server/data/roles.ts';
import { tableSpec } from '../../../server/data/spec.ts';
import { splitTable } from '../../../server/data/split/splitTable.ts';
import type { Table } from '../../../server/data/table.ts';
import { enforceContract } from '../../../server/data/tables/contract.ts';
import { openTable } from '../../../server/data/tables/openTable.ts';
import { resolveTask } from '../../../server/data/task.ts';
import { evaluateRun } from '../../../server/evaluation/evaluateRun.ts';
import { lintExperiment, stageOf } from '../../../server/lint/engine.ts';
import { runDocumentSchema } from '../../../server/protocol/run.ts';
import type { WorkerOrder } from '../../../server/protocol/runMessages.ts';
import { describeRun } from '../../../server/runs/describe.ts';
import { executeOrder } from '../../../server/runs/execute.ts';
import { historyOfRun } from '../../../server/runs/history.ts';
import type { RunRows } from '../../../server/runs/runRows.ts';
import { openSaving } from '../../../server/runs/saving.ts';
import { scoreRun } from '../../../server/runs/score.ts';
import { createStages } from '../../../server/runs/stages.ts';
import { trainRun } from '../../../server/runs/trainRun.ts';
import { openStore } from '../../../server/store/store.ts';
import { type Checkpoints, openCheckpoints } from '../../../server/tracking/checkpoints.ts';
import { listRuns, readRun } from '../../../server/tracking/runs.ts';
import { observeMonitored } from './monitored.ts';
import { observeRegistered, observeServed } from './served.ts';

export type View =
  | 'resolved'
  | 'rows'
  | 'split'
  | 'model'
  | 'evaluation'
  | 'card'
  | 'findings'
  | 'looked'
  | 'saves'
  | 'files'
  | 'served'
  | 'registered'
  | 'tuning'
  | 'monitored'
  | 'refusal';

/** Written settings by dotted path; the folder holds the data. */
export type Settings = Readonly<Record<string, unknown>>;

/** What the view shows, as text. Throws where the experiment is refused, unless refusals are what is looked for. */
export async function observe(view: View, settings: Settings, folder: string): Promise<string> {
  return JSON.stringify(await views[view](load(settings, folder), folder), plain);
}

const file = 'effect.experiment.yaml';

function load(settings: Settings, folder: string): LoadedExperiment {
  const root: Record<string, unknown> = {};
  for (const [path, value] of Object.entries(settings)) put(root, path.split('.'), value);
  const text = stringify(root);
  writeFileSync(join(folder, file), text);
  const variant = root['variants'] === undefined ? {} : { variant: 'small' };
  return loadExperiment({ file: join(folder, file), text, workspace: folder, ...variant });
}

function put(
  target: Record<string, unknown>,
  [first = '', ...rest]: readonly string[],
  value: unknown,
): void {
  if (rest.length === 0) {
    target[first] = value;
    return;
  }
  const child = target[first];
  const map = typeof child === 'object' && child !== null ? (child as Record<string, unknown>) : {};
  target[first] = map;
  put(map, rest, value);
}

function experimentOf({ experiment, problems }: LoadedExperiment): Experiment {
  const [problem] = problems;
  if (problem) throw new Error(`not an experiment: ${problem.message}`);
  if (!experiment) throw new Error('nothing to resolve');
  return experiment;
}

async function withTable<T>(
  loaded: LoadedExperiment,
  use: (table: Table, experiment: Experiment) => Promise<T>,
): Promise<T> {
  const experiment = experimentOf(loaded);
  const opened = await openTable(tableSpec(experiment, loaded.directory), { threads: 1 });
  try {
    return await use(await enforceContract(experiment, opened), experiment);
  } finally {
    await opened.close();
  }
}

const withRows = <T>(loaded: LoadedExperiment, use: (rows: RunRows) => Promise<T>): Promise<T> =>
  withTable(loaded, async (table, experiment) => {
    const task = await resolveTask(experiment, table);
    const split = await splitTable(experiment, table, task);
    return use({ experiment, table, task, split, signal: new AbortController().signal });
  });

const noCheckpoints = { load: () => undefined, save: () => {}, removeAll: () => {} };
const quiet = () => createStages(() => {});

const orderOf = (folder: string, overrides: readonly string[] = []): WorkerOrder => ({
  kind: 'run',
  file: join(folder, file),
  workspace: folder,
  overrides: [...overrides],
  variant: null,
});

const evaluated = (loaded: LoadedExperiment) =>
  withRows(loaded, async (rows) => {
    const { experiment, table, task } = rows;
    const stages = quiet();
    const trained = await trainRun(rows, { stages, saving: openSaving(experiment, noCheckpoints) });
    const scored = await scoreRun(rows, { stages, trained });
    const columns = featureColumns(experiment, table.columns).map(({ name }) => name);
    const lint = { error: 0, warning: 0, info: 0, hint: 0 };
    const evaluation = await evaluateRun({
      ...scored,
      experiment,
      table,
      metric: task.metric,
      columns,
      lint,
    });
    await scored.close();
    return { rows, trained, scored, evaluation };
  });

const findingsOf = (loaded: LoadedExperiment) =>
  withTable(loaded, async (table, experiment) => {
    const facts = await collectFacts(experiment, table);
    return lintExperiment({ loaded, facts, stage: stageOf(loaded) }, { now: new Date('2026-01-01') });
  });

/** That something is written at all is no effect of it. */
const aboutWriting = new Set(['unsupported-setting', 'redundant-default', 'dead-setting']);

const views: Readonly<Record<View, (loaded: LoadedExperiment, folder: string) => Promise<unknown>>> = {
  resolved: async (loaded) => experimentOf(loaded),
  rows: (loaded) =>
    withTable(loaded, async (table) => {
      const rows = Int32Array.from({ length: Math.min(60, table.rowCount) }, (_, row) => row);
      const raw = await Promise.all(table.columns.map(({ name }) => table.rawStrings(name, rows)));
      return { columns: table.columns, count: table.rowCount, raw, rows: [...(await table.rowNumbers())] };
    }),
  split: (loaded) =>
    withRows(loaded, async ({ split, task }) => ({
      ...split,
      hash: '',
      positive: task.positive,
      task: task.task,
      metric: task.metric,
      classes: task.classes,
    })),
  model: (loaded) =>
    withRows(loaded, async (rows) => {
      const only = { ...rows, experiment: { ...rows.experiment, baseline: [] } };
      const saving = openSaving(rows.experiment, noCheckpoints);
      const { model } = await trainRun(only, { stages: quiet(), saving });
      const all = Int32Array.from({ length: rows.table.rowCount }, (_, row) => row);
      const scores = [...(await model.trainerScores(all))];
      return {
        scores,
        threshold: model.threshold,
        calibration: model.calibration.method,
        features: model.features,
        uncertainty: model.parameters['uncertainty'],
        contract: model.contract,
      };
    }),
  evaluation: async (loaded) => {
    const { rows, evaluation, trained } = await evaluated(loaded);
    return { metric: rows.task.metric, evaluation, baselines: [...trained.baselines.keys()] };
  },
  card: async (loaded) => {
    const experiment = experimentOf(loaded);
    const document = { ...(await plainDocument(loaded)), run: { ...runHead, experiment: experiment.name } };
    return buildCard(document, experiment, []);
  },
  findings: async (loaded) => {
    const findings = await findingsOf(loaded);
    return findings
      .filter(({ rule }) => !aboutWriting.has(rule))
      .map(({ rule, severity, path, message }) => ({ rule, severity, path, message }));
  },
  /** What is said where the test rows were looked at eleven times. */
  looked: async (loaded) => {
    const document = await plainDocument(loaded);
    const runs = { ...historyOfRun(document, experimentOf(loaded)), looksAt: () => 11 };
    const findings = lintExperiment(
      { loaded, runs, stage: stageOf(loaded) },
      { now: new Date('2026-01-01') },
    );
    return findings.filter(({ rule }) => rule === 'test-peeking').map(({ message }) => message);
  },
  saves: (loaded, folder) =>
    withRows(loaded, async (rows) => {
      const saved: string[] = [];
      rmSync(join(folder, '.modelwright'), { recursive: true, force: true });
      const store = openStore(folder);
      const { save, ...others } = openCheckpoints(store, 'r', rows.experiment.train.checkpoint);
      const checkpoints: Checkpoints = {
        ...others,
        save(part, ...state) {
          saved.push(part);
          save(part, ...state);
        },
      };
      await trainRun(rows, { stages: quiet(), saving: openSaving(rows.experiment, checkpoints) });
      store.close();
      const kept = saved.length === 0 ? [] : readdirSync(join(folder, '.modelwright', 'checkpoints', 'r'));
      return { saved, kept: kept.sort() };
    }),
  refusal: async (loaded) => {
    try {
      await views.model(loaded, '');
      return 'none';
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  },
  served: (loaded, folder) =>
    withRows(loaded, async (rows) => {
      const only = { ...rows, experiment: { ...rows.experiment, baseline: [] } };
      const saving = openSaving(rows.experiment, noCheckpoints);
      const { model } = await trainRun(only, { stages: quiet(), saving });
      return observeServed(model.onnx, rows.experiment, folder);
    }),
  registered: async (loaded, folder) => {
    // The same model under the same name would keep the stage that it had.
    rmSync(join(folder, '.modelwright'), { recursive: true, force: true });
    await views.files(loaded, folder);
    return observeRegistered(folder);
  },
  monitored: (loaded, folder) => observeMonitored(experimentOf(loaded), folder),
  tuning: async (loaded, folder) => {
    rmSync(join(folder, '.modelwright'), { recursive: true, force: true });
    // Something to start from, where the search may.
    if (loaded.text.text.includes('warm_start'))
      await executeOrder(orderOf(folder, ['tune.trials=0']), () => {});
    await executeOrder(orderOf(folder), () => {});
    const store = openStore(folder);
    try {
      const [newest] = listRuns(store, 1);
      return newest && readRun(store, newest.id).document?.tuning;
    } finally {
      store.close();
    }
  },
  files: async (_loaded, folder) => {
    const made = join(folder, 'CARD.md');
    rmSync(made, { force: true });
    const refused: string[] = [];
    await executeOrder(orderOf(folder), (message) => {
      if (message.kind === 'refused') refused.push(message.failure.message);
    });
    return { refused, card: existsSync(made) && readFileSync(made, 'utf8').length > 1000 };
  },
};

const runHead = {
  id: 'r',
  experiment: 'e',
  status: 'finished',
  started: '2026-01-01T00:00:00Z',
  ended: null,
} as const;

const none = { error: 0, warning: 0, info: 0, hint: 0 };

/** One document for all cards: what differs between two is what the person wrote. */
let document: Promise<ReturnType<typeof runDocumentSchema.parse>> | undefined;

async function plainDocument(loaded: LoadedExperiment) {
  document ??= evaluated(loaded).then(({ rows, trained, scored, evaluation }) => {
    const described = describeRun({
      ...rows,
      head: runHead,
      directory: loaded.directory,
      model: trained.model,
      scored,
      evaluation,
      warnings: [],
    });
    return runDocumentSchema.parse(
      JSON.parse(
        JSON.stringify(
          { ...described, lint: none, artifacts: { model: 'm', predictions: 'p', card: 'c' } },
          plain,
        ),
      ),
    );
  });
  return document;
}

/** Typed arrays as lists, NaN as the word that the record uses. */
function plain(_key: string, value: unknown): unknown {
  if (ArrayBuffer.isView(value) && !(value instanceof DataView))
    return Array.from(value as unknown as ArrayLike<number>);
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  return typeof value === 'function' ? undefined : value;
}
