/** Features that an experiment computes (`features.derive`): of the row itself, or of rows before it. */
import { isAggregate, visit } from './expression/check.ts';
import { parseExpression } from './expression/parse.ts';

export interface DerivedFeature {
  readonly name: string;
  readonly expr: string;
  /** Duration: how far back the rows are that count. */
  readonly window?: string;
  /** Column: only rows with the same value count. */
  readonly group?: string;
  /** Duration, or a number of rows: how long before the prediction the window ends. */
  readonly shift?: string | number;
  /** Column with the instant at which a past row was known. */
  readonly available_at?: string;
}

/**
 * Whether other rows enter: it aggregates, looks back, or says which rows count. Else it depends on its own row alone.
 * `columns` tell a column called `rows` from their number.
 */
export function isWindowed(
  { expr, ...rest }: Omit<DerivedFeature, 'name'>,
  columns?: { has(name: string): boolean },
): boolean {
  const { window, group, shift, available_at } = rest;
  if ([window, group, shift, available_at].some((setting) => setting !== undefined)) return true;
  const { ast } = parseExpression(expr);
  let others = false;
  if (ast !== undefined)
    visit(ast, (part) => {
      others ||=
        (part.kind === 'call' && (part.name === 'lag' || isAggregate(part))) ||
        (part.kind === 'name' && part.name === 'rows' && columns?.has('rows') !== true);
    });
  return others;
}
