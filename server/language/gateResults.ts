/** How the gates of an experiment did in its last run. */
import type { GateResult } from '../protocol/run.ts';
import { lastResult, type OpenExperiment } from './openExperiment.ts';

/** Undefined where the last run did not have this gate. */
export function gateResult(open: OpenExperiment, gate: string): GateResult | undefined {
  return lastResult(open)?.gates.find((result) => result.gate.trim() === gate.trim());
}

/** `passed: 0.683 (0.671 to 0.695)`. */
export function gateText({ passed, value, low, high, reason }: GateResult): string {
  const said = passed ? 'passed' : 'failed';
  if (value === null) return reason === '' ? said : `${said}: ${reason}`;
  const interval = low === null || high === null ? '' : ` (${digits(low)} to ${digits(high)})`;
  return `${said}: ${digits(value)}${interval}`;
}

function digits(value: number | string): string {
  return typeof value === 'number' ? String(Number(value.toPrecision(4))) : value;
}
