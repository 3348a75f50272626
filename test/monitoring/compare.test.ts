import { describe, expect, it } from 'vitest';
import { compareSamples } from '../../server/monitoring/compare.ts';
import { energyTest } from '../../server/monitoring/energy.ts';
import type { ColumnSample } from '../../server/monitoring/sample.ts';
import { type DriftSettings, defaultSettings } from '../../server/monitoring/settings.ts';
import { createRandom, type Random } from '../../server/statistics/random.ts';
import { levels, normalSides, numbers, sampleOf } from './sides.ts';

const rows = { reference: 2_000, current: 400 };
const quick = { ...defaultSettings, multivariate: 'none' } as const;

type Draw = (random: Random, side: 'reference' | 'current', row: number) => number | string;

/** One column drawn for both sides, and what is said of it. */
async function check(draw: Draw, settings: Partial<DriftSettings> = {}, sizes = rows) {
  const random = createRandom(3, 'check');
  const side = (name: 'reference' | 'current', against?: ColumnSample) => {
    const drawn = Array.from({ length: sizes[name] }, (_, row) => draw(random, name, row));
    if (typeof drawn[0] === 'string') return levels('x', drawn.map(String));
    return numbers(
      'x',
      Float64Array.from(drawn.map(Number)),
      against?.form === 'numbers' ? against : undefined,
    );
  };
  const reference = side('reference');
  const report = await compareSamples(
    sampleOf([reference], sizes.reference),
    sampleOf([side('current', reference)], sizes.current),
    { ...quick, ...settings },
  );
  const [column] = report.columns;
  if (column === undefined) throw new Error('no column');
  return { ...column, report, named: (test: string) => column.tests.find((each) => each.test === test) };
}

describe('each kind of column has its test', () => {
  it('continuous numbers: Wasserstein in robust standard deviations', async () => {
    const found = await check((random, side) => random.normal() * 10 + (side === 'current' ? 6 : 0));
    expect(found.test).toBe('wasserstein');
    expect(found.drifted).toBe(true);
    expect(found.effect).toBeGreaterThan(0.45);
    expect(found.effect).toBeLessThan(0.75);
    expect(found.size).toBe('large');
    // Two standard errors of a mean of 400 are a tenth.
    expect((found.high ?? 0) - (found.low ?? 0)).toBeGreaterThan(0.12);
    expect((found.high ?? 0) - (found.low ?? 0)).toBeLessThan(0.35);
  });

  it('few whole numbers: Anderson-Darling with ties, in steps of their range', async () => {
    const found = await check((random, side) =>
      Math.min(4, random.int(5) + (side === 'current' && random.uniform() < 0.9 ? 1 : 0)),
    );
    expect(found.named('anderson-darling')?.drifted).toBe(true);
    expect(found.named('value-share')).toBeUndefined();
  });

  it('small windows: Anderson-Darling with 1,999 permutations and larger effects', async () => {
    const found = await check(
      (random, side) => random.normal() + (side === 'current' ? 1.2 : 0),
      {},
      { reference: 2_000, current: 60 },
    );
    expect(found.test).toBe('anderson-darling');
    expect(found.drifted).toBe(true);
    expect(found.report.permutations).toBe(1_999);
    expect(
      (
        await check(
          (random, side) => random.normal() + (side === 'current' ? 0.1 : 0),
          {},
          { reference: 2_000, current: 60 },
        )
      ).size,
    ).toBe('none');
  });

  it('two values, numbers or words: two shares', async () => {
    for (const values of [
      [0, 1],
      ['no', 'yes'],
    ] as const) {
      const found = await check(
        (random, side) => values[Number(random.uniform() < (side === 'current' ? 0.4 : 0.3))] ?? 0,
      );
      expect(found.test).toBe('two-proportion');
      expect(found.effect).toBeGreaterThan(0.05);
      expect(found.drifted).toBe(true);
    }
  });

  it('levels: G-test, in total variation, told by the level that moved most', async () => {
    const found = await check(
      (random, side) =>
        ['red', 'green', 'blue', 'grey'][Math.min(3, random.int(side === 'current' ? 6 : 4))] ?? '',
    );
    expect(found.test).toBe('g-test');
    expect(found.drifted).toBe(true);
    expect(found.reason).toMatch(/^Grey in /);
  });

  it('a hundred levels raise no alarm, and a shift among them does', async () => {
    const even: Draw = (random) => `l${random.int(100)}`;
    expect((await check(even)).test).not.toBe('g-test');
    expect((await check(even)).verdict).toBe('steady');
    const found = await check(
      (random, side) => `l${Math.floor(100 * random.uniform() ** (side === 'current' ? 1.8 : 1))}`,
    );
    expect(found.named('monte-carlo-g')?.drifted).toBe(true);
  });

  it('names that occur once are on one side only, and that is no drift', async () => {
    const found = await check((_, side, row) => `${side} ${row}`);
    expect(found.verdict).toBe('steady');
    expect(found.named('unseen-levels')?.drifted).toBe(false);
    // Of a small reference fifty names are a share, which the other side cannot have.
    const small = { reference: 328, current: 329 };
    expect((await check((_, side, row) => `${side} ${row}`, {}, small)).verdict).toBe('steady');
  });
});

describe('faults of a feed alarm from small on, whatever effect is asked for', () => {
  const large = { effect: 'large' } as const;
  it('values that are missing', async () => {
    const found = await check(
      (random, side) =>
        random.uniform() < (side === 'current' ? 0.07 : 0.01) ? Number.NaN : random.normal(),
      large,
    );
    expect(found).toMatchObject({ test: 'missing-rate', drifted: true, size: 'medium' });
    expect(
      (
        await check(
          (random, side) =>
            random.uniform() < (side === 'current' ? 0.07 : 0.01) ? Number.NaN : random.normal(),
          { quality: { missing: false, range: true, unseen: true } },
        )
      ).drifted,
    ).toBe(false);
  });

  it('one exact value in place of many', async () => {
    const found = await check(
      (random, side) => (side === 'current' && random.uniform() < 0.05 ? 0 : random.normal()),
      large,
    );
    expect(found).toMatchObject({ test: 'value-share', drifted: true });
    expect(found.reason).toMatch(/^Exactly 0 in 0 %, now in /);
  });

  it('values outside the range', async () => {
    const shifted: Draw = (random, side) =>
      side === 'current' && random.uniform() < 0.05 ? 9 : random.uniform();
    expect(
      await check((random, side) => Number(shifted(random, side, 0)) + random.uniform(), large),
    ).toMatchObject({ test: 'out-of-range', drifted: true });
  });

  it('a level that the reference does not have', async () => {
    const found = await check(
      (random, side) => (side === 'current' && random.uniform() < 0.08 ? 'new' : `l${random.int(5)}`),
      large,
    );
    expect(found).toMatchObject({ test: 'unseen-levels', drifted: true });
    expect(found.reason).toContain('such as new');
  });
});

describe('two keys', () => {
  const slight: Draw = (random, side) => random.normal() + (side === 'current' ? 0.15 : 0);
  const many = { reference: 5_000, current: 5_000 };

  it('significant but small is noticed, not alarmed', async () => {
    expect(await check(slight, {}, many)).toMatchObject({
      verdict: 'noticed',
      size: 'small',
      drifted: false,
    });
    expect((await check(slight, { effect: 'small' }, many)).drifted).toBe(true);
    expect((await check(slight, { effect: 0.14 }, many)).drifted).toBe(true);
    expect((await check(slight, { effect: 0.2 }, many)).drifted).toBe(false);
  });

  it('large but not significant is nothing', async () => {
    const found = await check(
      (random, side) => random.normal() + (side === 'current' ? 0.1 : 0),
      {},
      { reference: 100, current: 100 },
    );
    expect(found).toMatchObject({ drifted: false, size: 'none' });
  });

  it('alpha and the correction decide what is significant', async () => {
    const weak: Draw = (random, side) => random.normal() + (side === 'current' ? 0.15 : 0);
    const p = (await check(weak, { effect: 0 })).pAdjusted ?? 0;
    expect((await check(weak, { effect: 0, alpha: Math.min(0.5, p + 0.01) })).drifted).toBe(true);
    expect((await check(weak, { effect: 0, alpha: p - 0.001 })).drifted).toBe(false);
    for (const correction of ['bh', 'holm', 'none'] as const)
      expect(await check(slight, { correction, effect: 'small' }, many)).toMatchObject({
        drifted: true,
        report: { permutations: 0 },
      });
  });
});

it('fewer than 20 rows: no test, numbers null', async () => {
  expect(await check((random) => random.normal(), {}, { reference: 2_000, current: 19 })).toMatchObject({
    test: 'none',
    p: null,
    pAdjusted: null,
    effect: null,
    statistic: null,
    drifted: false,
    verdict: 'unknown',
  });
});

it('rows that repeat a customer raise no alarm when customers are permuted, and do when rows are', async () => {
  let [byRow, byCustomer] = [0, 0];
  for (let seed = 0; seed < 20; seed++) {
    const random = createRandom(seed, 'customers');
    const side = (customers: number) => {
      const own = Array.from({ length: customers }, () => random.normal());
      const units = Int32Array.from({ length: customers * 20 }, (_, row) => Math.floor(row / 20));
      return { values: Float64Array.from(units, (unit) => (own[unit] ?? 0) + 0.3 * random.normal()), units };
    };
    const [a, b] = [side(100), side(30)];
    const compare = async (grouped: boolean) =>
      (
        await compareSamples(
          sampleOf([numbers('x', a.values)], 2_000, grouped ? a.units : undefined),
          sampleOf([numbers('x', b.values)], 600, grouped ? b.units : undefined),
          { ...quick, effect: 0, quality: { missing: true, range: false, unseen: true } },
        )
      ).drifted;
    byRow += Number(await compare(false));
    byCustomer += Number(await compare(true));
  }
  expect(byRow).toBeGreaterThan(12);
  expect(byCustomer).toBeLessThanOrEqual(4);
});

describe('all columns together', () => {
  const together = async (current: number, broken: boolean) => {
    const random = createRandom(9, 'together');
    const side = (count: number, apart: boolean) => {
      const first = Float64Array.from({ length: count }, () => random.normal());
      const second = first.map((value) => (apart ? random.normal() : 0.95 * value + 0.3 * random.normal()));
      return sampleOf([numbers('first', first), numbers('second', second)], count);
    };
    return await compareSamples(side(2_000, false), side(current, broken), {
      ...defaultSettings,
      quality: { missing: true, range: false, unseen: true },
    });
  };

  it('a correlation that breaks is found by a classifier, in small windows by distances', async () => {
    for (const [rows, test] of [
      [600, 'classifier'],
      [300, 'energy'],
    ] as const) {
      const found = await together(rows, true);
      expect(found.columns.some(({ drifted }) => drifted)).toBe(false);
      expect(found.multivariate).toMatchObject({ test, drifted: true });
      expect(found.drifted).toBe(true);
      expect((await together(rows, false)).drifted).toBe(false);
    }
  });
});

it('the same seed gives the same report', async () => {
  const draw: Draw = (random) => random.normal();
  expect((await check(draw)).report).toEqual((await check(draw)).report);
  expect((await check(draw, { seed: 7 })).tests[0]?.pAdjusted).not.toBe(
    (await check(draw)).tests[0]?.pAdjusted,
  );
});

it('a level in place of all others is found beside a small reference, where chance too takes whole levels away', async () => {
  const found = await check(
    (random, side) => (side === 'current' ? 'pro' : (['pro', 'plus', 'basic'][random.int(3)] ?? '')),
    {},
    { reference: 400, current: 20_000 },
  );
  expect(found).toMatchObject({ test: 'monte-carlo-g', drifted: true, size: 'large' });
});

it('distances between rows need few of a large window beside a small reference', () => {
  const random = createRandom(2, 'energy');
  const labels = new Uint8Array(20_400).fill(1, 400);
  const column = () => Uint8Array.from(labels, (label) => random.int(24) + 8 * label * random.int(2));
  const { effect, p } = energyTest([column(), column()], labels, random);
  expect(p).toBe(1 / 200);
  expect(effect).toBeGreaterThan(0.1);
});

it('lets others have their turn, so that somebody can stop it', async () => {
  const random = createRandom(1, 'stopped');
  const { reference, current } = normalSides(random, { reference: 500, current: 200 });
  const stopping = new AbortController();
  setImmediate(() => stopping.abort());
  await expect(compareSamples(reference, current, quick, { signal: stopping.signal })).rejects.toMatchObject({
    code: 'cancelled',
  });
});
