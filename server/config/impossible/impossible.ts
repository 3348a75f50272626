/** A setting that nothing can be fitted with: what lint says of it is what a run refuses, and completion leaves out. */
import { modelNamed } from '../../catalog/models.ts';
import type { Experiment, Scalar } from '../experiment.ts';

/** What the data say; nothing is impossible for a reason that is not known yet. */
export interface Known {
  /** As it was settled; absent: as it is written. */
  readonly task?: string;
  /** Of a target of classes, in their order. */
  readonly classes?: readonly Scalar[];
  /** The primary metric in effect; absent: as it is written. */
  readonly metric?: string;
  /** Every column that the model sees. */
  readonly features?: readonly { readonly name: string; readonly kind: string }[];
  /** Rows that the model is scored on without having learnt from them, other than test rows. */
  readonly heldRows?: number;
  /** How many folds there are, and how many validation rows without them. */
  readonly folds?: number;
  readonly validRows?: number;
}

export interface Impossible {
  readonly rule: 'conflicting-settings' | 'unknown-value' | 'out-of-range';
  /** Dotted path of the setting at fault. */
  readonly path: string;
  readonly value: string;
  /** Completes "`path: value` is not possible: …". */
  readonly reason: string;
  /** What to write there. */
  readonly instead: string;
  /** `instead` is YAML that can be written as it is. */
  readonly literal?: boolean;
  /** The column that the fault is about. */
  readonly column?: string;
}

/** A question about one experiment. */
export interface Case {
  readonly experiment: Experiment;
  readonly known: Known;
  /** Undefined while only the data can tell. */
  readonly task: string | undefined;
  /** `auto` is gradient boosting. */
  readonly family: string;
  /** The model and its baselines; without past runs. */
  readonly families: readonly string[];
}

export function caseOf(experiment: Experiment, known: Known): Case {
  const { model, baseline, task } = experiment;
  const family = model.type === 'auto' ? 'gbdt' : model.type;
  const settled = known.task ?? (task === 'auto' ? undefined : task);
  const families = [family, ...baseline.filter((name) => modelNamed(name) !== undefined)];
  return { experiment, known, task: settled, family, families };
}

/** In the words of a finding. The run's refusal is the error `model-setting`, which reads the same. */
export function sentenceOf({ path, value, reason }: Impossible): string {
  return `\`${path}: ${value}\` is not possible: ${reason}.`;
}
