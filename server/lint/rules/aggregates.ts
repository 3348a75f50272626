/** Rules about features that are computed over other rows: nothing from after the prediction may be among them. */

import { secondsIn } from '../../config/duration.ts';
import { setEdit, yamlScalar } from '../../config/edits.ts';
import type { JoinSettings } from '../../config/experiment.ts';
import type { Expression } from '../../config/expression/ast.ts';
import { columnsOf, visit } from '../../config/expression/check.ts';
import { parseExpression } from '../../config/expression/parse.ts';
import { pastParts } from '../../config/expression/past.ts';
import { joinName } from '../../config/joins.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import type { Fix } from '../../protocol/finding.ts';
import { onlyDate, setFix } from '../columns.ts';
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
    for (const [index, join] of (loaded.experiment?.data.join ?? []).entries())
      yield* ofJoin(context, { join, index, timed });
  },
};

/** A table that tells no time is one of lasting facts; one that has dates and does not say which of them counts is not. */
function* ofJoin(
  { loaded, facts }: LintContext,
  { join, index, timed }: { join: JoinSettings; index: number; timed: boolean },
): Iterable<Draft> {
  if (join.as_of !== undefined) return;
  const start = `${joinName(join)}.`;
  const dates = (facts?.profile.columns ?? []).filter(
    ({ name, kind }) => kind === 'datetime' && name.startsWith(start),
  );
  const time = loaded.experiment?.data.time;
  const [first] = dates;
  if (first === undefined || (timed && dates.some(({ name }) => name === `${start}${time}`))) return;
  const column = first.name.slice(start.length);
  yield {
    path: `data.join.${index}`,
    message: `The join with \`${join.source}\` takes rows of any time, the future among them: no \`as_of\` says which were known, though it has \`${column}\`.`,
    data: { source: join.source, column },
    fixes: fixOf(
      `Set as_of: ${column}`,
      setEdit(loaded.source, `data.join.${index}.as_of`, yamlScalar(column)),
    ),
  };
}

interface DerivedFeature {
  readonly item: Readonly<Record<string, unknown>>;
  readonly index: number;
  readonly timed: boolean;
}

function* ofFeature(context: LintContext, { item, index, timed }: DerivedFeature): Iterable<Draft> {
  const { loaded } = context;
  const expr = String(item['expr'] ?? '');
  const { ast } = parseExpression(expr);
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
      fixes: lookBackFix(loaded, `${path}.expr`, { expr, ast }),
    };
    return;
  }
  const parts = pastParts(ast);
  if (parts.length > 0 && !timed) {
    yield {
      path: `${path}.expr`,
      message: `\`${name}\` looks back from the prediction, but nothing says when that is: \`data.time\` is not set, and the run refuses it.`,
      data,
      fixes: timeFix(context),
    };
    return;
  }
  const { target, problem } = loaded.experiment ?? {};
  const horizon = secondsIn(problem?.horizon) ?? 0;
  const outcome = parts.some((part) => target !== undefined && columnsOf(part).includes(target));
  if (!outcome || item['available_at'] !== undefined || (secondsIn(item['shift']) ?? 0) >= horizon) return;
  yield {
    path: `${path}.expr`,
    message: `\`${name}\` takes in \`${target}\` of rows whose outcome is known only ${problem?.horizon} later: it sums over the future.`,
    data,
    fixes: fixOf(
      `Set shift: ${problem?.horizon}`,
      setEdit(loaded.source, `${path}.shift`, String(problem?.horizon)),
    ),
  };
}

/** As many rows back as it looked ahead. */
function lookBackFix(
  loaded: LoadedExperiment,
  path: string,
  { expr, ast }: { readonly expr: string; readonly ast: Expression },
): readonly Fix[] {
  let back = expr;
  // From the end, so that the places before stay right.
  const leads: { start: number; end: number; rows: string }[] = [];
  visit(ast, (part) => {
    const rows = leadOf(part);
    const [of, steps] = part.kind === 'call' ? part.args : [];
    if (rows === undefined || of === undefined || steps === undefined) return;
    leads.push({ start: of.span.end, end: steps.span.end, rows: rows === 1 ? '' : `, ${rows}` });
  });
  for (const { start, end, rows } of leads.toSorted((a, b) => b.start - a.start))
    back = back.slice(0, start) + rows + back.slice(end);
  return back === expr ? [] : fixOf(`Look back: ${back}`, setEdit(loaded.source, path, yamlScalar(back)));
}

function timeFix(context: LintContext): readonly Fix[] {
  const time = onlyDate(context);
  return time === undefined ? [] : setFix(context.loaded, 'data.time', yamlScalar(time));
}

function looksAhead(ast: Expression): number | undefined {
  let ahead: number | undefined;
  visit(ast, (part) => {
    ahead = leadOf(part) ?? ahead;
  });
  return ahead;
}

/** The rows of a lead, which is what `lag(x, -1)` is; of this part alone. */
function leadOf(part: Expression): number | undefined {
  if (part.kind !== 'call' || part.name !== 'lag') return undefined;
  const [, steps] = part.args;
  if (steps?.kind === 'negate' && steps.operand.kind === 'number') return steps.operand.value;
  return steps?.kind === 'number' && steps.value < 0 ? -steps.value : undefined;
}

export const aggregateRules: readonly Rule[] = [futureAggregate];
