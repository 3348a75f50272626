/** The process of a tensor engine: loads TensorFlow.js, trains epoch by epoch; a crash or a hang here ends no run. */
import { setTimeout as sleep } from 'node:timers/promises';
import { loadTensorFlow } from '../../engines/tensorFlow.ts';
import type { EngineOrder, EngineReport } from './tensorMessages.ts';
import { createTensorTrainer, type TensorTrainer } from './tensorTrainer.ts';

let trainer: TensorTrainer | undefined;
let lost: Promise<string> | undefined;

function report(message: EngineReport): void {
  process.send?.(message);
}

async function obey(order: EngineOrder): Promise<void> {
  if (order.kind === 'start') {
    const { tf, ...loaded } = await loadTensorFlow(order.engine);
    lost = loaded.lost;
    if (order.problem && order.state) trainer = createTensorTrainer(tf, order.problem, order.state);
    report({ kind: 'ready', device: loaded.device });
  } else if (trainer) {
    const result = await trainer.runEpoch(order.epoch, () => report({ kind: 'alive' }));
    report({ kind: 'epoch', ...result });
  }
}

/** What a lost GPU was asked fails without a word; the driver's own come soon after. */
async function reasonOf(fault: unknown): Promise<string> {
  const message = fault instanceof Error ? fault.message : String(fault);
  if (message !== '') return message;
  return Promise.race([
    lost?.then((words) => `its device was lost (${words})`),
    sleep(1000, 'its device does not answer any more'),
  ]).then((words) => words ?? 'it gave no reason');
}

process.on('message', (order: EngineOrder) => {
  obey(order).catch(async (fault: unknown) => {
    report({ kind: 'failed', reason: await reasonOf(fault) });
  });
});
process.on('uncaughtException', (fault) => {
  report({ kind: 'failed', reason: fault.message });
});
process.on('disconnect', () => process.exit(0));
