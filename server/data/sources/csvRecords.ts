/** CSV text record by record (RFC 4180): to find a file's dialect, and the exact place of a fault DuckDB only names roughly. */

export interface CsvRecord {
  readonly fields: readonly string[];
  /** Zero-based line that the record starts on. */
  readonly line: number;
  /** `open`: the text ended inside quotes; `stray`: text after a closing quote. */
  readonly fault?: 'open' | 'stray';
}

/** Records of text that comes in pieces; blank lines are none. Stops after the first with a fault. */
export async function* readRecords(
  pieces: AsyncIterable<string> | Iterable<string>,
  delimiter: string,
): AsyncGenerator<CsvRecord> {
  const reader = new RecordReader(delimiter);
  for await (const piece of pieces) {
    for (const record of reader.push(piece)) {
      yield record;
      if (record.fault !== undefined) return;
    }
  }
  yield* reader.end();
}

/** At most `limit` complete records at the start of a text; the last one too when the text is the whole file. */
export function firstRecords(
  text: string,
  delimiter: string,
  options: { whole: boolean; limit: number },
): CsvRecord[] {
  const reader = new RecordReader(delimiter);
  const records: CsvRecord[] = [];
  for (const record of reader.push(text)) if (records.push(record) === options.limit) return records;
  if (options.whole) records.push(...reader.end());
  return records;
}

class RecordReader {
  readonly #delimiter: string;
  #state: 'start' | 'plain' | 'quoted' | 'closed' = 'start';
  #field = '';
  #fields: string[] = [];
  #line = 0;
  #startLine = 0;
  #afterReturn = false;

  constructor(delimiter: string) {
    this.#delimiter = delimiter;
  }

  *push(text: string): Generator<CsvRecord> {
    let from = 0;
    for (let at = 0; at < text.length; at++) {
      const character = text[at];
      if (this.#state === 'quoted') {
        if (character === '\n') this.#line++;
        if (character !== '"') continue;
        this.#field += text.slice(from, at);
        this.#state = 'closed';
        continue;
      }
      const returned = this.#afterReturn;
      this.#afterReturn = character === '\r';
      if (character === '\n' && returned) {
        from = at + 1;
        continue;
      }
      if (character === '"' && this.#state === 'start') {
        this.#state = 'quoted';
        from = at + 1;
      } else if (character === '"' && this.#state === 'closed') {
        this.#field += '"';
        this.#state = 'quoted';
        from = at + 1;
      } else if (character === this.#delimiter || character === '\n' || character === '\r') {
        if (this.#state === 'plain') this.#field += text.slice(from, at);
        this.#endField();
        if (character !== this.#delimiter) yield* this.#endRecord();
      } else if (this.#state === 'closed') {
        yield { fields: this.#fields, line: this.#startLine, fault: 'stray' };
        return;
      } else if (this.#state === 'start') {
        this.#state = 'plain';
        from = at;
      }
    }
    if (this.#state === 'plain' || this.#state === 'quoted')
      this.#field += text.slice(Math.min(from, text.length));
  }

  *end(): Generator<CsvRecord> {
    if (this.#state === 'quoted') {
      yield { fields: this.#fields, line: this.#startLine, fault: 'open' };
    } else if (this.#state !== 'start' || this.#fields.length > 0) {
      this.#endField();
      yield* this.#endRecord();
    }
  }

  #endField(): void {
    this.#fields.push(this.#field);
    this.#field = '';
    this.#state = 'start';
  }

  *#endRecord(): Generator<CsvRecord> {
    const fields = this.#fields;
    const line = this.#startLine;
    this.#fields = [];
    this.#startLine = ++this.#line;
    if (fields.length > 1 || fields[0] !== '') yield { fields, line };
  }
}
