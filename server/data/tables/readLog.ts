/** The prediction log of a deployment as a Table: lines that were cut off are passed over, columns are typed as the model's. */

import { existsSync } from 'node:fs';
import { Database, type DatabaseOptions } from '../duckdb/database.ts';
import { sqlText } from '../duckdb/sql.ts';
import type { SqlColumn } from '../sources/columnSql.ts';
import { escapeGlob } from '../sources/readCsv.ts';
import { openFile } from '../sources/sources.ts';
import type { ColumnKind, RawInput } from '../table.ts';
import { DuckTable } from './duckTable.ts';

export interface LogRequest {
  /** Files in order, oldest first. */
  readonly segments: readonly string[];
  readonly model: string;
  readonly version: string;
  /** The model's inputs. */
  readonly inputs: readonly { readonly name: string; readonly kind: ColumnKind; readonly input: RawInput }[];
  /** What is answered: its field in the log, and what it is called in the table. */
  readonly answer: {
    readonly field: 'score' | 'prediction';
    readonly name: string;
    readonly kind: ColumnKind;
  };
}

/** The column of the time at which a row was answered. A model's input may have any other name. */
export const logTime = '\u0000time';

/** Throws `data-unreadable`. Inputs and answers that no line holds, redacted ones for instance, are no columns of the table. */
export async function openLog(request: LogRequest, options: DatabaseOptions = {}): Promise<DuckTable> {
  const { segments, model, version, inputs, answer } = request;
  const readable = await readableOf(segments);
  const database = await Database.open(options);
  try {
    const files = readable.map((path) => sqlText(escapeGlob(path))).join(', ');
    await database.run('CREATE TABLE lines (time VARCHAR, inputs JSON, prediction VARCHAR, score DOUBLE)');
    if (readable.length > 0)
      await database.run(`INSERT INTO lines SELECT time, inputs, prediction, score FROM read_json([${files}],
      format = 'newline_delimited', ignore_errors = true, maximum_object_size = 67108864,
      columns = {time: 'VARCHAR', model: 'VARCHAR', version: 'VARCHAR', inputs: 'JSON', prediction: 'VARCHAR', score: 'DOUBLE'})
      WHERE model = ${sqlText(model)} AND version = ${sqlText(version)} AND time IS NOT NULL`);
    const held = [answer.field, ...inputs.map(({ name }) => `json_type(inputs, ${pointer(name)})`)];
    const [answers, ...counts] = await database.aggregate(held, (sql) => `count(${sql})`, { from: 'lines' });
    const present = inputs.filter((_, index) => Number(counts[index]) > 0);
    const columns: SqlColumn[] = [
      { ...plain, name: logTime, kind: 'datetime', input: 'date', type: 'TIMESTAMP', sql: 't' },
      ...(Number(answers) > 0 ? [{ ...plain, ...answer, ...typed(answer.kind), sql: 'a' }] : []),
      ...present.map((input, index) => ({ ...plain, ...input, ...typed(input.kind), sql: `c${index}` })),
    ];
    const values = present.map(({ name, kind }, index) => {
      const text = `json_extract_string(inputs, ${pointer(name)})`;
      return `${typed(kind).type === 'DOUBLE' ? `TRY_CAST(${text} AS DOUBLE)` : text} AS c${index}`;
    });
    const own = typed(answer.kind).type === 'DOUBLE' ? `TRY_CAST(${answer.field} AS DOUBLE)` : answer.field;
    await database.run(`CREATE TABLE source AS
      SELECT TRY_CAST(replace(time, 'Z', '') AS TIMESTAMP) AS t, ${[`${own} AS a`, ...values].join(', ')} FROM lines`);
    await database.run('DROP TABLE lines');
    const [rowCount] = await database.row('SELECT count(*) FROM source');
    return new DuckTable({
      database,
      name: 'source',
      view: false,
      columns,
      row: 'rowid',
      rowCount: Number(rowCount),
      hash: '',
      parts: [],
    });
  } catch (error) {
    database.close();
    throw error;
  }
}

/** Without those that were removed since they were listed: a log is kept for some time only. */
async function readableOf(segments: readonly string[]): Promise<string[]> {
  const kept = segments.filter((path) => existsSync(path));
  for (const path of kept) await (await openFile(path)).close();
  return kept;
}

const plain = { derived: false, decimal: '.' } as const;

function typed(kind: ColumnKind): { readonly type: string; readonly input: RawInput } {
  return kind === 'numeric' || kind === 'boolean' || kind === 'cyclic'
    ? { type: 'DOUBLE', input: 'float' }
    : { type: 'VARCHAR', input: kind === 'datetime' ? 'date' : 'string' };
}

/** RFC 6901: a name may hold anything. */
function pointer(name: string): string {
  return sqlText(`/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`);
}
