/** Lints one experiment file as the terminal does: its text, then all rows of its data. */
import { dirname } from 'node:path';
import { allBases } from '../config/bases.ts';
import { findExperimentFiles, readTextFile } from '../config/findFiles.ts';
import { loadExperiment } from '../config/load.ts';
import { tableSpec } from '../data/spec.ts';
import type { DataClient } from '../data/worker/client.ts';
import { missingDevice } from '../engines/missingDevice.ts';
import { lintExperiment, stageOf } from '../lint/engine.ts';
import type { RunHistory } from '../lint/history.ts';
import { ofExpressions } from '../lint/rule.ts';
import type { Finding } from '../protocol/finding.ts';
import { hasStore } from '../store/place.ts';
import { expectFromFacts } from './estimate/expected.ts';
import { failureOf } from './failure.ts';
import { gitCommit, repositoryOf } from './git.ts';
import type { HistoryRequest } from './history.ts';

export interface LintFileRequest {
  /** Absolute. */
  readonly file: string;
  readonly workspace: string;
  readonly overrides: readonly string[];
  readonly variant?: string;
  readonly profile?: string;
  /** Absent: the text is checked alone, without data or past runs (`--no-data`, an untrusted workspace). */
  readonly data?: DataClient;
  readonly signal: AbortSignal;
}

/** Broken text and unreadable data are findings, never thrown. */
export async function lintFile(request: LintFileRequest): Promise<Finding[]> {
  const { file, workspace, overrides, variant, profile, data, signal } = request;
  const loaded = loadExperiment({
    file,
    workspace,
    overrides,
    ...(variant === undefined ? {} : { variant }),
    environment: process.env,
    git: () => gitCommit(dirname(file)),
    now: new Date(),
    isBase: () => allBases(findExperimentFiles(workspace), readTextFile).has(file),
  });
  const stage = stageOf(loaded);
  const options = { now: new Date(), ...(profile === undefined ? {} : { profile }) };
  const { experiment } = loaded;
  if (data === undefined || experiment === undefined) return lintExperiment({ loaded, stage }, options);
  const { directory } = loaded;
  const runs = await pastRuns({
    workspace,
    experiment: experiment.name,
    directory,
    ...(variant === undefined ? {} : { variant }),
  });
  const repository = repositoryOf(directory);
  const known = {
    loaded,
    stage,
    repository,
    missingDevice,
    expectRun: expectFromFacts,
    ...(runs === undefined ? {} : { runs }),
  };
  if (experiment.data.source === undefined) return lintExperiment(known, options);
  try {
    const facts = await data.facts(experiment, directory, { signal });
    return lintExperiment({ ...known, facts }, options);
  } catch (error) {
    signal.throwIfAborted();
    const failure = failureOf(error);
    if (!ofExpressions.has(failure.code)) return lintExperiment({ ...known, failure }, options);
    const {
      derive: _,
      filter: __,
      features: ___,
      predictionTime: ____,
      ...spec
    } = tableSpec(experiment, directory);
    // Where the time of the rows is what cannot be read, they cannot be looked at either.
    const columns = await data.profile({ ...spec, derive: [] }, {}, signal).then(
      (profile) => profile.columns,
      () => undefined,
    );
    signal.throwIfAborted();
    return lintExperiment({ ...known, failure, ...(columns === undefined ? {} : { columns }) }, options);
  }
}

/** SQLite is loaded where there is a store. */
async function pastRuns(request: HistoryRequest): Promise<RunHistory | undefined> {
  return hasStore(request.workspace) ? (await import('./history.ts')).readHistory(request) : undefined;
}
