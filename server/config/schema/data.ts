/** Section 3 of the language, first half: where the rows come from and what they must look like. */
import { dataGovernance } from './dataGovernance.ts';
import { kindChoice } from './features.ts';
import { field, planned } from './meta.ts';
import {
  bool,
  choice,
  either,
  group,
  int,
  item,
  list,
  mapOf,
  number,
  oneOrMore,
  ratio,
  scalar,
  shorthand,
  text,
} from './values.ts';

const source = either(
  text('source'),
  list(text('source')),
  item(
    {
      train: field(text('source'), 'Training rows'),
      valid: field(text('source'), 'Validation rows'),
      test: field(text('source'), 'Test rows'),
    },
    ['train'],
  ),
);

/** Remote files and SQL are part of the language; this version reads local files. */
const isLocal = (value: unknown): boolean =>
  !/^[a-z][a-z0-9+]*:\/\/|^\s*select\s/i.test(typeof value === 'string' ? value : '');

const read = group({
  delimiter: field(text(), 'Character between fields'),
  header: field(bool(), 'First line holds the column names'),
  encoding: field(text(), 'Such as utf-8, utf-16 or latin-1'),
  decimal: field(choice(['.', ',']), 'Decimal sign'),
  null_values: field(list(text()), 'Spellings of a missing value, instead of the usual ones'),
  sheet: planned(either(text(), int({ min: 1 })), 'Sheet of a workbook, by name or number'),
  query: field(text(), 'SQL over a database file'),
  sample: planned(int({ min: 1 }), 'Read only so many rows, drawn at random'),
  types: field(mapOf(text()), 'Type of a column, as DuckDB spells it'),
});

const columnContract = group({
  type: field(kindChoice(), 'Kind of the column'),
  role: field(
    choice(['feature', 'target', 'id', 'time', 'group', 'weight', 'ignore'], { what: 'column role' }),
    'What the column is for',
  ),
  nullable: field(bool(), 'May be missing'),
  min: field(either(number(), text()), 'Smallest value, or earliest date'),
  max: field(either(number(), text()), 'Largest value, or latest date'),
  in: field(list(scalar()), 'The only values allowed'),
  regex: field(text(), 'Pattern that every value matches as a whole'),
  unique: field(bool(), 'No value twice'),
  length: planned(
    either(int({ min: 0 }), text('range'), group({ min: int({ min: 0 }), max: int({ min: 0 }) })),
    'Characters of a text: a number, a range, or {min, max}',
  ),
  quantiles: planned(
    mapOf(either(number(), text('range'))),
    'Quantile to value or range, such as {0.5: 20..40}',
  ),
  increasing: planned(bool(), 'Never falls from row to row'),
  unit: planned(text(), 'Unit of measure'),
  pii: field(either(bool(), text()), 'Personal data, and of what kind'),
  protected: field(bool(), 'A protected attribute, such as sex or age'),
  available: field(choice(['before', 'after']), 'Known before or only after the outcome'),
  available_at: planned(text('column'), 'Column with the instant at which the value was known'),
  owner: planned(text(), 'Who answers for the column'),
  description: planned(text(), 'What the column means'),
});

const quality = group({
  max_missing: field(ratio(), 'Per column, before a warning (never stops a run)', { default: 0.05 }),
  max_duplicates: field(ratio(), 'Exact duplicate rows, before a warning (never stops a run)', {
    default: 0,
  }),
  min_rows: field(int({ min: 1, max: 1e9 }), 'Below this training refuses', { default: 100 }),
  freshness: planned(text('duration'), 'Max age of newest data.time'),
  on_fail: field(choice(['fail', 'warn', 'quarantine']), 'What the runtime does when a contract breaks', {
    default: 'fail',
  }),
});

const join = list(
  item(
    {
      source: field(text('source'), 'Where the other rows come from', { supports: isLocal }),
      name: field(text('id'), "How expressions refer to the rows; default: the file's stem"),
      keys: field(oneOrMore(text('column')), 'Columns that must be equal'),
      as_of: field(
        text('column'),
        'Instant of the other row, not later than the prediction; default: its column that is called as data.time',
      ),
      how: field(choice(['left', 'inner']), 'What happens to rows without a match', { default: 'left' }),
      tolerance: field(text('duration'), 'Oldest match that counts'),
    },
    ['source', 'keys'],
  ),
);

const derive = list(
  item(
    {
      name: field(text('column'), 'Name of the new column'),
      expr: field(text('expr'), 'How it is computed from a row'),
    },
    ['name', 'expr'],
  ),
);

export const data = field(
  shorthand('source', {
    source: field(source, 'Where rows come from; string is the shorthand for the section', {
      defaultText: 'required',
      supports: isLocal,
      impact: 3,
    }),
    format: field(
      choice(
        [
          'auto',
          'csv',
          'tsv',
          'jsonl',
          'json',
          'parquet',
          'arrow',
          'xlsx',
          'sqlite',
          'image-folder',
          'text-folder',
        ],
        {
          supported: ['auto', 'csv', 'tsv', 'jsonl', 'json', 'parquet', 'arrow', 'sqlite'],
          synonyms: { ndjson: 'jsonl', excel: 'xlsx', feather: 'arrow', ipc: 'arrow', db: 'sqlite' },
          what: 'data format',
        },
      ),
      'By extension and content',
      { default: 'auto' },
    ),
    read: field(read, 'Reader options; inferred values are shown as inlay hints', {
      default: {},
      defaultText: 'auto-detected',
    }),
    version: field(text('version'), 'Pin; "Pin data version" code action writes the hash', {
      default: 'none',
      supports: (value) => typeof value === 'string' && /^(none$|sha256:)/.test(value),
      requiredFrom: { stage: 2, rule: 'data-unpinned' },
    }),
    as_of: field(text('date'), 'Snapshot cut-off; rows and joins later than this are ignored'),
    id: field(text('column'), 'Unique row key; never a feature', { impact: 2 }),
    time: field(text('column'), 'Event time; makes split.method auto = time', { impact: 3 }),
    group: field(text('column'), 'Entity that repeats (customer, patient, device); makes split group-safe', {
      impact: 3,
    }),
    weight: field(text('column'), 'Row weight', { impact: 1 }),
    derive: field(
      derive,
      "Columns computed as the rows are read, before anything else; usable as target, filter, split, group or feature. Columns that the target's expression reads are never features",
      { default: [] },
    ),
    join: field(
      join,
      "Point-in-time joins; `name` (default: the file's stem) is how expressions refer to the rows (as_of = data.time by default: no future rows)",
      { default: [] },
    ),
    filter: field(text('expr'), 'Row filter, same for training and serving unless serve.filter differs'),
    columns: field(
      mapOf(
        field(
          columnContract,
          'Per-column contract (schema expectations); "Infer columns from data" writes it',
          {
            defaultText: 'inferred',
          },
        ),
      ),
      'What is known of each column',
      { default: {}, requiredFrom: { stage: 2, rule: 'no-contract', or: ['data.expect'] } },
    ),
    expect: field(
      list(text('expr')),
      'Cross-column or table expectations: "end >= start", "rows >= 10000", "mean(age) in 20..60", "unique(a,b)"',
      { default: [] },
    ),
    quality: field(quality, 'How good the rows must be'),
    ...dataGovernance,
  }),
  'Where the rows come from and what they must look like',
  { impact: 3 },
);
