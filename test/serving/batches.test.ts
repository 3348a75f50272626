import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { RowInputs, RowScorer } from '../../server/engines/rowScorer.ts';
import { createBatches } from '../../server/serving/batches.ts';
import type { Rows } from '../../server/serving/rows.ts';
import { rounds } from '../rounds.ts';

/** Scores a row with its float and the double of it, and labels it with its text; fails where a row holds -1. */
function echo(): RowScorer & { readonly calls: number[] } {
  const calls: number[] = [];
  return {
    calls,
    async score({ rows, floats, strings }: RowInputs) {
      calls.push(rows);
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (floats.includes(-1)) throw new Error('a bad row');
      const values = new Float32Array(2 * rows);
      floats.forEach((float, row) => {
        values.set([float, 2 * float], 2 * row);
      });
      return { values, labels: Int32Array.from(strings, Number) };
    },
    async close() {},
  };
}

const rowsOf = (values: readonly number[]): Rows => ({
  count: values.length,
  floats: values,
  strings: values.map((value) => String(value)),
});
const range = (count: number) => Array.from({ length: count }, (_, index) => index);

describe('batches', () => {
  it('give every request its own rows back, however they come together', async () => {
    const values = fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 1, maxLength: 90 });
    await fc.assert(
      fc.asyncProperty(fc.array(values, { minLength: 1, maxLength: 40 }), async (requests) => {
        const batches = createBatches(echo(), 2);
        const answers = await Promise.all(requests.map((each) => batches.score(rowsOf(each))));
        expect(answers.map(({ labels }) => [...(labels ?? [])])).toEqual(requests);
        expect(answers.map((answer) => [...answer.values])).toEqual(
          requests.map((each) => each.flatMap((value) => [value, 2 * value])),
        );
      }),
      { numRuns: rounds(20, 300), seed: 5 },
    );
  });

  it('take at most 64 rows of several requests together', async () => {
    const scorer = echo();
    const batches = createBatches(scorer, 2);
    await Promise.all(range(200).map((value) => batches.score(rowsOf([value]))));
    expect(scorer.calls).toEqual([64, 64, 64, 8]);
  });

  it('score a large request in pieces and let small ones in between', async () => {
    const scorer = echo();
    const batches = createBatches(scorer, 2);
    const order: string[] = [];
    const large = batches.score(rowsOf(range(5_000))).then((scores) => {
      order.push('large');
      return scores;
    });
    await batches.score(rowsOf([1])).then(() => order.push('small'));
    expect([...((await large).labels ?? [])]).toEqual(range(5_000));
    expect(order).toEqual(['small', 'large']);
    expect(Math.max(...scorer.calls)).toBeLessThanOrEqual(1_024);
  });

  it('fail alone: others that came with a bad row are answered', async () => {
    const batches = createBatches(echo(), 2);
    const outcomes = await Promise.allSettled([3, -1, 5].map((value) => batches.score(rowsOf([value]))));
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  });

  it('refuse what cannot be answered in time', async () => {
    const batches = createBatches(echo(), 2);
    const waiting = range(100).map(() => batches.score(rowsOf(range(1_000))));
    await expect(batches.score(rowsOf([1]))).rejects.toMatchObject({ code: 'server-busy' });
    await Promise.all(waiting);
    expect((await batches.score(rowsOf([1]))).values).toEqual(Float32Array.of(1, 2));
  });
});
