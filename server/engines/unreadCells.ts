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
  const columns = new Map(table.columns.map((column) => [column.name, column]));
  for (const { name, kind, input } of features) {
    const column = columns.get(name);
    if (column === undefined || input === 'string' || isRead(input, column.type)) continue;
    const lost = await rowsWithout(table, name, input);
    const texts = await table.rawStrings(name, rows.filter(lost));
    const unread = texts.filter((text) => text !== '' && !/^[+-]?inf(inity)?$/i.test(text));
    if (unread.length === 0) continue;
    const what =
      input === 'date' ? 'date such as 2024-05-31' : kind === 'boolean' ? 'true or false' : 'number';
    const written = column.type === 'VARCHAR' ? `text such as ${JSON.stringify(unread[0])}` : unread[0];
    sentences.push(
      `Column \`${name}\`: ${grouped(unread.length)} of ${grouped(rows.length)} rows hold no ${what}, but ${written}: they count as missing.`,
    );
  }
  return sentences;
}

/** What the source has as numbers, or as dates, can be read as such; a number is no date. */
function isRead(input: 'float' | 'date', type: string): boolean {
  return input === 'date' ? /^(DATE|TIMESTAMP)/.test(type) : type !== 'VARCHAR';
}

async function rowsWithout(table: Table, name: string, input: 'float' | 'date') {
  if (input === 'date') {
    const epochs = await table.epochs(name);
    return (row: number) => epochs[row] === missingEpoch;
  }
  const values = await table.numbers(name);
  return (row: number) => Number.isNaN(values[row]);
}
