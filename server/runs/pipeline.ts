/** The whole way as code, top to bottom: rows, split, findings, models, predictions, evaluation, files, record. */
import { resolve } from 'node:path';
import type { Experiment } from '../config/experiment.ts';
import type { LoadedExperiment } from '../config/load.ts';
import { collectFacts } from '../data/facts/collectFacts.ts';
import { lossesOf } from '../data/facts/lostCells.ts';
import { featureColumns } from '../data/roles.ts';
import { tableSpec } from '../data/spec.ts';
import { splitTable } from '../data/split/splitTable.ts';
import type { Table } from '../data/table.ts';
import { enforceContract } from '../data/tables/contract.ts';
import { openTable } from '../data/tables/openTable.ts';
import { resolveTask } from '../data/task.ts';
import { evaluateRun } from '../evaluation/evaluateRun.ts';
import { lintExperiment, stageOf } from '../lint/engine.ts';
import { recordFindings } from '../tracking/runs.ts';
import { countFindings, describeRun } from './describe.ts';
import { expectFromFacts } from './estimate/expected.ts';
import { historyOfRun } from './history.ts';
import { checkSameData } from './prepare.ts';
import type { Recording } from './recording.ts';
import { refuseImpossible } from './refuse.ts';
import type { RunRows } from './runRows.ts';
import { checkResumed, openSaving, originOf } from './saving.ts';
import { scoreRun } from './score.ts';
import { tuneRun } from './search/tuneRun.ts';
import type { Stages } from './stages.ts';
import { type TrainedRun, trainRun } from './trainRun.ts';
import { type WrittenArtifacts, writeArtifacts } from './writeArtifacts.ts';

export interface PipelineRequest {
  readonly experiment: Experiment;
  readonly loaded: LoadedExperiment;
  /** A resumed run's data must still be what it was. */
  readonly expectedData?: { readonly id: string; readonly hash: string };
  readonly stages: Stages;
  readonly signal: AbortSignal;
  /** Writes the run to the store; until it is called, nothing is written anywhere. */
  readonly record: (dataHash: string) => Recording;
}

/** Throws what makes the experiment impossible before it calls `record`, and what fails in the work after it. */
export async function runPipeline(run: PipelineRequest): Promise<WrittenArtifacts> {
  const { experiment, loaded, stages, signal } = run;
  const source = await stages.run('read', () =>
    openTable(tableSpec(experiment, loaded.directory), { signal }),
  );
  try {
    checkSameData(run.expectedData, source.hash);
    return await work(run, await enforceContract(experiment, source));
  } finally {
    await source.close();
  }
}

/** Columns that act through the model: after a selection, those that its features are made of. */
function explainedColumns({ experiment, table }: RunRows, { model }: TrainedRun): string[] {
  const columns = featureColumns(experiment, table.columns).map(({ name }) => name);
  const { usedColumns } = model;
  return usedColumns === undefined ? columns : columns.filter((name) => usedColumns.has(name));
}

async function work(run: PipelineRequest, table: Table): Promise<WrittenArtifacts> {
  const { experiment, loaded, stages, signal } = run;

  const task = await resolveTask(experiment, table);
  const split = await stages.run('split', () => splitTable(experiment, table, task));
  const asked: RunRows = { experiment, table, task, split, signal };
  await refuseImpossible(asked);
  if (run.expectedData === undefined) checkResumed(asked, loaded.directory);
  const recording = run.record(table.hash);
  const { lease, checkpoints, head } = recording;

  const facts = await stages.run('lint', () => collectFacts(experiment, table));
  const known = { loaded, facts, stage: stageOf(loaded), expectRun: expectFromFacts };
  const now = new Date(head.started);
  // What gates ask of lint is what was found before there was a result.
  const before = lintExperiment(known, { now });
  recordFindings(lease, before);

  // A timeout that is written is not cut short by a budget that nobody wrote.
  const searchApart = loaded.isWritten('tune.timeout') && !loaded.isWritten('train.budget.time');
  const saving = openSaving(experiment, checkpoints, {
    searchApart,
    origin: originOf(asked),
    directory: loaded.directory,
  });
  const {
    tuning,
    warnings: ofSearch,
    experiment: found,
  } = await tuneRun(asked, { stages, recording, saving });
  saving.startTraining();
  const rows = { ...asked, experiment: found };
  const trained = await trainRun(rows, { stages, saving });
  const scored = await scoreRun(rows, { stages, trained });

  const evaluation = await stages.run('evaluate', (report) =>
    evaluateRun(
      {
        ...scored,
        experiment: rows.experiment,
        table,
        metric: task.metric,
        columns: explainedColumns(asked, trained),
        lint: countFindings(before),
      },
      { signal, onProgress: (done, total) => report({ done, total }) },
    ),
  );
  await scored.close();

  const { model, warnings } = trained;
  const judged = describeRun({
    ...asked,
    ...(tuning && { tuning }),
    head,
    directory: loaded.directory,
    model,
    scored,
    evaluation,
    warnings: [...lossesOf(experiment, facts), ...ofSearch, ...warnings],
  });
  // A failed gate stands among the gates already.
  const runs = historyOfRun(judged, experiment);
  const findings = lintExperiment({ ...known, runs }, { now }).filter(({ rule }) => rule !== 'gate-failed');
  recordFindings(lease, findings);
  const described = { ...judged, lint: countFindings(findings) };

  const output = experiment.card['output'];
  const cardOutput = typeof output === 'string' ? { cardOutput: resolve(loaded.directory, output) } : {};
  return stages.run('write', () =>
    writeArtifacts({ ...rows, store: lease.store, model, scored, described, findings, ...cardOutput }),
  );
}
