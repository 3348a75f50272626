/** The learning rate of every step: warm-up, then the course that `train.schedule` names. */
import type { Epoch } from './problem.ts';
import type { MlpSettings } from './settings.ts';

export interface Course {
  readonly schedule: MlpSettings['schedule'];
  readonly lr: number;
  /** The ceiling that the course is laid over. */
  readonly epochs: number;
  readonly stepsPerEpoch: number;
}

/** Shares of the course: where `wsd` starts to fall, and where one-cycle starts. */
const stableShare = 0.8;
const oneCycleStart = 1 / 25;
const oneCycleEnd = 1e-4;

/** `falls`: how often `plateau` has lowered the rate. */
export function rateOfStep(course: Course, step: number, falls: number): number {
  const { schedule, lr, epochs, stepsPerEpoch } = course;
  const total = epochs * stepsPerEpoch;
  const rising = Math.min(total, schedule.warmup < 1 ? Math.round(schedule.warmup * total) : schedule.warmup);
  const lowest = Math.min(schedule.min_lr ?? 0, lr);
  const isCycle = schedule.type === 'one-cycle';
  if (step < rising) {
    const start = isCycle ? lr * oneCycleStart : 0;
    return start + (lr - start) * ((step + 1) / rising);
  }
  const done = total > rising ? (step - rising) / (total - rising) : 1;
  const epoch = Math.floor(step / stepsPerEpoch);
  const halfWave = (end: number) => end + 0.5 * (lr - end) * (1 + Math.cos(Math.PI * done));
  switch (schedule.type) {
    case 'constant':
      return lr;
    case 'cosine':
      return halfWave(lowest);
    case 'one-cycle':
      return halfWave(Math.max(lowest, lr * oneCycleEnd));
    case 'step':
      return Math.max(lowest, lr * (schedule.gamma ?? 0.1) ** Math.floor(epoch / (schedule.step ?? 30)));
    case 'exponential':
      return Math.max(lowest, lr * (schedule.gamma ?? 0.95) ** epoch);
    case 'plateau':
      return Math.max(lowest, lr * (schedule.gamma ?? 0.1) ** falls);
    case 'wsd':
      return done < stableShare ? lr : lowest + ((lr - lowest) * (1 - done)) / (1 - stableShare);
  }
}

/** Epochs without gain before `plateau` lowers the rate. */
export function plateauPatience({ patience = 5 }: MlpSettings['schedule']): number {
  return patience;
}

/** Rates of an epoch that starts after `steps` steps, and what Adam's moments are divided by (Kingma and Ba 2015). */
export function epochRates(
  course: Course,
  { steps, falls, beta1, beta2 }: { steps: number; falls: number; beta1: number; beta2: number },
): Omit<Epoch, 'order'> {
  const each = (of: (step: number) => number) =>
    Float32Array.from({ length: course.stepsPerEpoch }, (_, index) => of(steps + index));
  return {
    rates: each((step) => rateOfStep(course, step, falls)),
    firstCorrections: each((step) => 1 / (1 - beta1 ** (step + 1))),
    secondCorrections: each((step) => 1 / (1 - beta2 ** (step + 1))),
  };
}
