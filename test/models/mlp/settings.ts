/** Settings of networks for their tests: small, quick, and with nothing random but the seed. */
import type { FitRequest } from '../../../server/models/family.ts';
import type { EngineChoice } from '../../../server/models/mlp/mlp.ts';
import { createMlp } from '../../../server/models/mlp/mlp.ts';
import type { MlpSettings } from '../../../server/models/mlp/settings.ts';
import { wasmEngine } from '../../../server/models/mlp/wasmEngine.ts';

export const settings: MlpSettings = {
  layers: [16, 8],
  activation: 'relu',
  dropout: 0,
  batch_norm: false,
  epochs: 5,
  batch: 64,
  optimizer: { type: 'adamw', lr: 0.01, weight_decay: 0.01 },
  schedule: { type: 'cosine', warmup: 0.05 },
  regularize: { grad_clip: 1 },
  device: 'auto',
};

/** Our own kernels, with the asked number of threads even on short batches. */
export const chooseWasm = async ({ threads }: { threads: number }): Promise<EngineChoice> => ({
  engines: [wasmEngine(threads)],
  deviceOf: () => 'test',
  reason: 'test',
});

export type MlpRequest = Omit<FitRequest<MlpSettings>, 'parameters' | 'seed' | 'threads'> &
  Partial<FitRequest<MlpSettings>>;

export const fitMlp = (request: MlpRequest) =>
  createMlp(chooseWasm).fit({ parameters: settings, seed: 1, threads: 1, ...request });
