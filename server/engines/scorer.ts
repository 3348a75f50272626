/** Scores rows of a table with a model file, from the file alone: in bulk at its cut points, or through its raw inputs. */
import { readFile } from 'node:fs/promises';
import { ModelwrightError } from '../catalog/errors.ts';
import type { Table } from '../data/table.ts';
import { cutModel } from '../onnx/cut.ts';
import { type ModelLineage, readLineage } from '../onnx/lineage.ts';
import { readModel } from '../onnx/model.ts';
import { openBulk } from './bulk.ts';
import type { BulkOutput, BulkValues } from './bulkChunks.ts';
import { readLayout } from './outputLayout.ts';
import { runRaw } from './rawScores.ts';
import { openSession } from './session.ts';
import { readColumns, requireColumns } from './tableColumns.ts';

export interface Scores {
  /** Row-major [rows, outputs]: binary the positive class, multiclass one a class, otherwise the prediction. */
  readonly scores: Float32Array;
  /** Class index of the file's own label, [rows]; absent for values. */
  readonly labels?: Int32Array;
  /** The ends of each row's interval, [rows]; absent where the file gives none, and through the raw inputs. */
  readonly bounds?: { readonly lower: Float32Array; readonly upper: Float32Array };
  /** Column-major [classes, rows], 1 for each class of a row's set; absent as `bounds` are. */
  readonly set?: Int32Array;
}

export interface ScoreOptions {
  /** By column: rows to take its values from instead, as long as `rows`. A permutation test shuffles them. */
  readonly rowsOf?: ReadonlyMap<string, Int32Array>;
  readonly threads?: number;
  readonly signal?: AbortSignal;
  onProgress?(progress: { done: number; total: number }): void;
}

export interface Scorer {
  readonly lineage: ModelLineage;
  /** Columns of `scores`: the classes for multiclass, else 1. */
  readonly outputs: number;
  /**
   * Rows are positions in the table; absent: all. The same bits for any number of threads.
   * @throws ModelwrightError model-column-missing, level-unseen, cancelled, scoring-failed
   */
  score(table: Table, rows?: Int32Array, options?: ScoreOptions): Promise<Scores>;
  /** The same through the raw inputs, as any other user of the file would feed them. */
  scoreRaw(table: Table, rows: Int32Array): Promise<Scores>;
  close(): Promise<void>;
}

/** @throws ModelwrightError model-unreadable, model-foreign */
export async function openScorer(model: Uint8Array | string): Promise<Scorer> {
  const bytes = typeof model === 'string' ? await readModelFile(model) : model;
  const file = readModel(bytes);
  const lineage = readLineage(file.metadata);
  const layout = readLayout(bytes, file.outputs, lineage);
  const bulkOutputs: BulkOutput[] = [
    { name: layout.score, type: 'float', width: layout.width },
    ...(layout.labels === undefined ? [] : [{ name: layout.labels.index, type: 'int64' as const, width: 1 }]),
    ...Object.values(layout.bounds ?? {}).map((name) => ({ name, type: 'float' as const, width: 1 })),
    ...(layout.set === undefined ? [] : [{ name: layout.set, type: 'int64' as const, width: layout.width }]),
  ];
  const derived = lineage.derived.map(({ name }) => name);
  const cut = cutModel(bytes, bulkOutputs, derived);
  const bulk = openBulk(cut.bytes, bulkOutputs);
  return {
    lineage,
    outputs: layout.columns.length,
    async score(table, rows = Int32Array.from({ length: table.rowCount }, (_, row) => row), options = {}) {
      requireColumns(table, [...lineage.features, ...lineage.derived]);
      const columns = await readColumns(table, cut.inputs, rows);
      const rowsOf = new Map<string, Int32Array>();
      for (const { column, tensor } of cut.inputs) {
        const others = options.rowsOf?.get(column);
        if (others !== undefined) rowsOf.set(tensor, others);
      }
      const results = await bulk.run({ ...options, columns, rows, rowsOf, likeRowsTogether: true });
      const labels = results.get(layout.labels?.index ?? '');
      const lower = results.get(layout.bounds?.lower ?? '');
      const upper = results.get(layout.bounds?.upper ?? '');
      const set = results.get(layout.set ?? '');
      return {
        scores: toRowMajor(results.get(layout.score) ?? new Float32Array(), rows.length, layout.columns),
        ...(labels instanceof Int32Array && { labels }),
        ...(lower instanceof Float32Array && upper instanceof Float32Array && { bounds: { lower, upper } }),
        ...(set instanceof Int32Array && { set }),
      };
    },
    async scoreRaw(table, rows) {
      requireColumns(table, lineage.features);
      const outputs = layout.columns.length;
      const scores = new Float32Array(rows.length * outputs);
      const labels = layout.labels === undefined ? undefined : new Int32Array(rows.length);
      // Asked for once a run: a forest would be held twice from then on.
      const session = await openSession(bytes);
      try {
        await runRaw(session, { table, rows, inputs: lineage.features }, (tensors, start) => {
          const values = tensors.get(layout.score)?.data ?? [];
          for (let i = 0; i < values.length / layout.width; i++) {
            layout.columns.forEach((column, k) => {
              scores[(start + i) * outputs + k] = Number(values[i * layout.width + column]);
            });
          }
          const texts = tensors.get(layout.labels?.output ?? '')?.data ?? [];
          for (let i = 0; i < texts.length; i++) {
            if (labels !== undefined)
              labels[start + i] = layout.labels?.texts.indexOf(String(texts[i])) ?? -1;
          }
        });
      } finally {
        await session.close();
      }
      return { scores, ...(labels !== undefined && { labels }) };
    },
    async close() {
      await bulk.close();
    },
  };
}

function toRowMajor(values: BulkValues, rows: number, columns: readonly number[]): Float32Array {
  const [only] = columns;
  if (values instanceof Float32Array && columns.length === 1 && only !== undefined) {
    return values.subarray(only * rows, (only + 1) * rows);
  }
  const scores = new Float32Array(rows * columns.length);
  columns.forEach((column, k) => {
    for (let row = 0; row < rows; row++) scores[row * columns.length + k] = values[column * rows + row] ?? 0;
  });
  return scores;
}

async function readModelFile(path: string): Promise<Uint8Array> {
  return readFile(path).catch((fault: NodeJS.ErrnoException) => {
    if (fault.code === 'ENOENT') throw new ModelwrightError('file-not-found', { path }, { file: path });
    throw new ModelwrightError('model-unreadable', { reason: fault.message }, { file: path });
  });
}
