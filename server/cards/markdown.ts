/** A card as GitHub-flavoured Markdown: MODEL_CARD.md. */
import type { Block, Card, Text } from '../protocol/card.ts';

export function renderCardMarkdown(card: Card): string {
  const sections = card.sections.map(({ title, blocks }) => {
    const parts = blocks.map(renderBlock).filter((part) => part !== '');
    return [`## ${literal(title)}`, ...parts].join('\n\n');
  });
  return `${[`# Model card: ${literal(card.title)}`, inline(card.summary), ...sections].join('\n\n')}\n`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'text':
      return inline(block.text);
    case 'words':
      // Markup stays the writer's; tags would be live in a viewer that allows HTML.
      return block.words.trim().replaceAll('<', '&lt;');
    case 'gap':
      return `> ${inline(block.text)}`;
    case 'list':
      return block.items.map((item) => `- ${inline(item)}`).join('\n');
    case 'table':
      return renderTable(block);
    case 'code': {
      const fence = fenceFor(block.code, 3);
      return `${fence}${block.language}\n${block.code}\n${fence}`;
    }
    case 'bars':
    case 'calibration':
      return '';
  }
}

function renderTable({ caption, columns, rows }: Block & { kind: 'table' }): string {
  const line = (cells: readonly Text[]) => `| ${cells.map((cell) => inline(cell)).join(' | ')} |`;
  const rule = `|${columns.map(({ number }) => (number ? ' ---: |' : ' --- |')).join('')}`;
  return [`${literal(caption)}:`, '', line(columns.map(({ title }) => title)), rule, ...rows.map(line)].join(
    '\n',
  );
}

function inline(text: Text): string {
  return text.map((part) => (typeof part === 'string' ? literal(part) : code(part.name))).join('');
}

/** Shown literally wherever it stands: markup characters, table bars, entities and line breaks lose their meaning. */
function literal(text: string): string {
  return text
    .replace(/[\\`*_[\]<>#|~]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replace(/\s*[\r\n]+\s*/g, ' ')
    .replace(/^(\s*)([-+]|\d+\.)(?=\s)/, '$1\\$2');
}

/** A code span; a bar is escaped, since in a table it would end the cell. */
function code(text: string): string {
  if (text === '') return '(empty)';
  const fence = fenceFor(text, 1);
  const pad = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${fence}${pad}${text.replaceAll('|', '\\|')}${pad}${fence}`;
}

/** Backticks, more than any run of them inside. */
function fenceFor(text: string, least: number): string {
  const longest = Math.max(0, ...(text.match(/`+/g) ?? []).map((run) => run.length));
  return '`'.repeat(Math.max(least, longest + 1));
}
