/** Runs a whole model file through its raw inputs, fed as any other user of the file would feed them. */
import type { RawInput, Table } from '../data/table.ts';
import type { OnnxSession, TensorFeed } from './session.ts';
import { sharedNumbers } from './sharedColumns.ts';

/** Strings make wide chunks slow. */
const rawChunkRows = 8_192;

/** Calls `visit` with the outputs of each chunk of `rows` in order; `start` counts from 0. */
export async function runRaw(
  session: OnnxSession,
  { table, rows, inputs }: { table: Table; rows: Int32Array; inputs: readonly RawColumn[] },
  visit: (outputs: ReadonlyMap<string, TensorFeed>, start: number) => void,
): Promise<void> {
  const numbers = new Map<string, Float32Array>();
  for (const { name, input } of inputs) {
    if (input === 'float') numbers.set(name, await sharedNumbers(table, name));
  }
  for (let start = 0; start < rows.length; start += rawChunkRows) {
    const chunk = rows.subarray(start, start + rawChunkRows);
    const shape = [chunk.length, 1];
    const feeds = new Map<string, TensorFeed>();
    for (const { name } of inputs) {
      const values = numbers.get(name);
      feeds.set(
        name,
        values === undefined
          ? { type: 'string', data: await table.rawStrings(name, chunk), shape }
          : { type: 'float', data: Float32Array.from(chunk, (row) => values[row] ?? Number.NaN), shape },
      );
    }
    visit(await session.run(feeds), start);
  }
}

export interface RawColumn {
  readonly name: string;
  readonly input: RawInput;
}
