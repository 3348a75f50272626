/** Which parts of a derived feature's expression look at past rows, and at whose: those of the data or of a join. */
import type { Expression } from './ast.ts';
import { isAggregate, joinOf, partsOf, visit } from './check.ts';
import { functions } from './functions.ts';

export type PastPart = Expression & { readonly kind: 'call' | 'name' };

/** Aggregates, lags and `rows`, those within others left out. */
export function pastParts(ast: Expression, columns?: { has(name: string): boolean }): PastPart[] {
  const parts: PastPart[] = [];
  const inside = new Set<Expression>();
  visit(ast, (part) => {
    if (inside.has(part)) return;
    const isRows = part.kind === 'name' && part.name === 'rows' && columns?.has('rows') !== true;
    const isCall = part.kind === 'call' && looksBack(part);
    if (!isRows && !isCall) return;
    parts.push(part);
    visit(part, (each) => inside.add(each));
  });
  return parts;
}

/** Takes other rows than its own. */
export function looksBack(part: Expression & { kind: 'call' }): boolean {
  return isAggregate(part) || functions[part.name]?.over === 'window';
}

/** The join that a part looks at; undefined where it is the data's own rows. */
export function joinRead(part: PastPart, joins: readonly string[]): string | undefined {
  let found: string | undefined;
  visit(part, (each) => {
    if (each.kind === 'name') found ??= joinOf(each.name, joins);
  });
  return found;
}

/** The names that are of the row itself: those outside of what looks at past rows. */
export function ownNames(ast: Expression): (Expression & { kind: 'name' })[] {
  const past = new Set<Expression>(pastParts(ast));
  const names: (Expression & { kind: 'name' })[] = [];
  const look = (part: Expression): void => {
    if (past.has(part)) return;
    if (part.kind === 'name') names.push(part);
    for (const each of partsOf(part)) look(each);
  };
  look(ast);
  return names;
}
