/** From an order to an experiment that can run: refused with one clear error before anything is written. */
import { dirname } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { readTextFile } from '../config/findFiles.ts';
import { type LoadedExperiment, loadExperiment } from '../config/load.ts';
import { configHash } from '../config/resolve.ts';
import { lintExperiment, stageOf } from '../lint/engine.ts';
import type { WorkerOrder } from '../protocol/runMessages.ts';
import { openStore } from '../store/store.ts';
import { type RunRequest, readRun } from '../tracking/runs.ts';
import { gitCommit } from './git.ts';

export interface PreparedRun {
  readonly experiment: Experiment;
  readonly loaded: LoadedExperiment;
  readonly workspace: string;
  /** Everything but the data's hash, which is known once the data is read. */
  readonly request: Omit<RunRequest, 'dataHash'>;
  /** The data must still be this; only for a run that is resumed or reproduced. */
  readonly expectedData?: { readonly id: string; readonly hash: string };
}

/** Throws `file-not-found`, `experiment-invalid` and what `--set` or `--variant` get wrong. */
export function prepareRun(order: Extract<WorkerOrder, { kind: 'run' }>): PreparedRun {
  const text = readExperimentFile(order.file);
  const loaded = load(order, text);
  const experiment = runnable(loaded);
  const { file, overrides, variant, workspace } = order;
  const request = {
    file,
    directory: dirname(file),
    text,
    experiment,
    configHash: configHash(experiment),
    overrides,
    variant,
  };
  return { experiment, loaded, workspace, request };
}

/** A run that is resumed or reproduced uses the text that it started with, whatever has become of the file since. */
export function reopenRun(order: Exclude<WorkerOrder, { kind: 'run' }>): PreparedRun {
  const store = openStore(order.workspace);
  const { request, head } = readRun(store, order.id);
  store.close();
  if (order.kind === 'resume' && (head.status === 'running' || head.status === 'finished')) {
    throw new ModelwrightError('run-not-resumable', { id: head.id, status: head.status });
  }
  const { file, text, variant } = request;
  const more = order.kind === 'resume' ? (order.overrides ?? []) : [];
  for (const override of more) checkResumed(override);
  const overrides = [...request.overrides, ...more];
  const loaded = load({ workspace: order.workspace, file, overrides, variant }, text);
  // The environment and the clock may have changed: what was resolved then is what is resumed now.
  const stored = request.experiment as Experiment; // Stored by createRun from an Experiment.
  const experiment = more.length === 0 ? stored : withAllowance(stored, runnable(loaded));
  const expectedData = { id: head.id, hash: request.dataHash };
  const asked = { ...request, experiment, configHash: configHash(experiment), overrides };
  return { experiment, loaded, workspace: order.workspace, request: asked, expectedData };
}

/** Throws `bad-override` for what would make a resumed run another experiment. */
function checkResumed(override: string): void {
  if (/^train\.(budget|checkpoint)[.=]/.test(override)) return;
  throw new ModelwrightError('bad-override', {
    argument: override,
    reason: 'a run goes on with its own settings; only `train.budget` and `train.checkpoint` may change',
  });
}

/** With the budget and the saving of the other. */
function withAllowance(experiment: Experiment, { train: { budget, checkpoint } }: Experiment): Experiment {
  return { ...experiment, train: { ...experiment.train, checkpoint, ...(budget && { budget }) } };
}

type LoadOrder = Pick<Extract<WorkerOrder, { kind: 'run' }>, 'workspace' | 'file' | 'overrides' | 'variant'>;

function load({ workspace, file, overrides, variant }: LoadOrder, text: string): LoadedExperiment {
  return loadExperiment({
    file,
    text,
    workspace,
    overrides,
    ...(variant === null ? {} : { variant }),
    environment: process.env,
    git: () => gitCommit(dirname(file)),
    now: new Date(),
  });
}

function readExperimentFile(file: string): string {
  try {
    return readTextFile(file);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if ('code' in error && (error.code === 'ENOENT' || error.code === 'ENOTDIR'))
      throw new ModelwrightError('file-not-found', { path: file }, { file });
    throw new ModelwrightError('file-unreadable', { path: file, reason: error.message }, { file });
  }
}

/** Faults of the file that leave no experiment to run; everything else is reported, and the run goes on. */
const fatalRules = new Set([
  'yaml-syntax',
  'unknown-key',
  'wrong-type',
  'unknown-value',
  'missing-required',
  'out-of-range',
  'interpolation-unquoted',
  'unresolved-reference',
  'expression-error',
]);

/** Throws `experiment-invalid` at the first fault that makes the file no experiment. */
function runnable(loaded: LoadedExperiment): Experiment {
  const findings = lintExperiment({ loaded, stage: stageOf(loaded) }, { now: new Date() });
  const faults = findings.filter(({ rule, severity }) => severity === 'error' && fatalRules.has(rule));
  // What is missing or wrong in a text that cannot be read may only be lost in what could not be read.
  const fault = faults.find(({ rule }) => rule === 'yaml-syntax') ?? faults[0];
  if (fault !== undefined) {
    const help =
      fault.fixes[0]?.title ??
      `\`modelwright lint\` shows all that is wrong; \`modelwright rules ${fault.rule}\` explains it.`;
    const place = { file: loaded.file, range: fault.range };
    throw new ModelwrightError('experiment-invalid', { problem: fault.message, help }, place);
  }
  if (loaded.experiment === undefined) {
    const [problem] = loaded.problems;
    const parameters = {
      problem: problem?.message ?? 'The file holds no experiment.',
      help: 'Two lines are enough: `data:` and `target:`.',
    };
    throw new ModelwrightError('experiment-invalid', parameters, { file: loaded.file });
  }
  return loaded.experiment;
}

/** A run is resumed and reproduced with the rows that it started with only. Throws `run-data-changed`. */
export function checkSameData(expected: { id: string; hash: string } | undefined, hash: string): void {
  if (expected === undefined || expected.hash === hash) return;
  throw new ModelwrightError('run-data-changed', { id: expected.id, before: expected.hash, now: hash });
}
