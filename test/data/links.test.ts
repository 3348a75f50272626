import { describe, expect, it } from 'vitest';
import { type Linker, linkColumn as linkCounted, prepareLinks } from '../../server/data/facts/links.ts';
import {
  type CodedColumn,
  codeLevels,
  codeNumbers,
  countCodes,
  mergeCodes,
} from '../../server/data/profile/linkCodes.ts';
import type { ResolvedTask } from '../../server/data/task.ts';
import { benjaminiHochberg } from '../../server/statistics/corrections.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { rankAuc } from '../../server/statistics/rankAuc.ts';

const linkColumn = (linker: Linker, coded: CodedColumn) => linkCounted(linker, countCodes(coded));

function taskOf(values: Float64Array, classes: number): ResolvedTask {
  const counts = Array.from({ length: classes }, (_, c) => values.filter((value) => value === c).length);
  const labels = counts.map((_, c) => c);
  const task = classes === 0 ? 'regression' : classes === 2 ? 'binary' : 'multiclass';
  return {
    task,
    target: 'y',
    classes: labels,
    metric: '',
    prevalence: Number.NaN,
    withoutTarget: 0,
    values,
    counts,
  };
}

const random = createRandom(9, 'links');
const target = Float64Array.from({ length: 3000 }, () => random.int(2));

describe('the strength of a link', () => {
  it('is the AUC of the column where its order carries it, either way round', () => {
    const values = target.map((y) => Math.round(10 * (y + 1.2 * random.normal())) / 10);
    const auc = rankAuc(values, Uint8Array.from(target));
    const linker = prepareLinks(taskOf(target, 2), 1);
    expect(linkColumn(linker, codeNumbers(values)).strength?.value).toBeCloseTo(auc, 9);
    const turned = codeNumbers(values.map((value) => -value));
    expect(linkColumn(linker, turned).strength?.value).toBeCloseTo(auc, 9);
  });

  it('stays within 1e-4 of the exact AUC where values share buckets', () => {
    const many = Float64Array.from({ length: 120_000 }, () => random.int(2));
    const values = many.map((y) => Math.exp(y + random.normal()));
    const { strength } = linkColumn(prepareLinks(taskOf(many, 2), 1), codeNumbers(values));
    const auc = rankAuc(values, Uint8Array.from(many));
    expect(Math.abs((strength?.value ?? 0) - auc)).toBeLessThan(1e-4);
    const merged = mergeCodes(countCodes(codeNumbers(values)));
    expect(merged.levels).toBeLessThan(2 * 4096);
    const again = linkCounted(prepareLinks(taskOf(many, 2), 1), merged);
    expect(Math.abs((again.strength?.value ?? 0) - auc)).toBeLessThan(1e-4);
  });

  it('sees a link that has no order, and levels', () => {
    const linker = prepareLinks(taskOf(target, 2), 1);
    const around = target.map((y) => (y === 1 ? (random.int(2) ? 1 : -1) : 0) + 0.1 * random.normal());
    const { strength, pps } = linkColumn(linker, codeNumbers(around));
    expect(strength?.value).toBeGreaterThan(0.99);
    expect(pps).toBeGreaterThan(0.95);
    const codes = Int32Array.from(target, (y) => 1 + (y === 1 ? random.int(2) : 2 + random.int(2)));
    expect(linkColumn(linker, codeLevels({ codes, levels: ['a', 'b', 'c', 'd'] })).strength?.value).toBe(1);
  });

  it('is honest about levels that repeat nowhere', () => {
    const codes = Int32Array.from(target, (_, row) => row + 1);
    const levels = Array.from(target, (_, row) => `id ${row}`);
    expect(
      linkColumn(prepareLinks(taskOf(target, 2), 1), codeLevels({ codes, levels })).strength?.value,
    ).toBeLessThan(0.55);
  });

  it.each([3_000, 30_000])('is the R² of the ranks where long tails hide it: %i rows', (rows) => {
    const draw = createRandom(4, 'tails');
    const long = Float64Array.from({ length: rows }, () => Math.exp(3 * draw.normal()));
    const near = long.map((value) => value * (1 + 0.02 * draw.normal()));
    const { strength } = linkColumn(prepareLinks(taskOf(long, 0), 1), codeNumbers(near));
    expect(strength?.value).toBeGreaterThan(0.999);
    expect(strength?.p).toBeLessThan(1e-6);
  });

  it('is R² for numbers, near that of the truth', () => {
    const x = Float64Array.from({ length: 5000 }, () => random.normal());
    const y = x.map((value) => 3 * value + random.normal());
    const link = linkColumn(prepareLinks(taskOf(y, 0), 1), codeNumbers(x));
    expect(link.measure).toBe('r2');
    expect(Math.abs((link.strength?.value ?? 0) - 0.9)).toBeLessThan(0.02);
    expect(link.copy).toBe(false);
    const copy = linkColumn(prepareLinks(taskOf(y, 0), 1), codeNumbers(y.map((value) => Math.exp(value))));
    expect(copy.copy).toBe(true);
  });

  it('is macro one-vs-rest for several classes', () => {
    const y = Float64Array.from({ length: 3000 }, () => random.int(3));
    const link = linkColumn(
      prepareLinks(taskOf(y, 3), 1),
      codeNumbers(y.map((c) => ((c + 1) % 3) + 0.05 * random.normal())),
    );
    expect(link.strength?.value).toBeGreaterThan(0.99);
    expect(link.pps).toBeGreaterThan(0.98);
  });
});

it('takes none of 20 columns of noise for a leak in 300 tables of 100 rows and 10 positives', () => {
  let leaks = 0;
  for (let table = 0; table < 300; table++) {
    const y = Float64Array.from({ length: 100 }, (_, row) => (row < 10 ? 1 : 0));
    const linker = prepareLinks(taskOf(y, 2), table);
    const links = Array.from({ length: 20 }, () =>
      linkColumn(linker, codeNumbers(y.map(() => random.normal()))),
    );
    const certain = benjaminiHochberg(links.map(({ strength }) => strength?.p ?? 1));
    leaks += links.filter(({ pps }, i) => (certain[i] ?? 1) <= 0.01 && (pps ?? 0) >= 0.8).length;
  }
  expect(leaks).toBe(0);
});

it('finds emptiness that tells the target, with its bound', () => {
  const values = target.map((y) => (random.uniform() < (y ? 0.7 : 0.2) ? Number.NaN : random.normal()));
  const { missingness } = linkColumn(prepareLinks(taskOf(target, 2), 1), codeNumbers(values));
  const exact = rankAuc(
    values.map((value) => (Number.isNaN(value) ? 1 : 0)),
    Uint8Array.from(target),
  );
  expect(missingness?.value).toBeCloseTo(exact, 9);
  expect(missingness?.low).toBeLessThan(exact);
  expect(missingness?.low).toBeGreaterThan(exact - 0.03);
});
