/** An in-memory DuckDB of its own for one table: typed arrays out, one clear error for what can go wrong. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance, DuckDBTypeId } from '@duckdb/node-api';
import bindings from '@duckdb/node-bindings';
import { ModelwrightError } from '../../catalog/errors.ts';
import { releaseChunks } from './releaseChunks.ts';
import { makeTemporaryFolder } from './temporaryFolder.ts';

export interface DatabaseOptions {
  /** Such as `1GB` (the default); beyond it DuckDB writes to the temporary folder. */
  readonly memoryLimit?: string;
  /** Where a folder for spilled and transcoded data is made; the system's by default. */
  readonly tempDirectory?: string;
  readonly threads?: number;
  readonly signal?: AbortSignal;
}

type NumericArrayConstructor =
  | Uint8ArrayConstructor
  | Uint16ArrayConstructor
  | Uint32ArrayConstructor
  | Int32ArrayConstructor
  | BigInt64ArrayConstructor
  | BigUint64ArrayConstructor
  | Float32ArrayConstructor
  | Float64ArrayConstructor;
type NumericArray = Float64Array | Int32Array | BigInt64Array | BigUint64Array | Uint8Array;

/** Values of a column whose type has a fixed width, and no nulls. */
export type Items = ArrayLike<number> & ArrayLike<bigint>;

/** A value of a small result: numbers and big integers, text, truth values, null. */
export type Cell = string | number | bigint | boolean | null;

export class Database {
  /** Removed on close. */
  readonly directory: string;
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #signal: AbortSignal | undefined;
  readonly #interrupt = (): void => this.#connection.interrupt();
  #closed = false;
  #check: (() => void) | undefined;
  #decoded: (() => Promise<void>) | undefined;
  #schema = 'main';

  private constructor(
    instance: DuckDBInstance,
    connection: DuckDBConnection,
    directory: string,
    signal: AbortSignal | undefined,
  ) {
    this.#instance = instance;
    this.#connection = connection;
    this.directory = directory;
    this.#signal = signal;
    signal?.addEventListener('abort', this.#interrupt);
  }

  static async open(options: DatabaseOptions = {}): Promise<Database> {
    if (options.signal?.aborted === true) throw new ModelwrightError('cancelled');
    const directory = makeDirectory(options.tempDirectory);
    const instance = await DuckDBInstance.create(':memory:', {
      memory_limit: options.memoryLimit ?? '1GB',
      threads: String(options.threads ?? 2),
      temp_directory: join(directory, 'spill'),
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    await connection.run("SET TimeZone = 'UTC'");
    await connection.run('SET preserve_insertion_order = true');
    return new Database(instance, connection, directory, options.signal);
  }

  /** Where names without one are looked up and made. */
  get schema(): string {
    return this.#schema;
  }

  /** Makes a schema, in which several sources can have a relation of one name, and works within it. */
  async within<T>(schema: string, work: () => Promise<T>): Promise<T> {
    const before = this.#schema;
    await this.run(`CREATE SCHEMA ${schema}`);
    await this.run(`SET schema = '${schema}'`);
    this.#schema = schema;
    const result = await work();
    await this.run(`SET schema = '${before}'`);
    this.#schema = before;
    return result;
  }

  async run(sql: string): Promise<void> {
    await this.#query(sql);
  }

  /** Rows of a small result. */
  async rows(sql: string): Promise<Cell[][]> {
    const result = await this.#query(sql);
    const rows: Cell[][] = [];
    for (let index = 0; index < result.chunkCount; index++) {
      // Queries cast to plain types, so no other value can come back.
      for (const row of result.getChunk(index).getRows()) rows.push(row as Cell[]);
    }
    return rows;
  }

  /** The first row of a result that has one. */
  async row(sql: string): Promise<Cell[]> {
    return (await this.rows(sql))[0] ?? [];
  }

  /** One value for each item. DuckDB takes time with the square of how many stand in one query, so they go in batches. */
  async aggregate<T>(
    items: readonly T[],
    sqlOf: (item: T) => string,
    { from, batch = 100 }: { from: string; batch?: number },
  ): Promise<Cell[]> {
    const values: Cell[] = [];
    for (let start = 0; start < items.length; start += batch) {
      const aggregates = items.slice(start, start + batch).map(sqlOf);
      values.push(...(await this.row(`SELECT ${aggregates.join(', ')} FROM ${from}`)));
    }
    return values;
  }

  /** As `aggregate`, with as many values for each item as it has aggregates. */
  async aggregateEach(items: readonly (readonly string[])[], from: string): Promise<Cell[][]> {
    const values = await this.aggregate(items.flat(), (sql) => sql, { from });
    return items.map((own) => values.splice(0, own.length));
  }

  /** Fills `out` from the query's only column, which fits into the array's type and has no nulls and as many rows. */
  async fill<T extends NumericArray>(sql: string, out: T): Promise<T> {
    await this.scan(sql, (items, from) => out.set(items, from));
    return out;
  }

  /**
   * Hands over the values of the query's only column, piece by piece: `items` as they are stored, `from` the row that the
   * first of them belongs to. What crosses is paid for by the byte, so the narrowest type that holds the values is best.
   */
  scan(sql: string, take: (items: Items, from: number) => void): Promise<void> {
    return this.scanEach(sql, (_, items, from) => take(items, from));
  }

  /** As `scan`, of all columns, `column` being their number: where there are few rows, a question costs more than they do. */
  async scanEach(sql: string, take: (column: number, items: Items, from: number) => void): Promise<void> {
    const result = await this.#query(sql);
    const arrays = Array.from({ length: result.columnCount }, (_, column) => {
      const ItemsArray = itemArrays[result.columnTypeId(column)];
      if (ItemsArray === undefined) throw new TypeError(`no array holds the values of: ${sql}`);
      return ItemsArray;
    });
    const chunks = result.chunkCount;
    for (let index = 0, from = 0; index < chunks; index++) {
      // Past the package's vectors, which look at the type and the nulls of each of thousands of chunks.
      const { chunk } = result.getChunk(index);
      const rows = bindings.data_chunk_get_size(chunk);
      for (const [column, ItemsArray] of arrays.entries()) {
        const vector = bindings.data_chunk_get_vector(chunk, column);
        const bytes = bindings.vector_get_data(vector, rows * ItemsArray.BYTES_PER_ELEMENT);
        // The buffer is DuckDB's, and its numbers are of either kind.
        const items = new ItemsArray(bytes.buffer as ArrayBuffer, bytes.byteOffset, rows) as unknown as Items;
        take(column, items, from);
      }
      from += rows;
    }
    releaseChunks(chunks);
  }

  /** The query's only column, of type UBIGINT without nulls. */
  async hashes(sql: string): Promise<BigUint64Array> {
    const pieces: BigUint64Array[] = [];
    // What is read of that type comes in such arrays, which `Items` does not say; they are DuckDB's.
    await this.scan(sql, (items) => pieces.push((items as unknown as BigUint64Array).slice()));
    const out = new BigUint64Array(pieces.reduce((sum, { length }) => sum + length, 0));
    let at = 0;
    for (const piece of pieces) {
      out.set(piece, at);
      at += piece.length;
    }
    return out;
  }

  /** The query's only column, which is text without nulls. */
  async texts(sql: string): Promise<string[]> {
    return (await this.textsEach(sql))[0] ?? [];
  }

  /** As `texts`, of all columns: where there are few rows, a question costs more than they do. */
  async textsEach(sql: string): Promise<string[][]> {
    const result = await this.#query(sql);
    const texts = Array.from({ length: result.columnCount }, (): string[] => []);
    for (let index = 0; index < result.chunkCount; index++) {
      const chunk = result.getChunk(index);
      const rows = chunk.rowCount;
      for (const [column, out] of texts.entries()) {
        const vector = chunk.getColumnVector(column);
        for (let row = 0; row < rows; row++) out.push(String(vector.getItem(row)));
      }
    }
    return texts;
  }

  /** For bulk appends; see append.ts. */
  get connection(): DuckDBConnection {
    return this.#connection;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal?.removeEventListener('abort', this.#interrupt);
    this.#connection.closeSync();
    this.#instance.closeSync();
    rmSync(this.directory, { recursive: true, force: true });
  }

  async #query(sql: string) {
    if (this.#signal?.aborted) throw new ModelwrightError('cancelled');
    try {
      const result = await this.#connection.run(sql);
      this.#check?.();
      return result;
    } catch (error) {
      // Of a file that has been changed meanwhile the change is the fault, whatever came of it.
      this.#check?.();
      const told = this.#translate(error);
      if (told === error) await this.#decoded?.();
      throw told;
    }
  }

  /**
   * Of a database whose queries read files, several times where it reads several sources. `unchanged` is asked after each query, and throws where its result cannot be
   * trusted. `decode` is asked once, after the first that fails for no known reason: it has `run` read the files whole,
   * and throws where one of them is what is at fault.
   */
  guard(unchanged: () => void, decode: (run: (sql: string) => Promise<unknown>) => Promise<void>): void {
    const check = this.#check;
    this.#check = () => {
      check?.();
      unchanged();
    };
    const other = this.#decoded;
    let decoded: Promise<void> | undefined;
    this.#decoded = async () => {
      await other?.();
      decoded ??= decode((sql) => this.#connection.run(sql));
      await decoded;
    };
  }

  /** Failures of the machine become errors of ours; all others are left to the reader that knows the file. */
  #translate(error: unknown): unknown {
    const reason = error instanceof Error ? error.message : String(error);
    if (this.#signal?.aborted || /^INTERRUPT/.test(reason)) return new ModelwrightError('cancelled');
    if (/no space left|disk full|max_temp_directory_size/i.test(reason)) {
      return new ModelwrightError('disk-full', { path: this.directory });
    }
    if (/^Out of Memory/i.test(reason))
      return new ModelwrightError('out-of-memory', { reason: firstLine(reason) });
    return error;
  }
}

/** By what DuckDB calls the type of the values. */
const itemArrays: Readonly<Partial<Record<DuckDBTypeId, NumericArrayConstructor>>> = {
  [DuckDBTypeId.UTINYINT]: Uint8Array,
  [DuckDBTypeId.USMALLINT]: Uint16Array,
  [DuckDBTypeId.UINTEGER]: Uint32Array,
  [DuckDBTypeId.INTEGER]: Int32Array,
  [DuckDBTypeId.BIGINT]: BigInt64Array,
  [DuckDBTypeId.UBIGINT]: BigUint64Array,
  [DuckDBTypeId.FLOAT]: Float32Array,
  [DuckDBTypeId.DOUBLE]: Float64Array,
};

/** The first line of a DuckDB message, without its class. */
export function firstLine(message: string): string {
  const line = message.split('\n', 1)[0] ?? '';
  return line.replace(/^[A-Z][\w ]*(?:Error|Exception): ?/, '').trim();
}

function makeDirectory(parent: string | undefined): string {
  try {
    return parent === undefined ? makeTemporaryFolder() : mkdtempSync(join(parent, 'database-'));
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    if (reason === 'ENOSPC') throw new ModelwrightError('disk-full', { path: parent ?? tmpdir() });
    throw new ModelwrightError('temp-unwritable', { path: parent ?? tmpdir(), reason });
  }
}
