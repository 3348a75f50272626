/** The real process of an engine, on TensorFlow.js's processor, whose every operation fails without a word: so does a lost GPU's. */
import * as tf from '@tensorflow/tfjs';

const on = process.on.bind(process);
process.on = (event, listener) =>
  on(event, (order, ...rest) => {
    if (event === 'message' && order.kind === 'start') order.engine = 'cpu';
    if (event === 'message' && order.kind === 'epoch')
      (tf.default ?? tf).engine().startScope = () => {
        throw new Error('');
      };
    listener(order, ...rest);
  });
await import('../../../server/models/mlp/tensorWorker.ts');
