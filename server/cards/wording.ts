/** Numbers and names as a card writes them: four significant digits, thousands grouped, no name long enough to flood a page. */

import { quantileOf } from '../catalog/metrics.ts';
import { predictsValue, type SupervisedTask } from '../catalog/tasks.ts';
import type { Text } from '../protocol/card.ts';
import type { RunDocument } from '../protocol/run.ts';

/** A number that travelled as JSON. */
export type JsonNumber = number | 'NaN' | 'Infinity' | '-Infinity';

export interface JsonEstimate {
  readonly value: JsonNumber;
  readonly low: JsonNumber;
  readonly high: JsonNumber;
}

/** Four significant digits; `not defined` for NaN. */
export function formatNumber(value: JsonNumber): string {
  const number = Number(value);
  if (Number.isNaN(number)) return 'not defined';
  if (Math.abs(number) >= 10_000 && Number.isFinite(number)) return formatCount(Math.round(number));
  return String(Number(number.toPrecision(4)));
}

/** `1234567` is `1,234,567`, whatever the machine's language. */
export function formatCount(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

export function formatPercent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

/** `0.91 (0.89 to 0.93)`. */
export function formatEstimate(estimate: JsonEstimate | undefined): string {
  if (!estimate) return 'not measured';
  const interval = formatInterval(estimate);
  return interval === '' ? formatNumber(estimate.value) : `${formatNumber(estimate.value)} (${interval})`;
}

/** `0.89 to 0.93`, or nothing where there is no interval. */
export function formatInterval({
  low,
  high,
}: {
  readonly low: JsonNumber;
  readonly high: JsonNumber;
}): string {
  return Number.isNaN(Number(low)) || Number.isNaN(Number(high))
    ? ''
    : `${formatNumber(low)} to ${formatNumber(high)}`;
}

export function formatP(p: JsonNumber): string {
  return Number(p) < 0.0001 ? 'p below 0.0001' : `p ${Number(Number(p).toPrecision(2))}`;
}

/** A name as code: one line, no control or direction characters, at most 80 characters. */
export function name(text: unknown): { readonly name: string } {
  const line = cleanLine(String(text));
  return { name: line.length > 80 ? `${line.slice(0, 79)}…` : line };
}

/** A message as text: what it puts in backticks is a name. */
export function readMessage(message: string): Text {
  return message.split(/`([^`]*)`/).map((part, index) => (index % 2 === 1 ? name(part) : cleanSpaces(part)));
}

/** Controls, line breaks and the characters that turn the direction of writing become spaces. */
export function cleanLine(text: string): string {
  return cleanSpaces(text).trim();
}

function cleanSpaces(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\u200e\u200f]+/gu, ' ');
}

/** `a, b and c`. */
export function joinNames(names: readonly unknown[], most = 12): Text {
  const shown = names.slice(0, most).map(name);
  const rest = names.length - shown.length;
  const parts: (string | { name: string })[] = [];
  shown.forEach((each, index) => {
    if (index > 0) parts.push(index === shown.length - 1 && rest === 0 ? ' and ' : ', ');
    parts.push(each);
  });
  if (rest > 0) parts.push(` and ${formatCount(rest)} more`);
  return parts;
}

/** The model in plain words. */
export function describeModel({
  model,
  task,
  metric,
}: Pick<RunDocument, 'model' | 'task' | 'metric'>): string {
  if (model.type === 'gbdt') return `gradient-boosted trees (${formatCount(model.iterations)} iterations)`;
  if (model.type === 'forest') return `a random forest of ${formatCount(model.iterations)} trees`;
  if (model.type === 'dummy')
    return task === 'quantile'
      ? `the ${describeQuantile(metric)} of the training rows`
      : `the ${predictsValue(task) ? 'mean' : 'class shares'} of the training rows`;
  if (model.type !== 'linear') return model.type;
  return linearNames[task];
}

const linearNames: Readonly<Record<SupervisedTask, string>> = {
  binary: 'logistic regression',
  multiclass: 'softmax regression',
  regression: 'linear regression',
  count: 'Poisson regression',
  quantile: 'quantile regression',
};

/** The quantile that a primary metric asks for, in words: `median`, `90 % quantile`. */
export function describeQuantile(metric: string): string {
  const level = quantileOf(metric) ?? 0.5;
  return level === 0.5 ? 'median' : `${Math.round(100 * level)} % quantile`;
}
