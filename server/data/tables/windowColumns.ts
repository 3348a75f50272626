/** Windowed `features.derive`: what an expression asks of the rows before each prediction, found once as the table is opened. */
import { ModelwrightError } from '../../catalog/errors.ts';
import type { DerivedFeature } from '../../config/derivedFeature.ts';
import { secondsIn } from '../../config/duration.ts';
import type { Expression } from '../../config/expression/ast.ts';
import { joinRead, type PastPart, pastParts } from '../../config/expression/past.ts';
import {
  countEvents,
  countPresent,
  deviationPresent,
  findExtreme,
  meanPresent,
  quantilePresent,
  type Stretches,
  sumPresent,
  type WindowShape,
} from '../../statistics/slidingWindow.ts';
import { createTable } from '../duckdb/append.ts';
import { instantSql } from '../duckdb/sql.ts';
import { type SqlColumn, valueSql } from '../sources/columnSql.ts';
import type { TableSpec, UsedHistory } from '../table.ts';
import { compilePart, readExpression, type Scope, scopeOf } from './compileExpression.ts';
import type { SqlValue } from './functionSql.ts';
import { type JoinedTable, joinKeys, keySql, newestOf } from './joinTables.ts';
import type { PastCache, PastRows, TimedRows } from './pastRows.ts';
import { instantOf, latest, predictionClock } from './predictionClock.ts';
import type { TableFrame } from './tableFrame.ts';

/** What a table's past can be found in. */
export interface PastSources {
  readonly spec: TableSpec;
  readonly joins: readonly JoinedTable[];
  readonly cache: PastCache;
  /** Rows before those of the frame, of the same columns: its relation, and up to when they count. */
  readonly before?: {
    readonly columns: readonly SqlColumn[];
    readonly relation: string;
    readonly until: string;
  };
}

export interface WindowedValue extends SqlValue {
  /** The instant of the newest row that was used, ISO; null where none was. */
  readonly used: UsedHistory;
}

/** Attaches to the frame what the feature's parts found, and gives the feature as SQL over it once it is settled. */
export async function windowColumn(
  frame: TableFrame,
  feature: DerivedFeature,
  { id, ...sources }: PastSources & { readonly id: string },
): Promise<WindowedValue> {
  const columns = [...frame.columns, ...absentColumns(frame.columns, sources.before?.columns)];
  const scope = scopeOf(columns, frame.relation);
  const joins = sources.joins.map(({ name }) => name);
  const ast = readExpression(feature.expr, scope, { aggregates: true, windows: true, joins });
  const bySource = Map.groupBy(pastParts(ast, scope.columns), (part) => joinRead(part, joins));
  const past = new Map<Expression, SqlValue>();
  let newest: string | null = null;
  let said = '';
  for (const [join, parts] of bySource) {
    const question = { id: `${id}_${past.size}`, feature, parts, columns, ...sources };
    const asked = await askPast(
      frame,
      question,
      sources.joins.find(({ name }) => name === join),
    );
    for (const [part, value] of asked.values) past.set(part, value);
    if (asked.newest !== null && (newest === null || asked.newest > newest)) newest = asked.newest;
    said = asked.said;
  }
  const value = compilePart(ast, feature.expr, { ...scope, past });
  return { ...value, used: { name: feature.name, at: said, newest } };
}

/** What only the rows before have, the outcome among them: missing in these. */
function absentColumns(own: readonly SqlColumn[], before: readonly SqlColumn[] = []): SqlColumn[] {
  return before.flatMap(({ block: _, range: __, ...column }) =>
    own.some(({ name }) => name === column.name) ? [] : [{ ...column, sql: `CAST(NULL AS ${column.type})` }],
  );
}

interface Question extends PastSources {
  readonly id: string;
  readonly feature: DerivedFeature;
  readonly parts: readonly PastPart[];
  /** Of the frame, and those that only the rows before it have. */
  readonly columns: readonly SqlColumn[];
}

async function askPast(frame: TableFrame, question: Question, join: JoinedTable | undefined) {
  const { id, feature, parts, spec } = question;
  const clock = predictionClock(frame.columns, spec, frame.relation);
  if (clock === undefined) throw untimed(feature, 'nothing says when that is.');
  const rows =
    join === undefined
      ? ownRows(frame, question, clock.at)
      : joinedRows(frame, question, { join, at: clock.at });
  const { scopes, ...asked } = rows;
  const { values, types } = valuesOf(parts, scopes, feature.expr);
  const past = await question.cache.open(asked);
  const stretches = past.stretches(shapeOf(feature));
  const found = new Map<PastPart, SqlValue>();
  for (const [index, part] of parts.entries()) {
    const column = `${id}_${index}`;
    const type = types[index] ?? 'number';
    const sql = values.map((each) => each[index] ?? 'NULL');
    const given = await answer(past, { part, sql, type, stretches });
    if ('events' in given) {
      await past.fetch(
        column,
        given.events,
        sql.map((each) => [{ id: column, sql: each }]),
      );
      frame.attach({ table: column, columns: [{ id: column, sql: `${column}.${column}` }] });
      found.set(part, { sql: column, type });
    } else {
      await createTable(frame.database, column, [past.spread(given.numbers, given.none)]);
      const present = `CASE WHEN NOT isnan(${column}.a0) THEN ${column}.a0 END`;
      frame.attach({ table: column, columns: [{ id: column, sql: present }] });
      found.set(part, { sql: column, type: 'number' });
    }
  }
  const used = stretches.to.map((to, row) => (to > (stretches.from[row] ?? 0) ? to - 1 : -1));
  return { values: found, newest: newestOf(past, used), said: clock.said };
}

/** In microseconds; the schema has checked the durations. */
function shapeOf({ window, shift }: DerivedFeature): WindowShape {
  const width = secondsIn(window);
  const back = secondsIn(shift);
  return {
    ...(width === undefined ? {} : { width: 1e6 * width }),
    ...(back === undefined ? {} : { shift: 1e6 * back }),
    ...(typeof shift === 'number' ? { skip: shift } : {}),
  };
}

interface Rows {
  readonly asking: TimedRows;
  readonly events: readonly TimedRows[];
  /** What the parts' names mean in each relation of events. */
  readonly scopes: readonly Scope[];
}

/** The data's own rows, of the same group. */
function ownRows(frame: TableFrame, { feature, spec, before, columns: known }: Question, at: string): Rows {
  const of = (columns: readonly SqlColumn[], relation: string, until?: string): TimedRows => {
    const clock = predictionClock(columns, spec, relation);
    if (clock === undefined) throw untimed(feature, 'nothing says when that is.');
    const named = (name: string) => columnNamed(columns, name, feature);
    const later = feature.available_at === undefined ? [] : [instantOf(named(feature.available_at))];
    const known = latest([clock.known, ...later]);
    const keys = feature.group === undefined ? [] : [keySql(named(feature.group))];
    const limits = [
      ...(spec.asOf === undefined ? [] : [`${clock.known} <= ${instantSql(spec.asOf)}`]),
      ...(until === undefined ? [] : [`${clock.known} < ${until}`]),
    ];
    const counts = limits.length === 0 ? known : `CASE WHEN ${limits.join(' AND ')} THEN ${known} END`;
    return { relation, keys, at: counts };
  };
  const own = of(known, frame.relation);
  return {
    asking: { ...own, at },
    events: [...(before === undefined ? [] : [of(before.columns, before.relation, before.until)]), own],
    scopes: [
      ...(before === undefined ? [] : [scopeOf(before.columns, before.relation)]),
      scopeOf(known, frame.relation),
    ],
  };
}

function columnNamed(columns: readonly SqlColumn[], name: string, feature: DerivedFeature): SqlColumn {
  const column = columns.find((each) => each.name === name);
  if (column !== undefined) return column;
  throw untimed(feature, `there is no column \`${name}\`.`);
}

/** The rows of a join with equal keys. */
function joinedRows(
  frame: TableFrame,
  { feature }: Question,
  { join, at }: { join: JoinedTable; at: string },
): Rows {
  if (join.at === undefined)
    throw untimed(feature, `the rows of \`${join.name}\` have no \`as_of\` that says when they were known.`);
  const keys = joinKeys(frame, join);
  const own = feature.available_at?.startsWith(`${join.name}.`)
    ? [instantOf(columnNamed(join.columns, feature.available_at.slice(join.name.length + 1), feature))]
    : [];
  const columns = join.columns.map((column) => [`${join.name}.${column.name}`, valueSql(column)] as const);
  return {
    asking: { relation: frame.relation, keys: keys.asking, at },
    events: [{ relation: join.relation, keys: keys.events, at: latest([join.at, ...own]) }],
    scopes: [{ columns: new Map(columns), relation: join.relation }],
  };
}

function untimed(feature: DerivedFeature, reason: string): ModelwrightError {
  return new ModelwrightError('window-time', { feature: feature.name, reason, setting: 'features.derive' });
}

/** For each relation of events the SQL of what each part looks at. */
function valuesOf(parts: readonly PastPart[], scopes: readonly Scope[], text: string) {
  const compiled = scopes.map((scope) => parts.map((part) => partValue(part, scope, text)));
  return {
    values: compiled.map((each) => each.map(({ sql }) => sql)),
    types: compiled.at(-1)?.map(({ type }) => type) ?? [],
  };
}

/** What every row has. */
const always = 'true';

function partValue(part: PastPart, scope: Scope, text: string): SqlValue {
  const [first] = part.kind === 'call' ? part.args : [];
  const isTable = first?.kind === 'name' && !scope.columns.has(first.name);
  if (first === undefined || isTable) return { sql: always, type: 'boolean' };
  const value = compilePart(first, text, scope);
  if (part.kind !== 'call' || part.name !== 'count') return value;
  return { sql: `CASE WHEN ${value.sql} IS NOT NULL THEN 1 END`, type: 'number' };
}

interface Asked {
  readonly part: PastPart;
  /** What it looks at, in each relation of events. */
  readonly sql: readonly string[];
  readonly type: SqlValue['type'];
  readonly stretches: Stretches;
}

type Answer = { readonly numbers: Float64Array; readonly none: number } | { readonly events: Int32Array };

async function answer(past: PastRows, { part, sql, type, stretches }: Asked): Promise<Answer> {
  const { events } = past;
  const of = (numbers: Float64Array, none = Number.NaN): Answer => ({ numbers, none });
  const second = part.kind === 'call' ? part.args[1] : undefined;
  const setting = second?.kind === 'number' ? second.value : undefined;
  const read = () => past.numbers(sql);
  switch (part.name) {
    case 'rows':
      return of(countEvents(stretches), 0);
    case 'count':
      if (sql.every((each) => each === always)) return of(countEvents(stretches), 0);
      return of(countPresent(await read(), stretches), 0);
    case 'sum':
      return of(sumPresent(events, await read(), stretches), 0);
    case 'mean':
      return of(meanPresent(events, await read(), stretches));
    case 'std':
      return of(deviationPresent(events, await read(), stretches));
    case 'median':
      return of(quantilePresent(await read(), stretches, 0.5));
    case 'quantile':
      return of(quantilePresent(await read(), stretches, setting ?? 0.5));
    case 'min':
    case 'max': {
      const values = type === 'number' ? await read() : await past.ranks(sql);
      return { events: findExtreme(values, stretches, part.name === 'min' ? 1 : -1) };
    }
    default: {
      const back = setting ?? 1;
      return {
        events: stretches.to.map((to, row) => (to - back >= (stretches.from[row] ?? 0) ? to - back : -1)),
      };
    }
  }
}
