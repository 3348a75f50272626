/** How the next setting is chosen: at random, from a grid, or where good ones are dense (TPE). Pure and seeded. */
import { normalTail } from '../statistics/distributions.ts';
import { createRandom, type Random } from '../statistics/random.ts';
import { type Dimension, fromUnit, type Params, type Space, toUnit } from './space.ts';
import { lastResult, type Trial } from './trial.ts';

/** Gives trial `index`, knowing the results of earlier ones; the same history gives the same setting. */
export type Sampler = (index: number, history: readonly Trial[]) => Params;

export function randomSampler(space: Space, seed: number): Sampler {
  return (index) => drawUniform(space, createRandom(seed, 'tune', index));
}

/** Every combination once, in an order without pattern; ranges of many values are cut into `levels` points. */
export function gridSampler(space: Space, seed: number): { size: number; sampler: Sampler } {
  const axes = space.map(gridPoints);
  const size = axes.reduce((product, axis) => product * axis.length, 1);
  const order = Array.from({ length: Math.min(size, mostCombinations) }, (_, i) => i);
  createRandom(seed, 'tune', 'grid').shuffle(order);
  const sampler: Sampler = (index) => {
    let rest = order[index % order.length] ?? 0;
    const chosen = space.map(({ path }, axis) => {
      const points = axes[axis] ?? [];
      const value = points[rest % points.length];
      rest = Math.floor(rest / points.length);
      return [path, value] as const;
    });
    return Object.fromEntries(chosen);
  };
  return { size: order.length, sampler };
}

const mostCombinations = 100_000;
const gridLevels = 5;

function gridPoints(dimension: Dimension): readonly unknown[] {
  if (dimension.kind === 'choice') return dimension.choices;
  const { low, high, step } = dimension;
  const values = step > 0 ? Math.floor((high - low) / step) + 1 : Number.POSITIVE_INFINITY;
  const levels = Math.min(values, gridLevels);
  if (values <= 2 * gridLevels) return Array.from({ length: values }, (_, i) => low + i * step);
  const points = Array.from({ length: levels }, (_, i) => fromUnit(dimension, i / (levels - 1)));
  return [...new Set(points)];
}

/**
 * Tree-structured Parzen estimator (Bergstra et al. 2011, over all dimensions together as in Falkner et al. 2018):
 * settings are split into the best tenth (at most 25) and the rest, each part becomes a density, and of 24 draws from
 * the good one that with the largest ratio of the two is tried. The first `startup` trials are random.
 */
export function tpeSampler(space: Space, seed: number, startup = 10): Sampler {
  return (index, history) => {
    const random = createRandom(seed, 'tune', index);
    const known = scored(history);
    if (known.length < startup) return drawUniform(space, random);
    const good = known.slice(0, Math.min(25, Math.ceil(0.1 * known.length)));
    const likely = densityOf(space, good);
    const unlikely = densityOf(space, known.slice(good.length));
    let best = { point: likely.draw(random), ratio: Number.NEGATIVE_INFINITY };
    for (let i = 0; i < candidates; i++) {
      const point = i === 0 ? best.point : likely.draw(random);
      const ratio = likely.at(point) - unlikely.at(point);
      if (ratio > best.ratio) best = { point, ratio };
    }
    return Object.fromEntries(
      space.map((dimension, axis) => [dimension.path, fromUnit(dimension, best.point[axis] ?? 0.5)]),
    );
  };
}

const candidates = 24;

/** Trials that came furthest count, the best first. */
function scored(history: readonly Trial[]): Trial[] {
  const budgets = history.map((trial) => lastResult(trial)?.budget ?? 0);
  const enough = [...new Set(budgets)].sort((a, b) => b - a);
  // Results of a smaller budget are used until there are enough of a larger one.
  const budget = enough.find((b) => budgets.filter((each) => each >= b).length >= minimumOfBudget) ?? 0;
  const scoreOf = (trial: Trial) => lastResult(trial)?.score ?? Number.NaN;
  return history
    .filter((trial) => (lastResult(trial)?.budget ?? 0) >= budget && !Number.isNaN(scoreOf(trial)))
    .sort((a, b) => scoreOf(b) - scoreOf(a) || a.index - b.index);
}

const minimumOfBudget = 8;

function drawUniform(space: Space, random: Random): Params {
  return Object.fromEntries(
    space.map((dimension) => [dimension.path, fromUnit(dimension, random.uniform())]),
  );
}

/** A density over the unit cube: the mean of one bump for each known point, and a flat one as the prior. */
interface Density {
  draw(random: Random): number[];
  /** Logarithm, up to a constant. */
  at(point: readonly number[]): number;
}

/** What one bump is along one axis. */
interface Kernel {
  draw(random: Random): number;
  at(u: number): number;
}

function densityOf(space: Space, trials: readonly Trial[]): Density {
  const axes = space.map((dimension) => kernelsOf(dimension, trials));
  const bumps = trials.length + 1;
  return {
    draw(random) {
      const bump = random.int(bumps);
      return axes.map((kernels) => kernels[bump]?.draw(random) ?? 0.5);
    },
    at(point) {
      let sum = 0;
      for (let bump = 0; bump < bumps; bump++) {
        let product = 1;
        for (const [axis, kernels] of axes.entries()) product *= kernels[bump]?.at(point[axis] ?? 0.5) ?? 1;
        sum += product;
      }
      return Math.log(sum);
    },
  };
}

/** One for each trial, then the prior's; a value outside the space is the prior's too. */
function kernelsOf(dimension: Dimension, trials: readonly Trial[]): Kernel[] {
  const points = trials.map(({ params }) => toUnit(dimension, params[dimension.path]));
  if (dimension.kind === 'choice') {
    const levels = dimension.choices.length;
    return [...points, undefined].map((u) => choiceKernel(levels, u, 1 / (points.length + 1)));
  }
  const widths = widthsOf(points.filter((u) => u !== undefined));
  return [...points, undefined].map((u) =>
    normalKernel(u ?? 0.5, u === undefined ? 1 : (widths.get(u) ?? 1)),
  );
}

/**
 * A bump is as wide as the distance to the farther of its neighbours, but at least 1/100 (Optuna's widths: the ends of
 * the interval are neighbours of a single point only).
 */
function widthsOf(points: readonly number[]): ReadonlyMap<number, number> {
  const sorted = [...points].sort((a, b) => a - b);
  const narrowest = 1 / Math.min(100, 2 + sorted.length);
  const [first, last] = sorted.length === 1 ? [0, 1] : [undefined, undefined];
  return new Map(
    sorted.map((centre, i) => {
      const left = centre - (sorted[i - 1] ?? first ?? centre);
      const right = (sorted[i + 1] ?? last ?? centre) - centre;
      return [centre, Math.min(1, Math.max(narrowest, left, right))] as const;
    }),
  );
}

/** Normal, cut off at 0 and 1. */
function normalKernel(centre: number, width: number): Kernel {
  const inside = normalTail(-centre / width) - normalTail((1 - centre) / width);
  return {
    draw(random) {
      for (;;) {
        const u = centre + width * random.normal();
        if (u >= 0 && u < 1) return u;
      }
    },
    at: (u) => Math.exp(-0.5 * ((u - centre) / width) ** 2) / (width * inside),
  };
}

/** The chosen level, or any of them with the weight of the prior. */
function choiceKernel(levels: number, chosen: number | undefined, prior: number): Kernel {
  const levelOf = (u: number) => Math.min(levels - 1, Math.floor(u * levels));
  const sum = prior * levels + (chosen === undefined ? 0 : 1);
  return {
    draw(random) {
      const rest = random.uniform() * sum;
      const level = rest < prior * levels ? Math.floor(rest / prior) : levelOf(chosen ?? 0);
      return (Math.min(levels - 1, level) + 0.5) / levels;
    },
    at: (u) => (prior + (chosen !== undefined && levelOf(chosen) === levelOf(u) ? 1 : 0)) / sum,
  };
}
