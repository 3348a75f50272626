/** Rules about features that are computed over other rows: nothing from after the prediction may be among them. */
import { setEdit } from '../../config/edits.ts';
import type { Expression } from '../../config/expression/ast.ts';
import { aggregates, visit } from '../../config/expression/check.ts';
import { parseExpression } from '../../config/expression/parse.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** Windows end at the prediction and joins take the last row before it, but only where it is said when that is. */
const futureAggregate: Rule = {
  id: 'future-aggregate',
  needs: ['config'],
  *run(context) {
    const { loaded } = context;
    const timed = loaded.experiment?.data.time !== undefined || loaded.isWritten('problem.prediction_time');
    const derived = writtenAt(loaded, 'features.derive');
    for (const [index, item] of (Array.isArray(derived) ? derived : []).entries()) {
      if (isMap(item)) yield* ofFeature(context, { item, index, timed });
    }
    const joins = writtenAt(loaded, 'data.join');
    for (const [index, item] of (Array.isArray(joins) ? joins : []).entries()) {
      if (!isMap(item) || item['as_of'] !== undefined || timed) continue;
      yield {
        path: `data.join.${index}`,
        message: `The join with \`${String(item['source'])}\` takes rows of any time, the future among them: neither \`as_of\` nor \`data.time\` says which were known.`,
        data: { source: item['source'] },
      };
    }
  },
};

interface DerivedFeature {
  readonly item: Readonly<Record<string, unknown>>;
  readonly index: number;
  readonly timed: boolean;
}

function* ofFeature({ loaded }: LintContext, { item, index, timed }: DerivedFeature): Iterable<Draft> {
  const { ast } = parseExpression(String(item['expr'] ?? ''));
  if (ast === undefined) return;
  const name = String(item['name']);
  const path = `features.derive.${index}`;
  const data = { column: name };
  const ahead = looksAhead(ast);
  if (ahead !== undefined) {
    yield {
      path: `${path}.expr`,
      message: `\`${name}\` reads ${ahead} rows ahead: they are not there when predicting.`,
      data,
    };
    return;
  }
  const bounded =
    item['window'] !== undefined || item['shift'] !== undefined || item['available_at'] !== undefined;
  if (aggregates(ast) && !bounded) {
    yield {
      path: `${path}.expr`,
      message: `\`${name}\` is taken over all rows, those after the prediction among them: it has no \`window\`.`,
      data,
      fixes: fixOf('Set window: 30d', setEdit(loaded.source, `${path}.window`, '30d')),
    };
  } else if ((aggregates(ast) || isOrdered(ast)) && !timed) {
    yield {
      path: `${path}.expr`,
      message: `\`${name}\` looks back from the prediction, but nothing says when that is: \`data.time\` is not set, so later rows are taken in.`,
      data,
    };
  }
}

/** `lag(x, -1)` is a lead. */
function looksAhead(ast: Expression): number | undefined {
  let ahead: number | undefined;
  visit(ast, (part) => {
    if (part.kind !== 'call' || part.name !== 'lag') return;
    const [, steps] = part.args;
    if (steps?.kind === 'negate' && steps.operand.kind === 'number') ahead = steps.operand.value;
    else if (steps?.kind === 'number' && steps.value < 0) ahead = -steps.value;
  });
  return ahead;
}

function isOrdered(ast: Expression): boolean {
  let ordered = false;
  visit(ast, (part) => {
    if (part.kind === 'call' && part.name === 'lag') ordered = true;
  });
  return ordered;
}

export const aggregateRules: readonly Rule[] = [futureAggregate];
