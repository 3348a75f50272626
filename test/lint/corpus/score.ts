/** Plants each fault many times, lints fault and twin, and counts what was found, missed and said wrongly. */

import type { Linted } from '../tables.ts';
import { alarms, lintTable } from '../tables.ts';
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
}

/** One fault and one twin a seed. */
export async function scoreFault(fault: Fault, { seeds, rows }: ScoreRequest): Promise<Score> {
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
      wrong += strange.length;
      details.push(...strange.map((text) => `wrong (${bad ? 'fault' : 'twin'} of ${where}): ${text}`));
    }
  }
  return { rule, planted, found, wrong, details };
}

function lintCase(
  fault: Fault,
  { seed, count, format, bad }: { seed: number; count: number; format: Format; bad: boolean },
): Promise<Linted> {
  const { columns, yaml = 'data: data.csv\ntarget: y\n', files } = fault.plant(drawGround(seed, count), bad);
  return lintTable(columns, yaml, files ?? {}, format);
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
