/** When a search starts no more trials: its own timeout, and what it must leave of the budget to train its winner. */
import type { FitLimits, TimeBudget } from '../../training/timeBudget.ts';

interface SearchTimeOptions {
  readonly budget: TimeBudget | undefined;
  /** Such as `2h` and its seconds: `tune.timeout`, where it is written. */
  readonly timeout: { readonly text: string; readonly seconds: number } | undefined;
  /** Searches that follow each other, those of outer folds among them. */
  readonly searches: number;
}

export interface SearchTime {
  /** A search starts: it has its part of what is left for all of them. */
  begin(): void;
  /** The search that has begun was ended by this in an earlier attempt: it stays so, unless that was changed since. */
  endedBefore(cause: string): void;
  /** Share of its time that the search that has begun has used, in [0, 1]; 0 where nothing bounds it. */
  used(): number;
  /** Whether more trials may start. */
  mayStart(): boolean;
  /** A trial has run so long, with `share` of all steps. */
  ran(seconds: number, share: number): void;
  /** Of the fits of trials: they end with the share of the search, at their next step. */
  limits(): FitLimits;
  /** What ended the searches, such as `tune.timeout (2h)`; undefined where nothing did. */
  ended(): string | undefined;
}

/** What a search may use of `train.budget.time`: the rest is there to train what it has found. */
const searchShare = 0.8;
/** A final fit learns from more rows than a trial, and is fitted on all folds besides. */
const finalTrials = 1.25;

export function searchTime({ budget, timeout, searches }: SearchTimeOptions): SearchTime {
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const left = budget === undefined ? Number.POSITIVE_INFINITY : budget.seconds - budget.spent();
  const all = { own: timeout?.seconds ?? Number.POSITIVE_INFINITY, budget: Math.max(0, left) * searchShare };
  let remaining = searches;
  let own = all.own;
  let hard = all.budget;
  let began = 0;
  let longest = 0;
  let cause: string | undefined;
  let isEnded = false;
  const causes = {
    timeout: `\`tune.timeout\` (${timeout?.text})`,
    budget: `\`train.budget.time\` (${budget?.text})`,
  };

  const tooLate = (name: string) => {
    cause = name;
    return false;
  };
  return {
    begin() {
      const part = (end: number) => elapsed() + Math.max(0, end - elapsed()) / Math.max(1, remaining);
      own = part(all.own);
      hard = part(all.budget);
      remaining--;
      began = elapsed();
      isEnded = false;
    },
    used: () => Math.min(1, (elapsed() - began) / Math.max(1e-3, Math.min(own, hard) - began)),
    endedBefore(before) {
      isEnded = Object.values(causes).includes(before);
      if (isEnded) cause = before;
    },
    mayStart() {
      if (isEnded) return false;
      if (timeout !== undefined && elapsed() > own) return tooLate(causes.timeout);
      // One more trial, and then the winner.
      const needed = longest * (1 + (remaining === 0 ? finalTrials : 0));
      const end = remaining === 0 ? hard / searchShare : hard;
      if (budget !== undefined && (elapsed() > hard || elapsed() + needed > end))
        return tooLate(causes.budget);
      return true;
    },
    ran(seconds, share) {
      longest = Math.max(longest, seconds / Math.max(share, 0.01));
    },
    limits: () => ({
      next: () => ({
        isOver() {
          const over = elapsed() > hard;
          if (over) cause = causes.budget;
          return over;
        },
      }),
    }),
    ended: () => cause,
  };
}
