/** What columns say about each other, on a sample of the rows: features that repeat one another, and those that stand in for a protected attribute. */

import type { Experiment } from '../../config/experiment.ts';
import { dot } from '../../statistics/dot.ts';
import { aucLowerBound, correlationAbove } from '../../statistics/intervals.ts';
import { averageRanks } from '../../statistics/order.ts';
import { cramersV, spearman } from '../../statistics/tests.ts';
import { varianceInflation } from '../../statistics/varianceInflation.ts';
import { type CodedColumn, codeNumbers } from '../profile/linkCodes.ts';
import type { ReadColumn } from '../profile/readColumns.ts';
import { countLinks, type LinkTarget, linkTarget } from './linkCounts.ts';
import { aucOf } from './linkStrength.ts';
import type { Correlated, PairFacts, StandIn } from './lookFacts.ts';
import { isProtectedName } from './names.ts';

/** Beyond this two features say the same: lint.md, `correlated-features`. */
const sameness = 0.9;
/** Pairs are looked for among so many features, and on so many products of rows and pairs. */
const mostFeatures = 1000;
const mostProducts = 1e8;
/** Levels of more kinds are names. */
const mostLevels = 50;
/** Fewer rows show nothing. */
const leastRows = 50;

/** A column on the rows that predictive power is sampled from. */
export interface Sampled {
  readonly name: string;
  readonly ordered: boolean;
  /** Of the sampled rows, 0 missing. */
  readonly codes: Int32Array;
  /** Numbers, where variance inflation is asked for. */
  readonly values?: Float64Array;
  readonly feature: boolean;
}

/** Values are kept for models that are linear. */
export function sampleColumn(
  { column, valueAt, coding }: ReadColumn,
  { sample, linear, feature }: { sample: Int32Array; linear: boolean; feature: boolean },
): Sampled {
  const { codes, ordered } = coding();
  return {
    name: column.name,
    ordered,
    codes: Int32Array.from(sample, (row) => codes[row] ?? 0),
    ...(linear && valueAt !== undefined && column.kind === 'numeric'
      ? { values: Float64Array.from(sample, valueAt) }
      : {}),
    feature,
  };
}

export function findPairs(sampled: readonly Sampled[], experiment: Experiment): PairFacts {
  const rows = sampled[0]?.codes.length ?? 0;
  const features = sampled.filter(({ feature }) => feature).slice(0, mostFeatures);
  return {
    correlated: rows < leastRows ? [] : findCorrelated(features, rows),
    inflated: findInflated(features),
    proxies: rows < leastRows ? [] : findProxies(sampled, experiment),
  };
}

/** Columns that are or may be protected attributes, features or not. */
export function protectedColumns({ data, target }: Experiment, names: readonly string[]): string[] {
  return names.filter((name) => {
    const declared = Object.hasOwn(data.columns, name) ? data.columns[name]?.protected : undefined;
    return name !== target && (declared ?? isProtectedName(name));
  });
}

function findCorrelated(features: readonly Sampled[], rows: number): Correlated[] {
  const numbers = features.filter(({ ordered }) => ordered);
  const levels = features
    .filter(({ ordered }) => !ordered)
    .map((each) => ({ ...each, ...compact(each.codes) }))
    .filter(({ count }) => count <= mostLevels + 1);
  const pairs = (numbers.length * (numbers.length - 1) + levels.length * (levels.length - 1)) / 2;
  const used = Math.max(500, Math.min(rows, Math.floor(mostProducts / Math.max(1, pairs))));
  const found = [...pairsOfNumbers(numbers, used), ...pairsOfLevels(levels, used)];
  const certain = found
    .map((pair) => ({ ...pair, p: Math.min(1, pair.p * pairs) }))
    .filter(({ value }) => Math.abs(value) > sameness);
  const strongest = new Map<string, Correlated>();
  for (const pair of certain) {
    const known = strongest.get(pair.column);
    if (known === undefined || Math.abs(pair.value) > Math.abs(known.value)) strongest.set(pair.column, pair);
  }
  return [...strongest.values()];
}

/** By the dot product of standardised ranks; where cells are missing, the candidates again on the rows that have both. */
function pairsOfNumbers(columns: readonly Sampled[], rows: number): Correlated[] {
  const ranks = columns.map(({ codes }) => standardRanks(codes.subarray(0, rows)));
  const found: Correlated[] = [];
  for (const [i, column] of columns.entries()) {
    for (const [j, other] of columns.slice(0, i).entries()) {
      const [a, b] = [ranks[i], ranks[j]];
      if (!a || !b || Math.abs(dot(a, b)) < 0.75) continue;
      const { value, both } = rankCorrelation(column.codes, other.codes, rows);
      if (both < leastRows) continue;
      const p = correlationAbove(Math.abs(value), sameness, both);
      found.push({ column: column.name, other: other.name, measure: 'rho', value, p });
    }
  }
  return found;
}

function standardRanks(codes: Int32Array): Float64Array {
  const present = codes.filter((code) => code > 0).length;
  const ranks = averageRanks(Float64Array.from(codes, (code) => (code > 0 ? code : Number.NaN)));
  const mean = (present + 1) / 2;
  let squares = 0;
  for (let i = 0; i < ranks.length; i++) {
    // The missing stand at the mean.
    const distance = (codes[i] ?? 0) > 0 ? (ranks[i] ?? 0) - mean : 0;
    ranks[i] = distance;
    squares += distance * distance;
  }
  const length = Math.sqrt(squares);
  return length > 0 ? ranks.map((rank) => rank / length) : ranks;
}

function rankCorrelation(a: Int32Array, b: Int32Array, rows: number): { value: number; both: number } {
  const kept = Int32Array.from({ length: rows }, (_, i) => i).filter(
    (i) => (a[i] ?? 0) > 0 && (b[i] ?? 0) > 0,
  );
  const of = (codes: Int32Array) => Float64Array.from(kept, (i) => codes[i] ?? 0);
  const { statistic } = spearman(of(a), of(b));
  return { value: Number.isNaN(statistic) ? 0 : statistic, both: kept.length };
}

/** Codes without gaps, 0 staying 0. */
function compact(codes: Int32Array): { codes: Int32Array; count: number } {
  const order = new Map<number, number>([[0, 0]]);
  for (const code of [...new Set(codes)].sort((a, b) => a - b)) if (code > 0) order.set(code, order.size);
  return { codes: codes.map((code) => order.get(code) ?? 0), count: order.size };
}

function pairsOfLevels(columns: readonly (Sampled & { count: number })[], rows: number): Correlated[] {
  const found: Correlated[] = [];
  for (const [i, column] of columns.entries()) {
    for (const other of columns.slice(0, i)) {
      const cells = Array.from({ length: column.count }, () => new Array<number>(other.count).fill(0));
      for (let row = 0; row < rows; row++) {
        const cell = cells[column.codes[row] ?? 0];
        const at = other.codes[row] ?? 0;
        if (cell && at > 0 && (column.codes[row] ?? 0) > 0) cell[at] = (cell[at] ?? 0) + 1;
      }
      const { value, both } = correctedV(cells);
      if (both < leastRows || !(value > 0.75)) continue;
      const p = correlationAbove(value, sameness, both);
      found.push({ column: column.name, other: other.name, measure: 'v', value, p });
    }
  }
  return found;
}

function correctedV(cells: readonly (readonly number[])[]): { value: number; both: number } {
  const both = cells.flat().reduce((sum, count) => sum + count, 0);
  const rows = cells.filter((row) => row.some((count) => count > 0)).length;
  const columns = (cells[0] ?? []).filter((_, c) => cells.some((row) => (row[c] ?? 0) > 0)).length;
  const { statistic } = cramersV(cells);
  if (Number.isNaN(statistic) || both < 2) return { value: 0, both };
  const excess = Math.max(0, statistic / both - ((rows - 1) * (columns - 1)) / (both - 1));
  const [r, c] = [rows, columns].map((count) => count - (count - 1) ** 2 / (both - 1));
  return { value: Math.min(1, Math.sqrt(excess / (Math.min(r ?? 1, c ?? 1) - 1))), both };
}

function findInflated(features: readonly Sampled[]): PairFacts['inflated'] {
  const columns = features.flatMap(({ name, values }) => (values === undefined ? [] : [{ name, values }]));
  const inflation = varianceInflation(columns.map(({ values }) => values));
  return columns.flatMap(({ name }, i) => {
    const vif = inflation[i] ?? Number.NaN;
    return vif > 10 ? [{ column: name, vif }] : [];
  });
}

function findProxies(sampled: readonly Sampled[], experiment: Experiment): StandIn[] {
  const names = protectedColumns(
    experiment,
    sampled.map(({ name }) => name),
  );
  const features = sampled.filter(({ feature, name }) => feature && name !== experiment.target);
  const found: StandIn[] = [];
  for (const name of names) {
    const attribute = sampled.find((each) => each.name === name);
    const target = attribute && asTarget(attribute);
    if (target === undefined) continue;
    const rows = target.rows.reduce((sum, count) => sum + count, 0);
    const classes = target.rows.map((positives) => ({ positives, negatives: rows - positives }));
    const judged = classes.length === 2 ? classes.slice(1) : classes;
    for (const feature of features) {
      if (feature.name === name) continue;
      const auc = aucOf(countLinks(recode(feature), target.link), rows);
      const low = auc < 0.8 ? 0 : aucLowerBound(auc, judged, 0.01 / features.length);
      if (low >= 0.8) found.push({ column: feature.name, of: name, auc, low });
    }
  }
  return found;
}

/** Classes of at least 20 sampled rows; undefined where fewer than two, or more than ten, are left. */
function asTarget({ codes, ordered }: Sampled): { link: LinkTarget; rows: number[] } | undefined {
  const { codes: levels, count } = compact(codes);
  const present = codes.filter((code) => code > 0).sort();
  const middle = present[present.length >> 1] ?? 0;
  const grouped =
    ordered && count > 11 ? codes.map((code) => (code === 0 ? 0 : code < middle ? 1 : 2)) : levels;
  const sizes = new Map<number, number>();
  for (const code of grouped) if (code > 0) sizes.set(code, (sizes.get(code) ?? 0) + 1);
  const kept = [...sizes].filter(([, rows]) => rows >= 20).sort(([a], [b]) => a - b);
  if (kept.length < 2 || kept.length > 10) return undefined;
  const classOf = new Map(kept.map(([code], index) => [code, index]));
  const values = Float64Array.from(grouped, (code) => classOf.get(code) ?? Number.NaN);
  // The sample stands in random order.
  const half = Uint8Array.from(values, (_, i) => i % 2);
  return { link: linkTarget({ values, classes: kept.length, half }), rows: kept.map(([, rows]) => rows) };
}

function recode({ codes, ordered }: Sampled): CodedColumn {
  if (!ordered) {
    const { codes: levels, count } = compact(codes);
    return { codes: levels, levels: count, ordered };
  }
  return codeNumbers(Float64Array.from(codes, (code) => (code > 0 ? code : Number.NaN)));
}
