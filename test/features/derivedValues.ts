/** What row features are, by the table's SQL and by the model file fed with raw values. */
import type { Table } from '../../server/data/table.ts';
import { openSession, type TensorFeed } from '../../server/engines/session.ts';
import { appendInputs, rawInputs } from '../../server/features/derived.ts';
import { createGraph } from '../../server/onnx/graph.ts';
import { allRows, settingsOf } from './csvTable.ts';

export type Values = readonly (number | bigint | string)[];
type Features = readonly { readonly name: string; readonly expr: string }[];

/** Numbers as float32 with NaN, dates as epoch seconds, texts with '' where they are missing. */
export async function valuesInTable(table: Table, name: string): Promise<Values> {
  switch (table.column(name).input) {
    case 'date':
      return [...(await table.epochs(name))];
    case 'string':
      return table.rawStrings(name, allRows(table));
    case 'float':
      return [...Float32Array.from(await table.numbers(name))];
  }
}

/** The same by name. `feeds`: every raw column as a client sends it. */
export async function valuesInFile(
  table: Table,
  features: Features,
  feeds: ReadonlyMap<string, TensorFeed>,
): Promise<ReadonlyMap<string, Values>> {
  const graph = createGraph();
  const made = features.map(({ name }) => table.column(name));
  const raw = rawInputs({ table, columns: made, settings: { ...settingsOf(), derive: features } });
  const appended = appendInputs(graph, raw);
  for (const { name, input } of made) {
    const tensor = input === 'date' ? appended.epochs([name]) : name;
    graph.node('Identity', [tensor], {}, { name: `out ${name}` });
    const type = input === 'date' ? 'int64' : input === 'string' ? 'string' : 'float';
    graph.output(`out ${name}`, type, ['n', 1]);
  }
  const session = await openSession(graph.build({}));
  const used = new Map([...feeds].filter(([name]) => raw.inputs.some((input) => input.name === name)));
  const results = await session.run(used);
  await session.close();
  return new Map(made.map(({ name }) => [name, [...(results.get(`out ${name}`)?.data ?? [])]] as const));
}
