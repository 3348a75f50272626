/** MLflow's scoring protocol: the four JSON forms of `/invocations`, CSV, and its answer. */
import { firstRecords } from '../data/sources/csvRecords.ts';
import type { InputColumn } from './cells.ts';
import { type Answer, labelsOf, type Model, setOf } from './model.ts';
import { columnRows, isRecord, listRows, malformed, type RowSource, recordRows } from './rows.ts';

const help =
  'Send {"dataframe_split": …}, {"dataframe_records": …}, {"instances": …} or {"inputs": …}, or CSV.';

/** @throws ModelwrightError request-malformed */
export function readInvocation(columns: readonly InputColumn[], body: unknown): RowSource {
  if (!isRecord(body)) throw malformed('it is no JSON object', help);
  const forms = ['dataframe_split', 'dataframe_records', 'instances', 'inputs'] as const;
  const given = forms.filter((form) => Object.hasOwn(body, form));
  const [form] = given;
  if (form === undefined || given.length > 1)
    throw malformed(`it has ${form === undefined ? 'none' : 'several'} of ${forms.join(', ')}`, help);
  const value = body[form];
  if (form === 'dataframe_split') return readSplit(columns, value);
  if (form === 'inputs' && isRecord(value)) return readColumns(columns, value);
  if (!Array.isArray(value)) throw malformed(`\`${form}\` is not a list`, help);
  return Array.isArray(value[0]) && form !== 'dataframe_records'
    ? listRows(columns, value)
    : recordRows(columns, value);
}

/** A header and a record a row (RFC 4180). @throws ModelwrightError request-malformed */
export function readCsvRows(columns: readonly InputColumn[], text: string): RowSource {
  const records = firstRecords(text, ',', { whole: true, limit: Number.POSITIVE_INFINITY });
  const [header, ...rows] = records;
  const names = header?.fields ?? [];
  for (const [row, { fault }] of rows.entries()) {
    if (fault !== undefined)
      throw malformed(`row ${row} has a quote that is not closed properly`, 'Mend the CSV.', row);
  }
  const source = listRows(
    columns,
    rows.map(({ fields }) => fields.map((cell) => (missingCells.has(cell) ? null : cell))),
    names,
  );
  return { ...source, text: true };
}

/** Cells of CSV that mean missing (cli.md). */
const missingCells: ReadonlySet<string> = new Set(['', 'NA', 'N/A', 'NaN', 'null', 'NULL', 'None']);

/** Labels (or values), typed as the target, and beside them what MLflow leaves out: probabilities, and how sure the model is. */
export function renderInvocation(model: Model, answer: Answer): unknown {
  const { classes } = model.shape.lineage;
  const predictions = labelsOf(model, answer);
  const { lower, upper } = answer;
  if (answer.labels === undefined)
    return { predictions, ...(lower && upper && { lower: [...lower], upper: [...upper] }) };
  const { width } = model.shape;
  const probabilities = Array.from({ length: answer.count }, (_, row) => [
    ...answer.values.subarray(row * width, (row + 1) * width),
  ]);
  const sets = Array.from({ length: answer.count }, (_, row) => setOf(model.shape, answer, row));
  return { predictions, probabilities, classes, ...(answer.set && { sets }) };
}

function readSplit(columns: readonly InputColumn[], value: unknown): RowSource {
  if (!isRecord(value) || !Array.isArray(value['columns']) || !Array.isArray(value['data']))
    throw malformed('`dataframe_split` has no lists `columns` and `data`', help);
  return listRows(columns, value['data'], value['columns']);
}

function readColumns(columns: readonly InputColumn[], value: Readonly<Record<string, unknown>>): RowSource {
  const lists = new Map<string, readonly unknown[]>();
  for (const [name, list] of Object.entries(value)) {
    // A column may come as a tensor of shape [n, 1].
    const flat = Array.isArray(list)
      ? list.map((each) => (Array.isArray(each) && each.length === 1 ? each[0] : each))
      : [list];
    lists.set(name, flat);
  }
  return columnRows(columns, lists);
}
