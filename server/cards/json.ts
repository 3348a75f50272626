/** A card as JSON: model-card-toolkit's fields, and the document as it reads. */
import type { Card } from '../protocol/card.ts';

export function renderCardJson(card: Card): string {
  const { title, summary, sections, toolkit } = card;
  return `${JSON.stringify({ ...toolkit, document: { title, summary, sections } }, spellNumber, 2)}\n`;
}

/** JSON has no NaN and no infinities. */
function spellNumber(_: string, value: unknown): unknown {
  return typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
}
