/** What a run and the process of a tensor engine say to each other. Both are this version's own code. */
import type { NetworkState } from './network.ts';
import type { Epoch, EpochResult, NetworkProblem } from './problem.ts';

/** To the engine's process. */
export type EngineOrder =
  /** Load the engine, and the problem if there is one. */
  | {
      readonly kind: 'start';
      readonly engine: string;
      readonly problem?: NetworkProblem;
      readonly state?: NetworkState;
    }
  | { readonly kind: 'epoch'; readonly epoch: Epoch };

/** From it. */
export type EngineReport =
  | { readonly kind: 'ready'; readonly device: string }
  /** Steps are being taken. */
  | { readonly kind: 'alive' }
  | ({ readonly kind: 'epoch' } & EpochResult)
  | { readonly kind: 'failed'; readonly reason: string };
