/** A table from a file or from text, closed when the test ends. */
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Table, TableSpec } from '../../server/data/table.ts';
import { openTable } from '../../server/data/tables/openTable.ts';

export type SpecPart = Partial<TableSpec>;

export async function tableOf(file: string, part: SpecPart = {}): Promise<Table> {
  const table = await openTable({ source: [file], format: 'auto', read: {}, derive: [], kinds: {}, ...part });
  onTestFinished(() => table.close());
  return table;
}

export function csvIn(folder: string) {
  return (text: string | Uint8Array, part: SpecPart = {}, name = `${randomUUID()}.csv`): Promise<Table> => {
    const file = join(folder, name);
    writeFileSync(file, text);
    return tableOf(file, part);
  };
}
