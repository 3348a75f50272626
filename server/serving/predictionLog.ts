/** The prediction log of a deployment: JSON lines in segments of bounded size, whole up to the last line whatever process dies. */
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { unreadable } from '../data/sources/sources.ts';

export interface PredictionLog {
  /** Whether the next row belongs to the share that is recorded: evenly spaced, not drawn. */
  sampled(share: number): boolean;
  append(record: Readonly<Record<string, unknown>>): void;
  /** Lines that could not be written, a full disk for one: serving goes on without them. */
  readonly lost: number;
  /** Writes what is still held back. */
  close(): void;
}

/** Bytes from which a new segment is begun. */
const segmentBytes = 16 * 1024 * 1024;

/** `keepMilliseconds`: segments last written before that are removed. */
export function openPredictionLog(
  folder: string,
  { keepMilliseconds, segment = segmentBytes }: { keepMilliseconds: number; segment?: number },
): PredictionLog {
  let file: number | undefined;
  let bytes = 0;
  let held: string[] = [];
  let owed = 0;
  let lost = 0;

  const open = () => {
    mkdirSync(folder, { recursive: true });
    for (const old of logSegments(folder))
      if (Date.now() - statSync(old).mtimeMs > keepMilliseconds) rmSync(old, { force: true });
    const last = logSegments(folder).at(-1) ?? '';
    const number = Number(/(\d+)\.jsonl$/.exec(last)?.[1] ?? 0) + 1;
    file = openSync(join(folder, `${String(number).padStart(6, '0')}.jsonl`), 'ax');
    bytes = 0;
  };
  const write = () => {
    const lines = held;
    held = [];
    if (lines.length === 0) return;
    try {
      if (file === undefined) open();
      const buffer = Buffer.from(lines.join(''));
      for (let done = 0; done < buffer.length; ) done += writeSync(file ?? -1, buffer, done);
      bytes += buffer.length;
      if (bytes >= segment) finish();
    } catch {
      lost += lines.length;
      // What was cut off ends its segment; the next line starts another.
      finish();
    }
  };
  const finish = () => {
    if (file !== undefined) closeSync(file);
    file = undefined;
  };

  return {
    sampled(share) {
      owed += share;
      if (owed < 1) return false;
      owed -= 1;
      return true;
    },
    append(record) {
      // One write for all rows of a batch, and before any of its answers is sent: those wait for a later microtask.
      if (held.length === 0) queueMicrotask(write);
      held.push(`${JSON.stringify(record)}\n`);
    },
    get lost() {
      return lost;
    },
    close() {
      write();
      finish();
    },
  };
}

/** Absolute paths, oldest first. */
export function logSegments(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isFile() && /^\d+\.jsonl$/.test(entry.name))
    .map(({ name }) => join(folder, name))
    .sort();
}

/** The last `limit` records, oldest first; a line that was cut off when its writer died is none. Throws `data-unreadable`. */
export function readPredictionLog(folder: string, limit: number): Record<string, unknown>[] {
  const records: Record<string, unknown>[] = [];
  for (const record of newestRecords(logSegments(folder))) {
    if (records.length >= limit) break;
    records.push(record);
  }
  return records.reverse();
}

/** From the last record of the last segment back; as in `readPredictionLog`. */
export function* newestRecords(segments: readonly string[]): Iterable<Record<string, unknown>> {
  for (const segment of segments.toReversed())
    for (const line of readSegment(segment).split('\n').reverse()) {
      const record = parseLine(line);
      if (record !== undefined) yield record;
    }
}

/** Nothing where the retention has removed it in the meantime. */
function readSegment(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (!existsSync(path)) return '';
    throw unreadable(path, error);
  }
}

function parseLine(line: string): Record<string, unknown> | undefined {
  if (line === '') return undefined;
  try {
    const record: unknown = JSON.parse(line);
    return typeof record === 'object' && record !== null ? { ...record } : undefined;
  } catch {
    return undefined;
  }
}
