/** Any model on any table, with the file alone: `predict` and `evaluate`. */

import { ModelwrightError } from '../catalog/errors.ts';
import { standardMetrics } from '../catalog/metrics.ts';
import { predictsValue } from '../catalog/tasks.ts';
import { checkOutput, writeTable } from '../data/duckdb/write.ts';
import type { ColumnKind, Table } from '../data/table.ts';
import { openTable } from '../data/tables/openTable.ts';
import type { ClassLabel } from '../data/task.ts';
import { checkContract } from '../engines/checkContract.ts';
import { openScorer, type Scorer } from '../engines/scorer.ts';
import { describeUnread } from '../engines/unreadCells.ts';
import { bootstrap } from '../evaluation/bootstrap.ts';
import { measureCoverage } from '../evaluation/coverage.ts';
import { isComputable } from '../evaluation/metrics.ts';
import type { Estimate, ScoredRows } from '../evaluation/scoredRows.ts';
import { sliceColumn } from '../evaluation/sliceRows.ts';
import { isJudgeable, judgeSlices } from '../evaluation/slices.ts';
import type { FeatureInput } from '../features/fittedFeatures.ts';
import { describeOutside, type Outside } from '../protocol/outside.ts';
import type { RunDocument, Slice } from '../protocol/run.ts';
import { findModel, type ModelReference, specForModel } from './modelReference.ts';
import { predictionColumns } from './predictionColumns.ts';
import { threads } from './runRows.ts';
import { toScoredRows } from './scoredColumns.ts';

export interface ApplyRequest {
  readonly workspace: string;
  /** A model reference (cli.md). */
  readonly model: string;
  /** Absolute path of the table. */
  readonly data: string;
  readonly signal: AbortSignal;
}

export interface Predicted {
  readonly rows: number;
  /** What lies outside the serving contract and was predicted all the same. */
  readonly outside: readonly Outside[];
  /** Cells that could not be read, in words. */
  readonly warnings: readonly string[];
}

/**
 * Scores every row and writes `row`, `prediction` and the scores. Nothing is written where the serving contract rejects
 * a row: see checkContract.
 */
export async function predictTable(request: ApplyRequest, output: string): Promise<Predicted> {
  checkOutput(output);
  return withModel(request, { withTarget: false }, async ({ scorer, table, timed }) => {
    const positions = allRows(table);
    const outside = await checkContract(scorer.lineage, table, { rows: positions, refuses: true });
    const target = new Float64Array(positions.length).fill(Number.NaN);
    const rows = await scoreAll(scorer, table, { positions, target, signal: request.signal });
    await writeTable(output, predictionColumns([{ rows }], scorer.lineage.classes));
    return {
      rows: positions.length,
      outside,
      warnings: await describeUnread({ features: [...timed, ...scorer.lineage.features] }, table, positions),
    };
  });
}

/** The document of `evaluate`. */
export interface AppliedEvaluation {
  readonly model: string;
  /** Rows with a target. */
  readonly rows: number;
  readonly metrics: Readonly<Record<string, Estimate>>;
  /** Where the model gives intervals or sets of classes. */
  readonly uncertainty?: NonNullable<RunDocument['uncertainty']>;
  readonly slices: readonly Slice[];
  /** What lies outside the serving contract and was scored all the same. */
  readonly outside: readonly Outside[];
  readonly warnings: readonly string[];
}

/** Throws `target-not-found` where the table does not say what was right, and what checkContract throws. */
export async function evaluateTable(request: ApplyRequest): Promise<AppliedEvaluation> {
  return withModel(request, { withTarget: true }, async ({ scorer, table, reference, timed }) => {
    const { lineage } = scorer;
    const { values, unknown } = await readTarget(table, lineage);
    const positions = allRows(table).filter((row) => !Number.isNaN(values[row]));
    if (positions.length === 0)
      throw new ModelwrightError('target-empty', { target: lineage.target, rows: table.rowCount });
    const outside = await checkContract(lineage, table, { rows: positions, refuses: true });
    const rows = await scoreAll(scorer, table, { positions, target: values, signal: request.signal });
    const primary = reference.run?.document?.metric ?? standardMetrics(lineage.task)[0] ?? '';
    const metrics = [...new Set([primary, ...standardMetrics(lineage.task)])].filter((name) =>
      isComputable(name, lineage.task),
    );
    const common = { samples: 1000, level: 0.95, seed: reference.run?.document?.lineage.seed ?? 42 };
    const result = await bootstrap({
      ...common,
      models: { model: rows },
      metrics,
      stream: 'evaluate',
      maxRows: 100_000,
    });
    const slices = await slicesOf(table, scorer, { rows, positions, metric: primary, ...common });
    const { coverage } = lineage;
    const measured = measureCoverage(rows, { level: common.level });
    const missing = table.rowCount - positions.length - unknown;
    return {
      model: request.model,
      rows: positions.length,
      metrics: result.estimates['model'] ?? {},
      ...(coverage !== undefined && measured && { uncertainty: { coverage, ...measured } }),
      slices,
      outside,
      warnings: [
        ...(missing > 0 ? [`${missing} rows have no target: they are left out.`] : []),
        ...(unknown > 0
          ? [`${unknown} rows have a label that the model does not know: they are left out.`]
          : []),
        ...(await describeUnread({ features: [...timed, ...lineage.features] }, table, positions)),
        ...describeOutside(outside, positions.length),
      ],
    };
  });
}

interface AppliedModel {
  readonly reference: ModelReference;
  readonly scorer: Scorer;
  readonly table: Table;
  /** The column that says when a prediction is made, where features look back from it and it is none itself. */
  readonly timed: readonly FeatureInput[];
}

async function withModel<Result>(
  request: ApplyRequest,
  options: { readonly withTarget: boolean },
  work: (model: AppliedModel) => Promise<Result>,
): Promise<Result> {
  const reference = findModel(request.workspace, request.model);
  const scorer = await openScorer(reference.path);
  try {
    const spec = specForModel(reference, request.data, options);
    // A column is what it was in training, whatever the new rows look like.
    const kinds: Record<string, ColumnKind> = { ...spec.kinds };
    const { features: inputs, derived } = scorer.lineage;
    for (const { name, kind } of [...inputs, ...derived]) kinds[name] = kind;
    // A bare file says itself how its features are made.
    const { features = derived } = spec;
    const table = await openTable({ ...spec, kinds, features }, { signal: request.signal });
    try {
      const { before, time, predictionTime = time } = spec;
      const looksBack = before !== undefined && inputs.every(({ name }) => name !== predictionTime);
      const timed = table.columns
        .filter(({ name, kind }) => looksBack && name === predictionTime && kind === 'datetime')
        .map(({ name, kind }): FeatureInput => ({ name, kind, input: 'date' }));
      return await work({ reference, scorer, table, timed });
    } finally {
      await table.close();
    }
  } finally {
    await scorer.close();
  }
}

async function scoreAll(
  scorer: Scorer,
  table: Table,
  { positions, target, signal }: { positions: Int32Array; target: Float64Array; signal: AbortSignal },
): Promise<ScoredRows> {
  const scores = await scorer.score(table, positions, { signal, threads });
  return toScoredRows(scorer.lineage, { positions, scores, target, numbers: await table.rowNumbers() });
}

/** Class index or value of each row; NaN where missing or unknown to the model. */
async function readTarget(
  table: Table,
  { target, task, classes }: Scorer['lineage'],
): Promise<{ values: Float64Array; unknown: number }> {
  if (!table.columns.some(({ name }) => name === target)) {
    const names = table.columns.map(({ name }) => name);
    throw new ModelwrightError('target-not-found', { target, columns: names.slice(0, 12).join(', ') });
  }
  if (predictsValue(task)) return { values: await table.numbers(target), unknown: 0 };
  const indexOf = new Map<ClassLabel, number>(
    classes.map((label, index) => [typeof label === 'boolean' ? Number(label) : label, index]),
  );
  if (classes.every((label) => typeof label === 'string')) {
    const { levels, codes } = await table.dictionary(target);
    const ofLevel = levels.map((level) => indexOf.get(level) ?? Number.NaN);
    return counted(
      Float64Array.from(codes, (code) => ofLevel[code - 1] ?? Number.NaN),
      (row) => codes[row] !== 0,
    );
  }
  const numbers = await table.numbers(target);
  const values = numbers.map((value) => indexOf.get(value) ?? Number.NaN);
  return counted(values, (row) => !Number.isNaN(numbers[row]));
}

function counted(
  values: Float64Array,
  present: (row: number) => boolean,
): { values: Float64Array; unknown: number } {
  let unknown = 0;
  values.forEach((value, row) => {
    if (Number.isNaN(value) && present(row)) unknown++;
  });
  return { values, unknown };
}

/** Columns of the model, each by its levels or quartiles. */
const slicedColumns = 10;

async function slicesOf(
  table: Table,
  scorer: Scorer,
  scored: {
    rows: ScoredRows;
    positions: Int32Array;
    metric: string;
    samples: number;
    level: number;
    seed: number;
  },
): Promise<Slice[]> {
  const { rows, positions, ...common } = scored;
  const found = [];
  for (const { name } of scorer.lineage.features.slice(0, slicedColumns))
    found.push(...(await sliceColumn(table, name, positions)));
  const slices = found.filter(({ members }) => isJudgeable(rows, members));
  return judgeSlices({ ...common, alpha: 0.05, correction: 'holm', rows, slices });
}

function allRows(table: Table): Int32Array {
  return Int32Array.from({ length: table.rowCount }, (_, row) => row);
}
