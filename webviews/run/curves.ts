/** The validation metric over time, as the run reports it: best point marked. */
import type { TimedEvent } from '../../server/protocol/workbench.ts';
import { type Curve, createCurve } from '../ui/curve.ts';
import { element } from '../ui/dom.ts';

export interface Curves {
  readonly node: HTMLElement;
  /** False when there is nothing to draw. */
  show(events: readonly TimedEvent[], started: string): boolean;
}

export function createCurves(): Curves {
  const node = element('div', {});
  const curves = new Map<string, Curve>();
  return {
    node,
    show(events, started) {
      const start = Date.parse(started);
      const scored = events.filter(({ event }) => event.score !== null);
      for (const [name, own] of Map.groupBy(scored, ({ event }) => event.score?.metric ?? '')) {
        if (own.length < 2) continue;
        let curve = curves.get(name);
        if (curve === undefined) {
          curve = createCurve({ title: `${name} on validation rows`, x: 'seconds', y: name });
          curves.set(name, curve);
          node.append(curve.node);
        }
        const y = own.map(({ event }) => event.score?.value ?? Number.NaN);
        curve.show({ x: own.map(({ time }) => (Date.parse(time) - start) / 1000), y, best: bestOf(y) });
      }
      return curves.size > 0;
    },
  };
}

/** Training goes the right way more than the wrong one: the end that the curve moves to is the good one. */
function bestOf(y: readonly number[]): number {
  const rising = (y.at(-1) ?? 0) >= (y[0] ?? 0);
  const best = rising ? Math.max(...y) : Math.min(...y);
  return y.indexOf(best);
}
