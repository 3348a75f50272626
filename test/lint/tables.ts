/** Generated tables, clean or with one fault, and what lint says of an experiment on them: text and data as a user has them. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { Experiment } from '../../server/config/experiment.ts';
import { type LoadedExperiment, loadExperiment } from '../../server/config/load.ts';
import { collectFacts } from '../../server/data/facts/collectFacts.ts';
import type { DataFacts } from '../../server/data/facts/facts.ts';
import { glimpse } from '../../server/data/facts/glimpse.ts';
import { tableSpec } from '../../server/data/spec.ts';
import { openTable } from '../../server/data/tables/openTable.ts';
import { lintExperiment, stageOf } from '../../server/lint/engine.ts';
import type { Finding } from '../../server/protocol/finding.ts';
import { createRandom, type Random } from '../../server/statistics/random.ts';

export type Cell = string | number | boolean | null;
/** Columns by name, all of one length. */
export type Columns = Record<string, Cell[]>;

export interface Linted {
  readonly findings: readonly Finding[];
  readonly facts: DataFacts;
}

/** Writes the columns as `data.csv` (and `files` beside it, texts as they are), and lints `yaml`, which names them. */
export async function lintTable(
  columns: Columns,
  yaml = 'data: data.csv\ntarget: y\n',
  files: Readonly<Record<string, Columns | string>> = {},
  format: Format = 'csv',
): Promise<Linted> {
  return withTable({ columns, yaml, files, format }, async (loaded, experiment, folder) => {
    const table = await openTable(tableSpec(experiment, folder));
    try {
      const facts = await collectFacts(experiment, table);
      const context = { loaded, stage: stageOf(loaded), facts };
      return { findings: lintExperiment(context, { now: new Date(0) }), facts };
    } finally {
      await table.close();
    }
  });
}

/** As an editor says it: from some rows, and without any. Undefined where the table is small. */
export async function lintSome(
  columns: Columns,
  yaml = 'data: data.csv\ntarget: y\n',
  files: Readonly<Record<string, Columns | string>> = {},
  format: Format = 'csv',
): Promise<(Linted & { readonly blind: readonly Finding[] }) | undefined> {
  return withTable({ columns, yaml, files, format }, async (loaded, experiment, folder) => {
    const facts = await glimpse(experiment, tableSpec(experiment, folder), folder);
    if (facts === null) return undefined;
    const context = { loaded, stage: stageOf(loaded) };
    const options = { now: new Date(0) };
    return {
      findings: lintExperiment({ ...context, facts }, options),
      facts,
      blind: lintExperiment(context, options),
    };
  });
}

type Format = 'csv' | 'jsonl' | 'parquet';

interface Written {
  readonly columns: Columns;
  readonly yaml: string;
  readonly files: Readonly<Record<string, Columns | string>>;
  readonly format: Format;
}

async function withTable<T>(
  { columns, yaml, files, format }: Written,
  look: (loaded: LoadedExperiment, experiment: Experiment, folder: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'modelwright-lint-'));
  try {
    for (const [name, table] of Object.entries({ 'data.csv': columns, ...files })) {
      if (typeof table === 'string') writeFileSync(join(folder, name), table);
      else await writeTable(join(folder, name.replace('.csv', `.${format}`)), table, format);
    }
    const file = join(folder, 'test.experiment.yaml');
    writeFileSync(file, yaml.replaceAll('.csv', `.${format}`));
    const loaded = loadExperiment({ file, workspace: folder });
    if (loaded.experiment === undefined) throw new Error('the experiment cannot be resolved');
    return await look(loaded, loaded.experiment, folder);
  } finally {
    // What is left of a glimpse is removed a moment after its answer.
    rmSync(folder, { recursive: true, maxRetries: 5, retryDelay: 20 });
  }
}

async function writeTable(file: string, table: Columns, format: Format): Promise<void> {
  if (format === 'csv') return writeFileSync(file, toCsv(table));
  const json = file.replace(/\.\w+$/, '.jsonl');
  writeFileSync(json, toJsonLines(table));
  if (format === 'jsonl') return;
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  await connection.run(
    `COPY (SELECT * FROM read_json('${json}', sample_size = -1)) TO '${file}' (FORMAT parquet)`,
  );
  connection.closeSync();
  instance.closeSync();
}

function toJsonLines(columns: Columns): string {
  const names = Object.keys(columns);
  const rows = columns[names[0] ?? '']?.length ?? 0;
  const lines: string[] = [];
  for (let row = 0; row < rows; row++) {
    lines.push(JSON.stringify(Object.fromEntries(names.map((name) => [name, columns[name]?.[row] ?? null]))));
  }
  return `${lines.join('\n')}\n`;
}

/** Findings of one rule. */
export function ofRule({ findings }: Linted, rule: string): readonly Finding[] {
  return findings.filter((finding) => finding.rule === rule);
}

/** `rule column` of everything that is a warning or worse. */
export function alarms({ findings }: Linted): string[] {
  return findings
    .filter(({ severity }) => severity === 'error' || severity === 'warning')
    .map(({ rule, data, message }) => `${rule} ${data['column'] ?? ''}: ${message}`);
}

export function toCsv(columns: Columns): string {
  const names = Object.keys(columns);
  const rows = columns[names[0] ?? '']?.length ?? 0;
  const lines = [names.map(quote).join(',')];
  for (let row = 0; row < rows; row++)
    lines.push(names.map((name) => quote(columns[name]?.[row] ?? null)).join(','));
  return `${lines.join('\n')}\n`;
}

function quote(cell: Cell): string {
  const text = cell === null ? '' : String(cell);
  return /[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Draws columns one after another from a seeded stream. */
export class Drawing {
  readonly rows: number;
  readonly random: Random;

  constructor(rows: number, seed: number) {
    this.rows = rows;
    this.random = createRandom(seed, 'tables', rows);
  }

  column<T extends Cell>(draw: (row: number) => T): T[] {
    return Array.from({ length: this.rows }, (_, row) => draw(row));
  }

  normal(mean = 0, deviation = 1, digits = 3): number[] {
    return this.column(() => Number((mean + deviation * this.random.normal()).toFixed(digits)));
  }

  whole(low: number, high: number): number[] {
    return this.column(() => low + this.random.int(high - low + 1));
  }

  level(...levels: string[]): string[] {
    return this.column(() => levels[this.random.int(levels.length)] ?? '');
  }

  /** 1 with the probability of the logistic function of `logit`. */
  binary(logit: (row: number) => number): number[] {
    return this.column((row) => (this.random.uniform() < 1 / (1 + Math.exp(-logit(row))) ? 1 : 0));
  }

  /** ISO dates (or instants) through a span of days, in no order. */
  dates(first: string, days: number): string[] {
    const start = Date.parse(first);
    return this.column(() => new Date(start + this.random.int(days) * 86_400_000).toISOString().slice(0, 10));
  }

  /** Empties a share of the cells. */
  holes<T extends Cell>(cells: T[], share: number): (T | null)[] {
    return cells.map((cell) => (this.random.uniform() < share ? null : cell));
  }
}

/** Two numbers and a category that say a little about a binary `y`: the ground on which a fault is planted. */
export function plain(rows: number, seed = 1, rate = 0): Columns {
  const drawing = new Drawing(rows, seed);
  const a = drawing.normal(50, 10);
  const b = drawing.normal();
  const city = drawing.level('north', 'south', 'east', 'west');
  const y = drawing.binary((row) => rate + 0.08 * ((a[row] ?? 0) - 50) + 0.5 * (b[row] ?? 0));
  return { a, b, city, y };
}
