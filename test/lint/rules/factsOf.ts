/** The facts of a table for an experiment, for rules that need more than a table says. */
import type { DataFacts } from '../../../server/data/facts/facts.ts';
import { type Columns, lintTable } from '../tables.ts';

export async function factsOf(columns: Columns, yaml: string): Promise<DataFacts> {
  const { facts } = await lintTable(columns, yaml.replace('data/churn.csv', 'data.csv'));
  return facts;
}
