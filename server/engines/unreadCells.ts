/** Cells that a model takes for missing although something stands there: text among numbers, dates of another form. */
import { missingEpoch, type Table } from '../data/table.ts';
import type { ModelLineage } from '../onnx/lineage.ts';
import { grouped } from '../protocol/grouped.ts';

/** One sentence for each column of the model that has such cells, in the model's order. */
export async function describeUnread(
  { features }: Pick<ModelLineage, 'features'>,
  table: Table,
  rows: Int32Array,
): Promise<string[]> {
  const sentences: string[] = [];
  for (const { name, input } of features) {
    // What the source has as numbers or dates can be read.
    const isText = table.columns.some((column) => column.name === name && column.type === 'VARCHAR');
    if (!isText || input === 'string') continue;
    const lost = await rowsWithout(table, name, input);
    const written = await table.rawStrings(name, rows.filter(lost));
    const unread = written.filter((text) => text !== '' && !/^[+-]?inf(inity)?$/i.test(text));
    if (unread.length === 0) continue;
    const kind = input === 'date' ? 'date such as 2024-05-31' : 'number';
    sentences.push(
      `Column \`${name}\`: ${grouped(unread.length)} of ${grouped(rows.length)} rows hold no ${kind}, but text such as ${JSON.stringify(unread[0])}: they count as missing.`,
    );
  }
  return sentences;
}

async function rowsWithout(table: Table, name: string, input: 'float' | 'date') {
  if (input === 'date') {
    const epochs = await table.epochs(name);
    return (row: number) => epochs[row] === missingEpoch;
  }
  const values = await table.numbers(name);
  return (row: number) => Number.isNaN(values[row]);
}
