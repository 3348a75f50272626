/** Which columns become features, by the roles and words of the experiment. */
import { expect, test } from 'vitest';
import { resolveExperiment } from '../../server/config/resolve.ts';
import { featureColumns, leftOutColumns, targetSources } from '../../server/data/roles.ts';
import type { ColumnKind } from '../../server/data/table.ts';

const names = ['id', 'day', 'who', 'w', 'mail', 'later', 'delay', 'late', 'plan', 'age', 'note'];
const columns = names.map((name) => ({ name, kind: (name === 'note' ? 'text' : 'numeric') as ColumnKind }));
const data = {
  source: 'x.csv',
  id: 'id',
  time: 'day',
  group: 'who',
  weight: 'w',
  derive: [
    { name: 'slow', expr: 'delay * 2' },
    { name: 'late', expr: 'slow > 30' },
  ],
  columns: { mail: { pii: 'email' }, later: { available: 'after' } },
};

function experimentOf(features: object = {}) {
  return resolveExperiment({ target: 'late', data, features }, 'x.experiment.yaml');
}

function check(features: object, expected: string[]) {
  expect(featureColumns(experimentOf(features), columns).map(({ name }) => name)).toEqual(expected);
}

test('by default all columns but those with another role, and never what the target is computed from', () => {
  check({}, ['plan', 'age']);
  expect([...targetSources(experimentOf())].toSorted()).toEqual(['delay', 'slow']);
});

test('a name brings a column in whatever its role, a glob only those without one', () => {
  check({ include: ['day', 'mail', 'p*'] }, ['day', 'mail', 'plan']);
  check({ include: ['*'] }, ['plan', 'age']);
  check({ include: ['?ge', 'nope'] }, ['age']);
});

test('exclude wins, and the target and its sources stay out even by name', () => {
  check({ exclude: ['p*'] }, ['age']);
  check({ include: ['plan', 'age'], exclude: ['age'] }, ['plan']);
  check({ include: ['delay', 'late', 'age'] }, ['age']);
});

test('kinds that cannot be compiled yet are listed with the reason', () => {
  expect(leftOutColumns(experimentOf(), columns)).toEqual([
    { name: 'note', reason: 'text columns are not turned into features yet' },
  ]);
});
