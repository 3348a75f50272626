/** The process of a tensor engine: loads TensorFlow.js, trains epoch by epoch; a crash or a hang here ends no run. */
import { loadTensorFlow } from '../../engines/tensorFlow.ts';
import type { EngineOrder, EngineReport } from './tensorMessages.ts';
import { createTensorTrainer, type TensorTrainer } from './tensorTrainer.ts';

let trainer: TensorTrainer | undefined;

function report(message: EngineReport): void {
  process.send?.(message);
}

async function obey(order: EngineOrder): Promise<void> {
  if (order.kind === 'start') {
    const { tf, device } = await loadTensorFlow(order.engine);
    if (order.problem && order.state) trainer = createTensorTrainer(tf, order.problem, order.state);
    report({ kind: 'ready', device });
  } else if (trainer) {
    const result = await trainer.runEpoch(order.epoch, () => report({ kind: 'alive' }));
    report({ kind: 'epoch', ...result });
  }
}

process.on('message', (order: EngineOrder) => {
  obey(order).catch((fault: unknown) => {
    report({ kind: 'failed', reason: fault instanceof Error ? fault.message : String(fault) });
  });
});
process.on('uncaughtException', (fault) => {
  report({ kind: 'failed', reason: fault.message });
});
process.on('disconnect', () => process.exit(0));
