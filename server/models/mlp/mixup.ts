/** Mixup's partners and shares of an epoch, drawn once for all engines (Zhang, Cisse, Dauphin and Lopez-Paz 2018). */
import { createRandom, type Random } from '../../statistics/random.ts';
import type { Mix } from './problem.ts';

/** One share a step from Beta(strength, strength); partners are the rows of the step in another order. */
export function drawMix(
  order: Uint32Array,
  { strength, batch, seed, epoch }: { strength: number; batch: number; seed: number; epoch: number },
): Mix {
  const random = createRandom(seed, 'mlp', 'mixup', epoch);
  const partners = order.slice();
  const shares = new Float32Array(Math.ceil(order.length / batch));
  for (let step = 0; step < shares.length; step++) {
    shares[step] = betaShare(random, strength);
    random.shuffle(partners.subarray(step * batch, (step + 1) * batch));
  }
  return { partners, shares };
}

/** A draw from Beta(a, a): the first of two gamma variables as a share of both, by their logarithms. */
export function betaShare(random: Random, a: number): number {
  const [first, second] = [logGamma(random, a), logGamma(random, a)];
  return 1 / (1 + Math.exp(second - first));
}

/** The logarithm of a draw from Gamma(a, 1): Marsaglia and Tsang 2000; below 1 by their boost, which underflows unlogged. */
function logGamma(random: Random, a: number): number {
  const d = (a < 1 ? a + 1 : a) - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = random.normal();
    const v = (1 + c * x) ** 3;
    if (v <= 0) continue;
    const u = 1 - random.uniform();
    if (Math.log(u) >= 0.5 * x * x + d - d * v + d * Math.log(v)) continue;
    const boost = a < 1 ? Math.log(1 - random.uniform()) / a : 0;
    return Math.log(d * v) + boost;
  }
}
