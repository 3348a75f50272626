/** A small table with a bit of everything: gaps, rare levels, dates, groups, duplicates, personal data, three targets. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { createRandom } from '../../../server/statistics/random.ts';

export const rowCount = 420;

/** Writes a.csv, its twins in other formats and spellings, three files of a given split, and a base experiment. */
export function writeTables(folder: string): void {
  const rows = makeRows();
  const save = (name: string, lines: readonly (readonly string[])[], delimiter = ',') =>
    writeFileSync(join(folder, name), `${lines.map((line) => line.join(delimiter)).join('\n')}\n`);
  const [header = [], ...body] = rows;
  save('a.csv', rows);
  writeFileSync(join(folder, 'two.csv'), 'a;b,c\n1;2,3\n4;5,6\n');
  save(
    'semicolon.csv',
    rows.map((row) => row.map((cell) => cell.replace('.', ','))),
    ';',
  );
  save('train.csv', [header, ...body.slice(0, 250)]);
  save('valid.csv', [header, ...body.slice(250, 320)]);
  save('test.csv', [header, ...body.slice(320)]);
  writeFileSync(
    join(folder, 'latin.csv'),
    Buffer.from(rows.map((row) => row.join(',').replace('blue', 'bleu é')).join('\n'), 'latin1'),
  );
  save('events.csv', eventRows(1));
  save('other.csv', eventRows(2));
  const anonymous = rows.map((row) => row.slice(1));
  save('twins.csv', [...anonymous, ...anonymous.slice(1, 120)]);
  const database = new Database(join(folder, 'b.sqlite'));
  database.exec('CREATE TABLE t (a INTEGER, b INTEGER); INSERT INTO t VALUES (1, 2), (3, 4)');
  database.close();
  writeFileSync(join(folder, 'base.yaml'), 'train: {seed: 7}\n');
}

/** Of most of the people in the table, and told of some days later. */
function eventRows(seed: number): string[][] {
  const random = createRandom(seed);
  const rows = [['who', 'plan', 'at', 'told', 'weight']];
  for (let row = 0; row < 150; row++) {
    const at = Date.UTC(2025, 0, 1) + random.int(420) * 86_400_000;
    const day = (time: number) => new Date(time).toISOString().slice(0, 10);
    const plan = random.int(2) === 0 ? 'red' : 'blue';
    const told = day(at + random.int(20) * 86_400_000);
    rows.push([`c${random.int(50)}`, plan, day(at), told, String(random.int(9))]);
  }
  return rows;
}

function makeRows(): string[][] {
  const random = createRandom(11);
  const pick = <T>(values: readonly T[]) => values[random.int(values.length)] ?? values[0];
  const rows = [
    ['id', 'age', 'fee', 'plan', 'day', 'seen', 'who', 'heavy', 'mail', 'late', 'minutes', 'kind', 'odd'],
  ];
  for (let row = 0; row < rowCount; row++) {
    const age = 18 + random.int(60);
    const fee = random.uniform() * 100;
    const plan = random.uniform() < 0.01 ? 'violet' : pick(['red', 'green', 'blue', 'grey']);
    const day = new Date(Date.UTC(2025, 0, 1 + row, random.int(24), random.int(60)));
    const odds = (age - 50) / 6 + (plan === 'red' ? 2 : -0.5) + fee / 60;
    const late = random.uniform() < 1 / (1 + Math.exp(-odds)) ? '1' : '0';
    const minutes = (odds * 5 + random.normal() * 4).toFixed(2);
    rows.push([
      String(row),
      row % 11 === 3 ? '' : String(age),
      fee.toFixed(2),
      row % 13 === 5 ? '' : String(plan),
      day.toISOString().slice(0, 19),
      new Date(day.getTime() - random.int(90) * 86_400_000).toISOString().slice(0, 10),
      `c${random.int(60)}`,
      String(1 + random.int(5)),
      `p${row}@example.org`,
      late,
      minutes,
      odds < -1 ? 'low' : odds < 2 ? 'mid' : 'high',
      row % 50 === 7 ? 'gone' : String(random.int(100)),
    ]);
  }
  return rows;
}
