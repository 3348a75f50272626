/** The validation metric over time, as the run reports it: best point marked. */
import type { RunDetail, TimedEvent } from '../../server/protocol/workbench.ts';
import { type Curve, createCurve } from '../ui/curve.ts';
import { element } from '../ui/dom.ts';

export interface Curves {
  readonly node: HTMLElement;
  /** False when there is nothing to draw. */
  show(events: readonly TimedEvent[], run: Pick<RunDetail, 'head' | 'lowerIsBetter'>): boolean;
}

export function createCurves(): Curves {
  const node = element('div', {});
  const curves = new Map<string, Curve>();
  return {
    node,
    show(events, { head, lowerIsBetter }) {
      const start = Date.parse(head.started);
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
        curve.show({
          x: own.map(({ time }) => (Date.parse(time) - start) / 1000),
          y,
          best: bestOf(y, lowerIsBetter.includes(name)),
        });
      }
      return curves.size > 0;
    },
  };
}

function bestOf(y: readonly number[], lower: boolean): number {
  return y.indexOf(lower ? Math.min(...y) : Math.max(...y));
}
