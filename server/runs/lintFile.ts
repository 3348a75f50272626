/** Lints one experiment file as the terminal does: its text, then all rows of its data. */
import { dirname } from 'node:path';
import { loadExperiment } from '../config/load.ts';
import type { DataClient } from '../data/client.ts';
import { tableSpec } from '../data/spec.ts';
import { lintExperiment, stageOf } from '../lint/engine.ts';
import type { Finding } from '../protocol/finding.ts';
import { failureOf } from './failure.ts';
import { gitCommit } from './git.ts';

export interface LintFileRequest {
  /** Absolute. */
  readonly file: string;
  readonly workspace: string;
  readonly overrides: readonly string[];
  readonly variant?: string;
  readonly profile?: string;
  /** Absent: the text is checked alone (`--no-data`, an untrusted workspace). */
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
  });
  const stage = stageOf(loaded);
  const options = { now: new Date(), ...(profile === undefined ? {} : { profile }) };
  const { experiment } = loaded;
  if (data === undefined || experiment?.data.source === undefined) {
    return lintExperiment({ loaded, stage }, options);
  }
  try {
    const facts = await data.facts(experiment, loaded.directory, signal);
    return lintExperiment({ loaded, stage, facts }, options);
  } catch (error) {
    signal.throwIfAborted();
    const failure = failureOf(error);
    if (failure.code !== 'expression-failed') return lintExperiment({ loaded, stage, failure }, options);
    const { derive: _, filter: __, ...spec } = tableSpec(experiment, loaded.directory);
    const { columns } = await data.profile({ ...spec, derive: [] }, {}, signal);
    return lintExperiment({ loaded, stage, failure, columns }, options);
  }
}
