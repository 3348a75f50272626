/** Micro-batches: rows of requests that come at the same time are scored in one call, since a call costs more than a row. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { RowScorer, RowScores } from '../engines/rowScorer.ts';
import type { Rows } from './rows.ts';

export interface Batches {
  /** @throws ModelwrightError server-busy, level-unseen-computed, scoring-failed */
  score(rows: Rows): Promise<RowScores>;
  close(): Promise<void>;
}

/** Beyond this a call takes longer than the rows save. */
const batchRows = 64;
/** A larger request is scored in pieces, so that others get their turn between them. */
const pieceRows = 1_024;
/** Seconds of work for a model of ordinary size. */
const mostWaitingRows = 100_000;
/** The next batch is under way while the answers of this one are written. */
const mostInFlight = 2;

interface Job {
  readonly rows: Rows;
  resolve(scores: RowScores): void;
  reject(fault: unknown): void;
}

export function createBatches(scorer: RowScorer, width: number): Batches {
  const queue: Job[] = [];
  let waiting = 0;
  let inFlight = 0;
  let scheduled = false;

  const schedule = () => {
    if (scheduled || inFlight >= mostInFlight || queue.length === 0) return;
    scheduled = true;
    // After this turn of the event loop, when every request that has arrived is in the queue.
    setImmediate(drain);
  };
  const drain = () => {
    scheduled = false;
    while (inFlight < mostInFlight && queue.length > 0) {
      inFlight++;
      run(takeBatch()).finally(() => {
        inFlight--;
        schedule();
      });
    }
  };
  const takeBatch = (): Job[] => {
    let rows = queue[0]?.rows.count ?? 0;
    let jobs = 1;
    for (
      let next = queue[jobs];
      next !== undefined && rows + next.rows.count <= batchRows;
      next = queue[jobs]
    ) {
      rows += next.rows.count;
      jobs++;
    }
    waiting -= rows;
    return queue.splice(0, jobs);
  };
  const run = async (jobs: readonly Job[]) => {
    try {
      const scores = await scorer.score(joined(jobs.map(({ rows }) => rows)));
      let start = 0;
      for (const { rows, resolve } of jobs) {
        resolve(part(scores, { start, end: start + rows.count, width }));
        start += rows.count;
      }
    } catch (fault) {
      // One request must not fail for another's rows.
      if (jobs.length > 1) for (const job of jobs) await run([job]);
      else jobs[0]?.reject(fault);
    }
  };
  const enqueue = (rows: Rows) =>
    new Promise<RowScores>((resolve, reject) => {
      queue.push({ rows, resolve, reject });
      waiting += rows.count;
      schedule();
    });

  return {
    async score(rows) {
      if (waiting + rows.count > mostWaitingRows) throw new ModelwrightError('server-busy');
      if (rows.count <= pieceRows) return enqueue(rows);
      const pieces: RowScores[] = [];
      let start = 0;
      for (const piece of piecesOf(rows)) {
        const from = start;
        const scores = enqueue(piece).catch((fault: unknown) => Promise.reject(moved(fault, from)));
        pieces.push(await scores);
        start += piece.count;
      }
      return merged(pieces);
    },
    close: () => scorer.close(),
  };
}

function joined(parts: readonly Rows[]) {
  const [only] = parts;
  if (parts.length === 1 && only !== undefined)
    return { rows: only.count, floats: Float32Array.from(only.floats), strings: only.strings };
  return {
    rows: parts.reduce((sum, { count }) => sum + count, 0),
    floats: Float32Array.from(parts.flatMap(({ floats }) => floats)),
    strings: parts.flatMap(({ strings }) => strings),
  };
}

/** The row that a fault names, counted from the request's first. */
function moved(fault: unknown, rows: number): unknown {
  if (!(fault instanceof ModelwrightError) || fault.place.row === undefined) return fault;
  const { code, parameters, place } = fault;
  return new ModelwrightError(code, parameters, { ...place, row: fault.place.row + rows });
}

function part(
  { values, labels, lower, upper, set }: RowScores,
  { start, end, width }: { start: number; end: number; width: number },
): RowScores {
  return {
    values: values.subarray(start * width, end * width),
    ...(labels !== undefined && { labels: labels.subarray(start, end) }),
    ...(lower !== undefined && { lower: lower.subarray(start, end) }),
    ...(upper !== undefined && { upper: upper.subarray(start, end) }),
    ...(set !== undefined && { set: set.subarray(start * width, end * width) }),
  };
}

function* piecesOf({ count, floats, strings }: Rows): Generator<Rows> {
  const floatWidth = floats.length / count;
  const stringWidth = strings.length / count;
  for (let start = 0; start < count; start += pieceRows) {
    const end = Math.min(start + pieceRows, count);
    yield {
      count: end - start,
      floats: floats.slice(start * floatWidth, end * floatWidth),
      strings: strings.slice(start * stringWidth, end * stringWidth),
    };
  }
}

function merged(pieces: readonly RowScores[]): RowScores {
  const all = (pick: (piece: RowScores) => Iterable<number> | undefined) =>
    pieces.flatMap((piece) => [...(pick(piece) ?? [])]);
  const [first] = pieces;
  return {
    values: Float32Array.from(all(({ values }) => values)),
    ...(first?.labels && { labels: Int32Array.from(all(({ labels }) => labels)) }),
    ...(first?.lower && { lower: Float32Array.from(all(({ lower }) => lower)) }),
    ...(first?.upper && { upper: Float32Array.from(all(({ upper }) => upper)) }),
    ...(first?.set && { set: Uint8Array.from(all(({ set }) => set)) }),
  };
}
