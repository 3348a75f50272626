/** Refreshes that come while one is under way are done once, after it. */
import type { LogOutputChannel } from 'vscode';

export interface Refreshing {
  /** Resolves with the refresh that is under way, or a new one. */
  now(): Promise<void>;
  /** Nobody asked for it, so nobody is interrupted by its failure. */
  quietly(): void;
}

/** `what` names in the log what could not be read. */
export function refreshing(work: () => Promise<void>, log: LogOutputChannel, what: string): Refreshing {
  let underWay: Promise<void> | undefined;
  let again = false;

  function now(): Promise<void> {
    if (underWay !== undefined) {
      again = true;
      return underWay;
    }
    underWay = work().finally(() => {
      underWay = undefined;
      if (again) {
        again = false;
        quietly();
      }
    });
    return underWay;
  }

  function quietly(): void {
    now().catch((error: unknown) => log.warn(`${what} cannot be listed: ${String(error)}`));
  }

  return { now, quietly };
}
