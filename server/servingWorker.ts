/** The composition root of a deployment: one process, its models and one port, until it is told to stop. */
import { type ServingReport, servingOrderSchema } from './protocol/servingMessages.ts';
import { failureOf } from './runs/failure.ts';
import { startDeployment } from './serving/deployment.ts';

/** Resolves when the message is on its way, so that the process may end. */
function report(message: ServingReport): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected) process.send?.(message, () => resolve());
    else resolve();
  });
}

// A closed terminal must not end the deployment; `deployments stop` does, or the end of a process it is attached to.
process.on('SIGHUP', () => {});

process.once('message', async (message) => {
  const order = servingOrderSchema.parse(message);
  try {
    const deployment = await startDeployment(order);
    let stopping = false;
    const stop = async () => {
      if (stopping) return;
      stopping = true;
      await deployment.stop();
      process.exit(0);
    };
    process.once('SIGTERM', stop);
    process.once('SIGINT', stop);
    if (order.attached) process.once('disconnect', stop);
    await report(deployment.ready);
  } catch (error) {
    await report({ kind: 'refused', failure: failureOf(error) });
    process.exit(1);
  }
});
