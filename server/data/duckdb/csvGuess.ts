/** Guesses the types of a CSV file's columns from its first rows: a guess is never wider than what all rows will show. */
import type { Database } from './database.ts';

/** Narrowest first. */
const cellTypes = ['BOOLEAN', 'BIGINT', 'HUGEINT', 'DOUBLE', 'DATE', 'TIMESTAMP', 'VARCHAR'] as const;
export type CellType = (typeof cellTypes)[number];

/** Cells looked at: 2,000 rows of up to 100 columns, fewer of wider files. */
const sampleCells = 200_000;

/** Where another look at all rows takes less than a look at so many cells here. */
const fewCells = 5_000;

/** For each of these columns of `raw` the narrowest type that its first cells have; BOOLEAN where they are all missing. */
export async function guessTypes(
  database: Database,
  ids: readonly string[],
  { decimal, soon = false }: { decimal: '.' | ','; soon?: boolean },
): Promise<CellType[]> {
  const rows = Math.max(10, Math.min(2000, Math.floor((soon ? fewCells : sampleCells) / ids.length)));
  const types = ids.map((): CellType => 'BOOLEAN');
  for (const row of await database.rows(`SELECT ${ids.join(', ')} FROM raw LIMIT ${rows}`)) {
    for (const [index, cell] of row.entries()) {
      if (cell === null) continue;
      const text = String(cell);
      let type = types[index] ?? 'VARCHAR';
      while (type !== 'VARCHAR' && !fits(text, type, decimal)) type = widerType(type);
      types[index] = type;
    }
  }
  return types;
}

export function widerType(type: CellType): CellType {
  return cellTypes[cellTypes.indexOf(type) + 1] ?? 'VARCHAR';
}

/** May say yes to a cell that DuckDB refuses, never no to one that it takes. */
function fits(text: string, type: CellType, decimal: '.' | ','): boolean {
  switch (type) {
    case 'BOOLEAN':
      return /^(true|false)$/i.test(text);
    case 'BIGINT':
      return /^\s*[+-]?\d{1,30}\s*$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text);
    case 'HUGEINT':
      return /^\s*[+-]?\d+\s*$/.test(text);
    case 'DOUBLE':
      return (
        /^\s*[+-]?(inf(inity)?|nan)\s*$/i.test(text) ||
        !Number.isNaN(Number(decimal === ',' ? text.replace(',', '.') : text))
      );
    case 'DATE':
      return /^\d{4}-\d{2}-\d{2}$/.test(text);
    case 'TIMESTAMP':
      return /^\d{4}-\d{2}-\d{2}/.test(text);
    case 'VARCHAR':
      return true;
  }
}
