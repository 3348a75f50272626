/** The engine that needs nothing installed: our own kernels, in this process. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { ModelwrightError } from '../../catalog/errors.ts';
import { openTrainingMachine } from './kernelMachine.ts';
import type { NetworkEngine } from './problem.ts';

/** How long the kernels run before the process may attend to other things. Milliseconds. */
const turn = 50;

export function wasmEngine(threads: number): NetworkEngine {
  return {
    id: 'wasm',
    async start(problem, state) {
      const machine = await openTrainingMachine(problem, threads);
      machine.write(state);
      let { steps } = state;
      return {
        async runEpoch(epoch, signal) {
          const last = epoch.rates.length;
          machine.begin(epoch, steps);
          let chunk = 1;
          for (let from = 0; from < last; ) {
            if (signal?.aborted) throw new ModelwrightError('cancelled');
            const to = Math.min(last, from + chunk);
            const start = performance.now();
            machine.step(from, to);
            // The chunk's length changes no bit of the result.
            chunk = Math.max(1, Math.round(((to - from) * turn) / (performance.now() - start + 0.1)));
            from = to;
            await nextTurn();
          }
          steps += last;
          return { loss: machine.loss / epoch.order.length, state: machine.read(steps) };
        },
        async close() {
          machine.close();
        },
      };
    },
  };
}
