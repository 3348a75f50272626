/** The SQL of each function of the expression language (config/expression/functions.ts says what they mean). */

export type SqlType = 'number' | 'text' | 'boolean' | 'datetime' | 'null';

/** Numbers are DOUBLE, dates TIMESTAMP (UTC). */
export interface SqlValue {
  readonly sql: string;
  readonly type: SqlType;
}

/** Undefined for a function that needs other rows in order, such as `lag`. */
export function callSql(name: string, args: readonly SqlValue[]): SqlValue | undefined {
  const sql = args.map((argument) => argument.sql);
  const [x = 'NULL', y = 'NULL'] = sql;
  const [a = 'NULL', b = 'NULL', c = 'NULL'] = args.map(numeric);
  const first = args[0]?.type ?? 'null';
  switch (name) {
    case 'rows':
    case 'count':
      return number(args.length === 0 ? 'count(*)' : `count(${x})`);
    case 'sum':
    case 'median':
      return number(`${name}(${asDouble(x)})`);
    case 'mean':
      return number(`avg(${asDouble(x)})`);
    case 'std':
      return number(`stddev_samp(${asDouble(x)})`);
    case 'quantile':
      return number(`quantile_cont(${asDouble(x)}, ${y})`);
    case 'unique':
      return { sql: `(count(*) = count(DISTINCT row(${sql.join(', ')})))`, type: 'boolean' };
    case 'min':
    case 'max':
      return args.length === 1 ? { sql: `${name}(${x})`, type: first } : extreme(name, args);
    case 'days':
      return number(
        args.length === 1
          ? `(epoch_us(${moment(args[0])}) / 86400e6)`
          : `((epoch_us(${moment(args[0])}) - epoch_us(${moment(args[1])})) / 86400e6)`,
      );
    case 'hour':
      return number(`hour(${moment(args[0])})`);
    case 'weekday':
      return number(`(isodow(${moment(args[0])}) - 1)`);
    case 'lower':
    case 'trim':
      return { sql: `${name}(${x})`, type: 'text' };
    case 'matches':
      return { sql: `regexp_matches(${x}, ${y})`, type: 'boolean' };
    case 'coalesce': {
      const { values, type } = unify(args);
      return { sql: `coalesce(${values.join(', ')})`, type };
    }
    case 'if': {
      const { values, type } = unify(args.slice(1));
      return { sql: `(CASE WHEN ${x} THEN ${values[0]} ELSE ${values[1]} END)`, type };
    }
    case 'isnull':
      return { sql: `(${x} IS NULL)`, type: 'boolean' };
    case 'log':
      return number(`CASE WHEN ${a} > 0 THEN ln(${a}) END`);
    case 'abs':
      return number(`abs(${a})`);
    case 'clip':
      return number(`CASE WHEN ${x} IS NOT NULL THEN greatest(${b}, least(${c}, ${a})) END`);
    default:
      return undefined;
  }
}

/** Text that stands for a date becomes one. */
function moment(value: SqlValue | undefined): string {
  const sql = value?.sql ?? 'NULL';
  return value?.type === 'text' ? `CAST(try_cast(${sql} AS TIMESTAMPTZ) AS TIMESTAMP)` : sql;
}

function number(sql: string): SqlValue {
  return { sql: `CAST(${sql} AS DOUBLE)`, type: 'number' };
}

/** Booleans count as 1 and 0. */
export function numeric({ sql, type }: SqlValue): string {
  return type === 'boolean' ? asDouble(sql) : sql;
}

function asDouble(sql: string): string {
  return `CAST(${sql} AS DOUBLE)`;
}

/** Null if one of the values is; DuckDB's own `least` skips nulls. */
function extreme(name: 'min' | 'max', args: readonly SqlValue[]): SqlValue {
  const isNumber = args.some(({ type }) => type === 'number');
  const sql = args.map((argument) => (isNumber ? numeric(argument) : argument.sql));
  const missing = sql.map((value) => `${value} IS NULL`).join(' OR ');
  const best = `${name === 'min' ? 'least' : 'greatest'}(${sql.join(', ')})`;
  const type = isNumber ? 'number' : (args[0]?.type ?? 'null');
  return { sql: `(CASE WHEN ${missing} THEN NULL ELSE ${best} END)`, type };
}

/** Values of one type; text where they differ. */
function unify(args: readonly SqlValue[]): { values: string[]; type: SqlType } {
  const types = new Set(args.map(({ type }) => type).filter((type) => type !== 'null'));
  const [only] = types;
  if (types.size <= 1) return { values: args.map(({ sql }) => sql), type: only ?? 'null' };
  return { values: args.map(({ sql }) => `CAST(${sql} AS VARCHAR)`), type: 'text' };
}
