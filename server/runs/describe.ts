/** A run as its document: what was learned from what, how well, and what it was made of. */
import { createHash } from 'node:crypto';
import { relative, sep } from 'node:path';
import { configHash } from '../config/resolve.ts';
import type { Table } from '../data/table.ts';
import type { Evaluation } from '../evaluation/evaluateRun.ts';
import type { ServingContract } from '../onnx/contract.ts';
import type { Finding } from '../protocol/finding.ts';
import type { RunDocument, RunHead, Tuning } from '../protocol/run.ts';
import type { TrainedModel } from '../training/train.ts';
import { codeLineage } from './git.ts';
import type { RunRows } from './runRows.ts';
import type { ScoredRun } from './score.ts';

export interface DescribeRequest extends RunRows {
  readonly head: RunHead;
  /** Of the experiment file. */
  readonly directory: string;
  readonly model: TrainedModel;
  readonly tuning?: Tuning;
  readonly scored: ScoredRun;
  readonly evaluation: Evaluation;
  readonly warnings: readonly string[];
}

/** Without timings, end and artifacts, which are known when the files are written, and without findings. */
export function describeRun(request: DescribeRequest): Omit<RunDocument, 'artifacts' | 'lint'> {
  const { experiment, table, task, split, model, scored, evaluation } = request;
  return {
    run: request.head,
    task: task.task,
    target: task.target,
    positive: task.positive ?? null,
    classes: [...task.classes],
    metric: task.metric,
    rows: {
      train: scored.train.positions.length,
      // Out-of-fold scores are of training rows.
      valid: split.folds.length > 0 ? 0 : (scored.valid?.positions.length ?? 0),
      test: scored.test.positions.length,
      withoutTarget: split.withoutTarget,
      source: table.rowCount,
    },
    split: { method: split.method, folds: split.folds.length, hash: split.hash },
    model: {
      type: model.family,
      params: { ...model.parameters },
      iterations: model.iterations,
      calibration: model.calibration.method,
      threshold: model.threshold ?? null,
    },
    ...(request.tuning && { tuning: request.tuning }),
    ...(model.selection && {
      selection: {
        method: model.selection.method,
        kept: [...model.selection.kept],
        dropped: [...model.selection.dropped],
      },
    }),
    features: model.features.map(({ name, kind, input }) => ({ name, kind, input })),
    ...(model.contract && { contract: describeContract(model.contract) }),
    metrics: evaluation.metrics,
    ...(model.uncertainty &&
      evaluation.uncertainty && {
        uncertainty: {
          method: model.uncertainty.method,
          coverage: model.uncertainty.coverage,
          ...evaluation.uncertainty,
        },
      }),
    baselines: evaluation.baselines,
    comparisons: evaluation.comparisons,
    slices: evaluation.slices,
    fairness: [],
    explanations: evaluation.explanations,
    confusion: evaluation.confusion,
    calibrationBins: evaluation.calibrationBins,
    gates: evaluation.gates,
    parity: scored.parity,
    device: model.device ?? { engine: 'cpu', name: `${process.platform} ${process.arch}` },
    timings: {},
    lineage: {
      data: table.hash,
      config: configHash(experiment),
      code: codeLineage(request.directory),
      environment: environmentHash(),
      seed: experiment.train.seed,
      ...asOfTimes(table, request.directory),
    },
    warnings: [
      ...request.warnings,
      ...targetWarning(split.withoutTarget, table.rowCount),
      ...evaluation.warnings,
    ],
  };
}

/** What was joined and looked back at, as of when. */
function asOfTimes(
  { joined, used }: Table,
  directory: string,
): Pick<RunDocument['lineage'], 'joins' | 'windows'> {
  const within = (source: string) => relative(directory, source).split(sep).join('/');
  return {
    ...(joined.length > 0 && { joins: joined.map((join) => ({ ...join, source: within(join.source) })) }),
    ...(used.length > 0 && { windows: used.map((each) => ({ ...each })) }),
  };
}

function describeContract({ columns, ...actions }: ServingContract): NonNullable<RunDocument['contract']> {
  return {
    ...actions,
    columns: columns.map(({ levels, ...column }) => ({
      ...column,
      ...(levels !== undefined && { levels: levels.length }),
    })),
  };
}

export function countFindings(findings: readonly Finding[]): RunDocument['lint'] {
  const counts = { error: 0, warning: 0, info: 0, hint: 0 };
  for (const { severity } of findings) counts[severity]++;
  return counts;
}

function targetWarning(missing: number, rows: number): string[] {
  return missing === 0
    ? []
    : [`${missing} of ${rows} rows have no target: they were neither learned from nor scored.`];
}

/** What besides data, settings and code decides the bits of the result: Node, the system and the kind of processor. */
function environmentHash(): string {
  const parts = [process.version, process.platform, process.arch, ...Object.entries(process.versions).flat()];
  return `sha256:${createHash('sha256').update(parts.join('\n')).digest('hex')}`;
}
