/** What is known of a column, in words: for completion and hover. */

import type { DataFacts } from '../data/facts/facts.ts';
import type { ColumnProfile } from '../data/profile/columnProfile.ts';
import { percent, score } from '../lint/columns.ts';
import { grouped } from '../protocol/grouped.ts';

/** `numeric · 1.2 % missing · 35 distinct`. */
export function columnSummary({ kind, missing, distinct }: ColumnProfile, rows: number): string {
  const gaps = missing === 0 || rows === 0 ? 'none missing' : `${percent(missing / rows)} missing`;
  return `${kind} · ${gaps} · ${grouped(distinct)} distinct`;
}

const heights = '▁▂▃▄▅▆▇█';

/** The distribution in one line: bins of a number, the most frequent values of anything else; empty where unknown. */
export function sparkline({ histogram, top, distinct }: ColumnProfile): string {
  const counts = histogram?.counts ?? (distinct <= top.length ? top.map((each) => each.count) : []);
  const most = Math.max(0, ...counts);
  if (counts.length < 2 || most === 0) return '';
  return counts
    .map((n) => (n === 0 ? ' ' : heights.charAt(Math.min(7, Math.floor((8 * n) / most)))))
    .join('');
}

/** Markdown. */
export function columnText(column: ColumnProfile, facts: DataFacts): string {
  const { name, derived, top, quantiles, mean, std, min, max } = column;
  const lines = [
    `**${escapeMarkdown(name)}**${derived ? ' (derived)' : ''} · ${columnSummary(column, facts.rows)}`,
  ];
  if (facts.sampled !== undefined) lines.push(`So far of ${grouped(facts.sampled.seen)} rows.`);
  const link = facts.links[name];
  if (name === facts.target?.name) lines.push('This is what is predicted.');
  else if (link?.strength && facts.target) {
    const said = `Alone it predicts ${code(facts.target.name)} at ${score(link.measure, link.strength.value)}`;
    lines.push(`${said} (99 % sure of at least ${link.strength.low.toFixed(3)}).`);
  }
  if (quantiles !== null) {
    const drawn = sparkline(column);
    if (drawn !== '') lines.push(`${code(drawn)} from the 1 % to the 99 % quantile`);
    const at = (p: string) => shown(quantiles[p]);
    lines.push(
      `| least | 5 % | 25 % | median | 75 % | 95 % | most |\n|---|---|---|---|---|---|---|\n| ${shown(min)} | ${at('0.05')} | ${at('0.25')} | ${at('0.5')} | ${at('0.75')} | ${at('0.95')} | ${shown(max)} |`,
    );
    if (mean !== null && std !== null) lines.push(`Mean ${shown(mean)}, standard deviation ${shown(std)}.`);
  } else if (top.length > 0) {
    lines.push(histogram(top, facts.rows));
  }
  return lines.join('\n\n');
}

const widest = 16;

/** The most frequent values as bars; the words beside them say the same to a screen reader. */
function histogram(top: ColumnProfile['top'], rows: number): string {
  const shownTop = top.slice(0, 8);
  const most = Math.max(1, ...shownTop.map((each) => each.count));
  const names = shownTop.map(({ value }) => cut(String(value), 24));
  const width = Math.max(...names.map((name) => name.length));
  const lines = shownTop.map(({ count: n }, i) => {
    const bar = '█'.repeat(Math.max(1, Math.round((n / most) * widest))).padEnd(widest);
    return `${(names[i] ?? '').padEnd(width)} ${bar} ${percent(n / Math.max(1, rows))}`;
  });
  return fenced(lines.join('\n'));
}

function shown(value: number | string | null | undefined): string {
  if (typeof value === 'number') return String(Number(value.toPrecision(4)));
  return value === null || value === undefined ? '' : escapeMarkdown(cut(value, 24));
}

function cut(text: string, length: number): string {
  const line = text.replaceAll(/\s+/g, ' ');
  return line.length > length ? `${line.slice(0, length - 1)}…` : line;
}

/** Names and values are the user's data: none of them may become markup. */
export function escapeMarkdown(text: string): string {
  return cut(text, 120).replaceAll(/[\\`*_{}[\]()<>#+.!|~&-]/g, '\\$&');
}

/** In backquotes, whatever the text holds. */
export function code(text: string): string {
  const fence = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  const pad = text.includes('`') ? ' ' : '';
  return `${fence}${pad}${cut(text, 120)}${pad}${fence}`;
}

export function fenced(text: string, language = ''): string {
  const fence = '`'.repeat(Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length)) + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}
