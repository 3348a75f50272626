/** Writes the example model and its raw feeds for score.py. Run: node write.ts FOLDER && python score.py FOLDER. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { allRows } from '../../features/csvTable.ts';
import { exampleModel, exampleTable } from '../exampleModel.ts';

const [, , folder = '.'] = process.argv;
const table = await exampleTable();
writeFileSync(join(folder, 'model.onnx'), await exampleModel(table));
const rows = allRows(table);
const feeds = [];
for (const { name, input } of table.columns) {
  // Non-finite numbers are no JSON: null is NaN, and the reader of a table makes infinities missing anyway.
  const values = input === 'float' ? [...(await table.numbers(name))] : await table.rawStrings(name, rows);
  feeds.push({ name, values });
}
writeFileSync(join(folder, 'feeds.json'), JSON.stringify(feeds));
await table.close();
