/** The predictions file: one row for each scored row, from which every reported metric can be computed again. */

import { scoreNames } from '../catalog/tasks.ts';
import type { OutputColumn } from '../data/duckdb/append.ts';
import type { ClassLabel } from '../data/task.ts';
import type { ScoredRows } from '../evaluation/scoredRows.ts';

export interface PredictionPart {
  /** Absent: the file has no such column (`predict`). */
  readonly split?: 'train' | 'valid' | 'test';
  readonly rows: ScoredRows;
}

/**
 * Parts one after the other; `classes` as the target is typed. `target` only where the rows have one, `lower` and `upper`
 * where a model gives intervals, `set` where it gives sets of classes, as a JSON list of labels in the order of `classes`:
 * missing for rows that a fold's model scored.
 */
export function predictionColumns(
  parts: readonly PredictionPart[],
  classes: readonly ClassLabel[],
): OutputColumn[] {
  const [first] = parts;
  if (first === undefined) return [];
  const joinedOf = (pick: (rows: ScoredRows) => Float64Array) => joined(parts.map(({ rows }) => pick(rows)));
  const columns: OutputColumn[] = [{ name: 'row', values: joinedOf(({ rows }) => rows), type: 'BIGINT' }];
  if (first.split !== undefined) {
    columns.push({ name: 'split', values: splitColumn(parts) });
    columns.push(
      labelColumn(
        'target',
        joinedOf(({ target }) => target),
        classes,
      ),
    );
  }
  columns.push(
    labelColumn(
      'prediction',
      joinedOf(({ prediction }) => prediction),
      classes,
    ),
  );
  for (const [index, name] of scoreNames(first.rows.task, first.rows.classes).entries())
    columns.push({ name, values: joinedOf(({ scores }) => scores[index] ?? new Float64Array()) });
  if (parts.some(({ rows }) => rows.bounds)) {
    for (const name of ['lower', 'upper'] as const) {
      const unknown = ({ rows }: ScoredRows) => new Float64Array(rows.length).fill(Number.NaN);
      columns.push({ name, values: joinedOf((rows) => rows.bounds?.[name] ?? unknown(rows)) });
    }
  }
  if (parts.some(({ rows }) => rows.set)) columns.push({ name: 'set', values: setColumn(parts, classes) });
  return columns;
}

function splitColumn(parts: readonly PredictionPart[]): OutputColumn['values'] {
  const levels = ['train', 'valid', 'test'];
  const counts = parts.map(({ rows }) => rows.rows.length);
  const codes = new Int32Array(counts.reduce((sum, count) => sum + count, 0));
  let at = 0;
  parts.forEach(({ split = '' }, index) => {
    const end = at + (counts[index] ?? 0);
    codes.fill(levels.indexOf(split) + 1, at, end);
    at = end;
  });
  return { levels, codes };
}

/** Few different sets occur, however many rows there are. */
function setColumn(parts: readonly PredictionPart[], classes: readonly ClassLabel[]): OutputColumn['values'] {
  const codeOf = new Map<string, number>();
  const codes = new Int32Array(parts.reduce((sum, { rows }) => sum + rows.rows.length, 0));
  let at = 0;
  for (const { rows } of parts) {
    for (let row = 0; row < rows.rows.length; row++, at++) {
      if (rows.set === undefined) continue;
      const text = JSON.stringify(classes.filter((_, label) => rows.set?.[label]?.[row] === 1));
      const code = codeOf.get(text) ?? codeOf.size + 1;
      codeOf.set(text, code);
      codes[at] = code;
    }
  }
  return { levels: [...codeOf.keys()], codes };
}

/** Class indices as the labels they stand for, in the target's own type; values as they are. */
function labelColumn(name: string, values: Float64Array, classes: readonly ClassLabel[]): OutputColumn {
  if (classes.length === 0) return { name, values };
  if (classes.every((label) => typeof label === 'string')) {
    return {
      name,
      values: {
        levels: classes,
        codes: Int32Array.from(values, (value) => (Number.isNaN(value) ? 0 : value + 1)),
      },
    };
  }
  const labels = values.map((value) => Number(classes[value] ?? Number.NaN));
  if (classes.every((label) => typeof label === 'boolean')) return { name, values: labels, type: 'BOOLEAN' };
  return { name, values: labels, type: classes.every(Number.isInteger) ? 'BIGINT' : 'DOUBLE' };
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
