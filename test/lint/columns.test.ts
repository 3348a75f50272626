import { expect, test } from 'vitest';
import { percent } from '../../server/lint/columns.ts';

test.each([
  [0, '0 %'],
  [0.000_001, '< 0.01 %'],
  [0.000_2, '0.02 %'],
  [0.031, '3.1 %'],
  [0.125, '13 %'],
  [0.994, '99.4 %'],
  [0.9999, '> 99.9 %'],
  [1, '100 %'],
])('a share of %d is %s', (share, said) => {
  expect(percent(share)).toBe(said);
});
