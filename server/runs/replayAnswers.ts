/** Rows of a prediction log asked again of the model file that their run kept: training and serving agree when the answers do. */
import { readFile } from 'node:fs/promises';
import { predictsValue, scoreNames } from '../catalog/tasks.ts';
import { openRowScorer, readShape } from '../engines/rowScorer.ts';
import type { MonitorCheck } from '../monitoring/lastCheck.ts';
import { predictionOf } from '../serving/model.ts';
import { newestRecords } from '../serving/predictionLog.ts';

export interface ReplayRequest {
  /** Files in order, oldest first. */
  readonly segments: readonly string[];
  readonly model: string;
  readonly version: string;
  /** The model file of the run. */
  readonly path: string;
}

/** The newest rows: what has changed since is what matters, and they answer within a second. */
const mostRows = 1_000;
/** Of a score between 0 and 1; relative for larger values. Rows scored together differ by a tenth of it. */
const tolerance = 1e-6;

/** Undefined where no row can be asked again: inputs or outputs are not logged, or the file is gone. */
export async function replayAnswers(request: ReplayRequest): Promise<MonitorCheck['replayed']> {
  const bytes = await readFile(request.path).catch(() => undefined);
  if (bytes === undefined) return undefined;
  const shape = readShape(bytes);
  const { features, classes, task } = shape.lineage;
  const names = predictsValue(task) ? ['prediction'] : scoreNames(task, classes);
  const rows: LoggedRow[] = [];
  for (const record of newestRecords(request.segments)) {
    if (rows.length === mostRows) break;
    const { model, version, inputs } = record;
    if (model !== request.model || version !== request.version) continue;
    if (typeof inputs !== 'object' || inputs === null) continue;
    const given = new Map<string, unknown>(Object.entries(inputs));
    const answers = names.map((name) => record[name]).filter((answer) => typeof answer === 'number');
    if (features.every(({ name }) => given.has(name)) && answers.length === names.length)
      rows.push({ given, answers });
  }
  if (rows.length === 0) return undefined;
  const cells = (float: boolean) =>
    rows.flatMap(({ given }) =>
      features
        .filter(({ input }) => (input === 'float') === float)
        .map(({ name }) => given.get(name) ?? null),
    );
  const scorer = await openRowScorer(bytes);
  try {
    const again = await scorer.score({
      rows: rows.length,
      floats: Float32Array.from(cells(true), (cell) => (typeof cell === 'number' ? cell : Number.NaN)),
      strings: cells(false).map((cell) => (cell === null ? '' : String(cell))),
    });
    const apart = rows.map(({ answers }, row) => {
      const own = predictionOf({ shape }, again, row);
      const each = answers.map(
        (answer, index) => Math.abs(Number(own[names[index] ?? '']) - answer) / Math.max(1, Math.abs(answer)),
      );
      return Math.max(...each);
    });
    const differing = apart.filter((difference) => !(difference <= tolerance));
    return { rows: rows.length, differing: differing.length, largest: Math.max(0, ...differing) };
  } finally {
    await scorer.close();
  }
}

interface LoggedRow {
  readonly given: ReadonlyMap<string, unknown>;
  readonly answers: readonly number[];
}
