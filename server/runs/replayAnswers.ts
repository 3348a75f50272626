/** Rows of a prediction log asked again of the model file that their run kept: training and serving agree when the answers do. */
import { readFile } from 'node:fs/promises';
import { openRowScorer, readShape } from '../engines/rowScorer.ts';
import type { MonitorCheck } from '../monitoring/lastCheck.ts';

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
  const names =
    task === 'binary'
      ? ['score']
      : classes.length > 0
        ? classes.map((label) => `score_${label}`)
        : ['prediction'];
  const columns = task === 'binary' ? [shape.positive] : names.map((_, index) => index);
  const rows = await newestRows(request, (line) => {
    const inputs = line['inputs'];
    if (typeof inputs !== 'object' || inputs === null) return undefined;
    const given = new Map<string, unknown>(Object.entries(inputs));
    const answers = names.map((name) => line[name]).filter((answer) => typeof answer === 'number');
    const whole = features.every(({ name }) => given.has(name)) && answers.length === names.length;
    return whole ? { given, answers } : undefined;
  });
  if (rows.length === 0) return undefined;
  const cells = (float: boolean) =>
    rows.flatMap(({ given }) =>
      features
        .filter(({ input }) => (input === 'float') === float)
        .map(({ name }) => given.get(name) ?? null),
    );
  const scorer = await openRowScorer(bytes);
  try {
    const { values } = await scorer.score({
      rows: rows.length,
      floats: Float32Array.from(cells(true), (cell) => (typeof cell === 'number' ? cell : Number.NaN)),
      strings: cells(false).map((cell) => (cell === null ? '' : String(cell))),
    });
    const apart = rows.map(({ answers }, row) =>
      Math.max(
        ...answers.map((answer, index) => {
          const again = values[row * shape.width + (columns[index] ?? 0)] ?? Number.NaN;
          return Math.abs(again - answer) / Math.max(1, Math.abs(answer));
        }),
      ),
    );
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

async function newestRows(
  { segments, model, version }: ReplayRequest,
  rowOf: (line: Readonly<Record<string, unknown>>) => LoggedRow | undefined,
): Promise<LoggedRow[]> {
  const rows: LoggedRow[] = [];
  for (const segment of segments.toReversed()) {
    // One that was removed since it was listed is as good as empty.
    const text = await readFile(segment, 'utf8').catch(() => '');
    for (const line of text.split('\n').toReversed()) {
      const record = parsed(line);
      if (record?.['model'] !== model || record['version'] !== version) continue;
      const row = rowOf(record);
      if (row !== undefined) rows.push(row);
      if (rows.length === mostRows) return rows;
    }
  }
  return rows;
}

/** Undefined for a line that was cut off or spoilt. */
function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null
      ? Object.fromEntries(Object.entries(record))
      : undefined;
  } catch {
    return undefined;
  }
}
