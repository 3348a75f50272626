import { describe, expect, it } from 'vitest';
import { createStatistics, latencyBounds } from '../../server/serving/statistics.ts';
import { createRandom } from '../../server/statistics/random.ts';

describe('figures of a deployment', () => {
  it('hold quantiles to 1 %, over six orders of magnitude', () => {
    const statistics = createStatistics();
    const random = createRandom(3, 'latency');
    const values = Array.from({ length: 20_000 }, () => 10 ** (-2 + 6 * random.uniform()));
    for (const value of values) statistics.countRequest(200, value);
    const sorted = values.toSorted((a, b) => a - b);
    const snapshot = statistics.snapshot();
    for (const [share, value] of [
      [0.5, snapshot.p50],
      [0.95, snapshot.p95],
      [0.99, snapshot.p99],
    ] as const) {
      // The nearest rank, by hand.
      const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
      expect(Math.abs((value ?? 0) / exact - 1)).toBeLessThan(0.0101);
    }
    expect(snapshot.within).toEqual(
      latencyBounds.map((bound) => values.filter((each) => each <= bound).length),
    );
    expect(snapshot.total).toBeCloseTo(
      values.reduce((sum, each) => sum + each, 0),
      3,
    );
  });

  it('count rejected and failed requests apart, and have no quantiles before the first', () => {
    const statistics = createStatistics();
    expect(statistics.snapshot()).toMatchObject({ requests: 0, p50: null, p95: null, p99: null });
    for (const status of [200, 400, 404, 500]) statistics.countRequest(status, 0);
    statistics.countRequest(200, 1e9);
    statistics.countRows(7);
    expect(statistics.snapshot()).toMatchObject({ requests: 5, rejected: 2, failed: 1, rows: 7 });
  });

  it('give requests a second over the last ten whole seconds, however long nothing was asked', () => {
    let now = 0;
    const statistics = createStatistics(() => now);
    const rateAfter = (milliseconds: number) => {
      now += milliseconds;
      return statistics.snapshot().rate;
    };
    for (let asked = 0; asked < 50; asked++) statistics.countRequest(200, 1);
    expect(rateAfter(500)).toBe(0);
    expect(rateAfter(1_000)).toBe(5);
    for (let asked = 0; asked < 30; asked++) statistics.countRequest(400, 1);
    expect(rateAfter(5_000)).toBe(8);
    expect(rateAfter(4_500)).toBe(3);
    expect(rateAfter(1_000)).toBe(0);
    expect(rateAfter(1e9)).toBe(0);
  });
});
