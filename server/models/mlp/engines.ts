/** The engines that a network can be trained on, the best for it first. */
import type { EngineChoice, EngineWish } from './mlp.ts';
import { wasmEngine } from './wasmEngine.ts';

export async function chooseEngines({ threads }: EngineWish): Promise<EngineChoice> {
  return {
    engines: [wasmEngine(threads)],
    deviceOf: () => `${process.platform} ${process.arch}`,
    reason: '',
  };
}
