import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { searchTime } from '../../server/runs/estimate/searchTime.ts';

/** Seconds of a clock that is moved by hand. */
let now = 0;
beforeEach(() => {
  now = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => 1000 * now);
});
afterEach(() => {
  vi.restoreAllMocks();
});

const budget = { text: '100s', seconds: 100, spent: () => now };
const timeout = { text: '50s', seconds: 50 };

describe('the time of a search', () => {
  it('is its timeout', () => {
    const time = searchTime({ budget: undefined, timeout, searches: 1 });
    time.begin();
    now = 50;
    expect(time.mayStart()).toBe(true);
    now = 51;
    expect(time.mayStart()).toBe(false);
    expect(time.ended()).toBe('`tune.timeout` (50s)');
  });

  it('leaves of the budget what one trial and the winner need, as long as trials have shown', () => {
    const time = searchTime({ budget, timeout: undefined, searches: 1 });
    time.begin();
    // A trial of half the steps in ten seconds: twenty for a whole one, and for the winner a quarter more.
    time.ran(10, 0.5);
    now = 55;
    expect(time.mayStart()).toBe(true);
    expect(time.ended()).toBeUndefined();
    now = 56;
    expect(time.mayStart()).toBe(false);
    expect(time.ended()).toBe('`train.budget.time` (100s)');
  });

  it('ends even what runs after four fifths of the budget', () => {
    const time = searchTime({ budget, timeout: undefined, searches: 1 });
    time.begin();
    const { isOver } = time.limits().next('fit 1');
    now = 79;
    expect(isOver(1, 10)).toBe(false);
    now = 81;
    expect(isOver(2, 10)).toBe(true);
    expect(time.ended()).toBe('`train.budget.time` (100s)');
  });

  it('that an earlier attempt saw the end of stays over, unless what ended it was changed', () => {
    for (const [cause, starts] of [
      ['`train.budget.time` (100s)', false],
      ['`train.budget.time` (20s)', true],
      ['', true],
    ] as const) {
      const time = searchTime({ budget, timeout, searches: 1 });
      time.begin();
      time.endedBefore(cause);
      expect(time.mayStart(), cause).toBe(starts);
      expect(time.ended()).toBe(starts ? undefined : cause);
    }
  });

  it('is shared by the searches of outer folds, and what one leaves the others have', () => {
    const time = searchTime({ budget, timeout, searches: 5 });
    time.begin();
    now = 9;
    expect(time.mayStart()).toBe(true);
    now = 11;
    expect(time.mayStart()).toBe(false);
    time.begin();
    // 39 seconds for four.
    now = 20;
    expect(time.mayStart()).toBe(true);
    now = 21;
    expect(time.mayStart()).toBe(false);
  });

  it('is told as the share of it that each search has used, by whichever bound comes first', () => {
    const time = searchTime({ budget, timeout, searches: 5 });
    time.begin();
    expect(time.used()).toBe(0);
    now = 4;
    expect(time.used()).toBeCloseTo(0.4);
    time.begin();
    expect(time.used()).toBe(0);
    // 46 seconds for four.
    now = 4 + 11.5 / 2;
    expect(time.used()).toBeCloseTo(0.5);
    now = 40;
    expect(time.used()).toBe(1);
    const unbound = searchTime({ budget: undefined, timeout: undefined, searches: 1 });
    unbound.begin();
    now = 9000;
    expect(unbound.used()).toBe(0);
  });
});
