/** A card as one HTML file: no script, nothing fetched, light or dark as the reader's system is, every name escaped. */
import type { Block, Card, Text } from '../protocol/card.ts';
import { drawBars, drawCalibration } from './charts.ts';
import { escapeHtml } from './escapeHtml.ts';

export function renderCardHtml(card: Card): string {
  const title = escapeHtml(`Model card: ${card.title}`);
  const contents = card.sections.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`);
  const sections = card.sections.map(
    ({ id, title, blocks }) =>
      `<section id="${id}">\n<h2>${escapeHtml(title)}</h2>\n${blocks.map(renderBlock).join('\n')}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1>${title}</h1>
<p class="summary">${inline(card.summary)}</p>
<nav aria-label="Sections"><ul>${contents.join('')}</ul></nav>
${sections.join('\n')}
</main>
</body>
</html>
`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'text':
      return `<p>${inline(block.text)}</p>`;
    case 'words':
      return block.words
        .trim()
        .split(/\r?\n\s*\r?\n/)
        .map((paragraph) => `<p class="words">${escapeHtml(paragraph)}</p>`)
        .join('\n');
    case 'gap':
      return `<p class="gap">${inline(block.text)}</p>`;
    case 'list':
      return `<ul>${block.items.map((item) => `<li>${inline(item)}</li>`).join('')}</ul>`;
    case 'table':
      return renderTable(block);
    case 'code':
      return `<pre tabindex="0"><code>${escapeHtml(block.code)}</code></pre>`;
    case 'bars':
      return figure(block.caption, drawBars(block.bars));
    case 'calibration':
      return figure(block.caption, drawCalibration(block.bins));
  }
}

function figure(caption: string, picture: string): string {
  return `<figure>${picture}<figcaption>${escapeHtml(caption)}</figcaption></figure>`;
}

function renderTable({ caption, columns, rows }: Block & { kind: 'table' }): string {
  const kind = columns.map(({ number }) => (number ? ' class="number"' : ''));
  const head = columns
    .map(({ title }, index) => `<th scope="col"${kind[index]}>${inline(title)}</th>`)
    .join('');
  const body = rows.map((row) => {
    const [first = [], ...rest] = row;
    const cells = rest.map((cell, index) => `<td${kind[index + 1]}>${inline(cell)}</td>`);
    return `<tr><th scope="row"${kind[0]}>${inline(first)}</th>${cells.join('')}</tr>`;
  });
  return `<div class="wide" tabindex="0"><table>
<caption>${escapeHtml(caption)}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body.join('\n')}
</tbody>
</table></div>`;
}

function inline(text: Text): string {
  return text
    .map((part) => (typeof part === 'string' ? escapeHtml(part) : `<code>${escapeHtml(part.name)}</code>`))
    .join('');
}

const style = `
:root { color-scheme: light dark; --ink: #1f2328; --soft: #59636e; --line: #d1d9e0; --paper: #ffffff; --shade: #f4f6f8; --mark: #0969da; --warn: #9a6700; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6edf3; --soft: #9198a1; --line: #3d444d; --paper: #0d1117; --shade: #161b22; --mark: #58a6ff; --warn: #d29922; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
main { max-width: 52rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 .5rem; padding-top: .5rem; border-top: 1px solid var(--line); }
.summary { font-size: 1.1rem; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; padding: 0; list-style: none; }
a { color: var(--mark); }
code, pre { font-family: ui-monospace, monospace; font-size: .875em; }
p code, li code, td code, th code { background: var(--shade); padding: .1em .3em; }
p code, li code { overflow-wrap: anywhere; }
pre { background: var(--shade); padding: 1rem; overflow-x: auto; }
.words { white-space: pre-wrap; overflow-wrap: anywhere; }
.gap { color: var(--warn); border-left: 3px solid var(--warn); padding-left: .75rem; }
.wide { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
caption { text-align: left; color: var(--soft); padding-bottom: .25rem; }
th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; border-bottom: 1px solid var(--line); font-weight: normal; }
thead th { font-weight: 600; }
.number { text-align: right; font-variant-numeric: tabular-nums; }
figure { margin: 1rem 0; }
figcaption { color: var(--soft); font-size: .9rem; }
svg { width: 100%; height: auto; display: block; }
svg text { fill: var(--ink); font: 12px system-ui, sans-serif; }
svg .axis { stroke: var(--line); }
svg .guide { stroke: var(--soft); stroke-dasharray: 4 4; }
svg .value { fill: var(--mark); stroke: var(--mark); }
svg .line { fill: none; stroke: var(--mark); stroke-width: 2; }
svg .whisker { stroke: var(--ink); stroke-width: 1.5; }
`;
