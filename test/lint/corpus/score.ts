/** Plants each fault many times, lints fault and twin, and counts what was found, missed and said wrongly. */

import { applyEdits } from '../../../server/lint/fix.ts';
import type { Linted } from '../tables.ts';
import { alarms, lintSome, lintTable } from '../tables.ts';
import type { Fault } from './fault.ts';
import { faults, plainFaults } from './faults.ts';
import { drawGround } from './grounds.ts';

export interface Score {
  readonly rule: string;
  readonly planted: number;
  readonly found: number;
  /** Findings of the rule where there is nothing, and alarms of other rules. */
  readonly wrong: number;
  readonly details: readonly string[];
}

export const formats = ['csv', 'jsonl', 'parquet'] as const;
export type Format = (typeof formats)[number];

export interface ScoreRequest {
  readonly seeds: readonly number[];
  /** Drawn from for each case, as far as the fault allows. */
  readonly rows: readonly number[];
  /** Also whether the fixes of each fault's first case mend it: the first one silences its rule, and none gives an alarm. */
  readonly mend?: boolean;
}

/** One fault and one twin a seed. */
export async function scoreFault(fault: Fault, { seeds, rows, mend = false }: ScoreRequest): Promise<Score> {
  const { rule, column, also = [] } = fault;
  let found = 0;
  let wrong = 0;
  let planted = 0;
  const details: string[] = [];
  const fitting = rows.filter(
    (count) => count >= (fault.least ?? 0) && count <= (fault.most ?? Number.POSITIVE_INFINITY),
  );
  const sizes = fitting.length > 0 ? fitting : [fault.least ?? fault.most ?? 1000];
  for (const seed of seeds) {
    const count = sizes[seed % sizes.length] ?? 1000;
    const format = fault.csvOnly === true ? 'csv' : (formats[seed % formats.length] ?? 'csv');
    const where = `${rule} ${column ?? ''} seed ${seed} rows ${count} ${format}`;
    for (const bad of [true, false]) {
      const linted = await lintCase(fault, { seed, count, format, bad });
      const own = ofRule(linted, fault);
      if (bad) {
        planted++;
        if (own.length > 0) found++;
        else details.push(`missed: ${where}`);
      }
      const strange = [
        ...(bad ? [] : own.map(({ message }) => `${rule}: ${message}`)),
        ...alarms(linted).filter((alarm) => !isExpected(alarm, bad ? [rule, ...also] : also)),
      ];
      if (bad && mend && seed === seeds[0])
        strange.push(...(await unmended(fault, { seed, count, format, bad }, linted)));
      wrong += strange.length;
      details.push(...strange.map((text) => `wrong (${bad ? 'fault' : 'twin'} of ${where}): ${text}`));
    }
  }
  return { rule, planted, found, wrong, details };
}

interface Drawn {
  readonly seed: number;
  readonly count: number;
  readonly format: Format;
  readonly bad: boolean;
}

function lintCase(
  fault: Fault,
  { seed, count, format, bad }: Drawn,
  mend: (text: string) => string = (text) => text,
): Promise<Linted> {
  const { columns, yaml = 'data: data.csv\ntarget: y\n', files } = fault.plant(drawGround(seed, count), bad);
  const text = yaml.replaceAll('.csv', `.${format}`);
  return lintTable(columns, mend(text), files ?? {}, format);
}

async function unmended(fault: Fault, drawn: Drawn, before: Linted): Promise<string[]> {
  const known = new Set(alarms(before).map(ofColumn));
  const faults: string[] = [];
  for (const [i, { title, edits }] of (ofRule(before, fault)[0]?.fixes ?? []).entries()) {
    const after = await lintCase(fault, drawn, (text) => applyEdits(text, edits));
    if (i === 0) faults.push(...ofRule(after, fault).map(({ message }) => `after "${title}": ${message}`));
    const fresh = alarms(after).filter((alarm) => !known.has(ofColumn(alarm)));
    faults.push(...fresh.map((alarm) => `only after "${title}": ${alarm}`));
  }
  return faults;
}

/** Enough for a look at some of the rows only. */
export const manyRows = 21_000;

/**
 * What is said of a fault, or its twin, from some of its rows and not from all: neither by its rule nor by another one
 * about the same thing, which then says it better.
 */
export async function vanishing(
  fault: Fault,
  { seed, bad }: { seed: number; bad: boolean },
): Promise<string[]> {
  const { columns, yaml, files } = fault.plant(drawGround(seed, manyRows), bad);
  const some = await lintSome(columns, yaml, files, 'parquet');
  const all = await lintTable(columns, yaml, files, 'parquet');
  return vanished(some, all).map(
    (text) => `${bad ? 'fault' : 'twin'} of ${fault.rule}, seed ${seed}: ${text}`,
  );
}

/** Of the grounds, which are clean. */
export async function vanishingOnGrounds(seed: number): Promise<string[]> {
  const { trade, columns } = drawGround(seed, manyRows);
  const some = await lintSome(columns, undefined, {}, 'parquet');
  const all = await lintTable(columns, undefined, {}, 'parquet');
  return vanished(some, all).map((text) => `${trade}, seed ${seed}: ${text}`);
}

function vanished(some: Awaited<ReturnType<typeof lintSome>>, all: Linted): string[] {
  if (some === undefined) throw new Error('the table is small: all rows are looked at');
  const topic = ({ data, path }: Linted['findings'][number]) => String(data['column'] ?? path);
  const told = new Set([...all.findings, ...some.blind].map(topic));
  return some.findings
    .filter((each) => !told.has(topic(each)))
    .map(({ rule, message }) => `${rule}: ${message}`);
}

/** The rule and the column of an alarm. */
function ofColumn(alarm: string): string {
  return alarm.split(':', 1)[0] ?? alarm;
}

function ofRule({ findings }: Linted, { rule, column }: Fault) {
  return findings.filter(
    (each) => each.rule === rule && (column === undefined || each.data['column'] === column) && isLoud(each),
  );
}

/** Few equal rows are told as information, which is no alarm. */
function isLoud({ rule, severity }: { rule: string; severity: string }): boolean {
  return rule !== 'duplicate-rows' || severity === 'warning';
}

function isExpected(alarm: string, rules: readonly string[]): boolean {
  return rules.some((rule) => alarm.startsWith(`${rule} `));
}

/** Alarms on the grounds themselves, which are clean. */
export async function alarmsOnGrounds(request: ScoreRequest): Promise<string[]> {
  const said: string[] = [];
  for (const seed of request.seeds) {
    for (const count of request.rows) {
      const { trade, columns } = drawGround(seed, count);
      const format = formats[seed % formats.length] ?? 'csv';
      const linted = await lintTable(columns, undefined, {}, format);
      said.push(
        ...alarms(linted).map((alarm) => `${trade}, seed ${seed}, ${count} rows, ${format}: ${alarm}`),
      );
    }
  }
  return said;
}

export { faults, plainFaults };
