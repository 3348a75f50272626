/** What the experiment says about a network: its shape and how it is trained. */
import type { Experiment } from '../../config/experiment.ts';

export type MlpShapeSettings = Experiment['model']['mlp'];

/** `model.mlp` and the part of `train` that networks act on. */
export interface MlpSettings extends MlpShapeSettings {
  readonly epochs: number;
  readonly batch: number | 'auto';
  readonly optimizer: Experiment['train']['optimizer'];
  readonly schedule: Experiment['train']['schedule'];
  readonly regularize: Experiment['train']['regularize'];
  readonly device: Experiment['train']['device'];
  /** The epochs that the schedule is laid over, where fewer are run. */
  readonly courseEpochs?: number;
}

export function mlpSettings({ model, train }: Experiment): MlpSettings {
  const { epochs, batch, optimizer, schedule, regularize, device } = train;
  return { ...model.mlp, epochs, batch, optimizer, schedule, regularize, device };
}

/** `auto` is the power of two nearest to a 200th of the rows, 32 to 512. */
export function batchSize(batch: number | 'auto', rows: number): number {
  if (batch !== 'auto') return Math.min(batch, rows);
  return Math.min(512, Math.max(32, 2 ** Math.round(Math.log2(Math.max(rows, 1) / 200))));
}

/** Width of a category's vector: fastai's rule, min(50, 1.6 · levels^0.56), where none is written. */
export function embeddingWidth(embed: number | undefined, levels: number): number {
  return embed ?? Math.max(1, Math.min(50, Math.round(1.6 * levels ** 0.56)));
}

/** Share of units that are dropped: the model's own, and what `train.regularize` drops of the rest. */
export function dropoutShare({ dropout, regularize }: MlpSettings): number {
  return 1 - (1 - dropout) * (1 - (regularize.dropout ?? 0));
}
