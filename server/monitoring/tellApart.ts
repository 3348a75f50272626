/** The test of all columns together as a question that can be asked of a thread: data in, numbers out. */
import { type ClassifierTest, classifierTest } from '../statistics/classifierTest.ts';
import { createRandom } from '../statistics/random.ts';
import { energyTest } from './energy.ts';

export interface TogetherTask {
  readonly test: 'energy' | 'classifier';
  /** Of each column the bin of each row, from 0 to 31. */
  readonly columns: readonly Uint8Array[];
  /** 0 reference, 1 current, of each row. */
  readonly labels: Uint8Array;
  readonly seed: number;
}

export type Told =
  | { readonly test: 'energy'; readonly effect: number; readonly p: number }
  | ({ readonly test: 'classifier' } & ClassifierTest);

export function tellApart({ test, columns, labels, seed }: TogetherTask): Told {
  const random = createRandom(seed, 'drift classifier');
  return test === 'energy'
    ? { test, ...energyTest(columns, labels, random) }
    : { test, ...classifierTest(columns, labels, random) };
}
