/** Which runs a person asked for: words and comparisons to a filter, a column to an order, and the rows in view. */
import type { RunQuery } from '../server/protocol/panels.ts';
import type { RunEntry } from '../server/protocol/workbench.ts';

export interface SelectedRuns {
  readonly rows: RunEntry[];
  readonly matching: number;
  readonly total: number;
  readonly settings: string[];
  readonly metrics: string[];
  readonly problem: string;
}

/** A filter that cannot be read filters nothing, and `problem` says why. */
export function selectRuns(runs: readonly RunEntry[], query: RunQuery): SelectedRuns {
  const settings = variedSettings(runs);
  const metrics = [...new Set(runs.map(({ metric }) => metric))].filter((name) => name !== null);
  const { tests, problem } = parseFilter(query.filter, new Set([...fixedColumns, ...settings, ...metrics]));
  const matching = runs.filter((run) => tests.every((test) => test(run)));
  const sorted = query.sort === 'started' && query.descending ? matching : matching.toSorted(order(query));
  const rows = sorted.slice(query.from, query.from + query.count);
  return { rows, matching: matching.length, total: runs.length, settings, metrics, problem };
}

type Cell = string | number | null;
type Test = (run: RunEntry) => boolean;

const fixedColumns = ['id', 'experiment', 'status', 'started', 'duration', 'value', 'metric'];

/** Seconds from start to end; null while it runs. */
export function secondsOf({ started, ended }: RunEntry): number | null {
  return ended === null ? null : (Date.parse(ended) - Date.parse(started)) / 1000;
}

function cellOf(run: RunEntry, column: string): Cell {
  switch (column) {
    case 'id':
    case 'experiment':
    case 'status':
    case 'started':
    case 'value':
    case 'metric':
      return run[column];
    case 'duration':
      return secondsOf(run);
  }
  if (column === run.metric) return run.value;
  const text = run.settings[column];
  if (text === undefined) return null;
  const number = Number(text);
  return text.trim() !== '' && Number.isFinite(number) ? number : text;
}

/** Numbers before words, both before what is missing; equal ones stay newest first. */
function order({ sort, descending }: RunQuery): (a: RunEntry, b: RunEntry) => number {
  const sign = descending ? -1 : 1;
  return (a, b) => {
    const [x, y] = [cellOf(a, sort), cellOf(b, sort)];
    if (x === null || y === null) return Number(x === null) - Number(y === null);
    if (typeof x === 'number' && typeof y === 'number') return sign * (x - y);
    if (typeof x !== typeof y) return typeof x === 'number' ? -1 : 1;
    return sign * String(x).localeCompare(String(y), 'en', { numeric: true });
  };
}

/** How many different values each setting has, most first; a constant one is left out. */
function variedSettings(runs: readonly RunEntry[]): string[] {
  const values = new Map<string, Set<string>>();
  for (const { settings } of runs) {
    for (const [path, value] of Object.entries(settings)) {
      const seen = values.get(path) ?? new Set();
      values.set(path, seen.add(value));
    }
  }
  const varied = [...values].filter(
    ([path, seen]) => seen.size > 1 || runs.some((run) => !(path in run.settings)),
  );
  return varied.sort(([a, x], [b, y]) => y.size - x.size || a.localeCompare(b)).map(([path]) => path);
}

const comparison = /^([^\s<>=!~]+)\s*(<=|>=|!=|=|<|>|~)\s*("[^"]*"|\S+)$/;

/** `status = failed roc_auc >= 0.7 flights`: all parts must hold; a bare word is looked for in id, name and status. */
function parseFilter(filter: string, columns: ReadonlySet<string>): { tests: Test[]; problem: string } {
  const tests: Test[] = [];
  for (const part of partsOf(filter)) {
    const match = comparison.exec(part);
    if (match === null) {
      if (/[<>=!~]/.test(part))
        return { tests: [], problem: `“${part}” is no comparison: write column = value.` };
      tests.push(containing(part));
      continue;
    }
    const [, column = '', operator = '', value = ''] = match;
    if (!columns.has(column)) return { tests: [], problem: `There is no column “${column}”.` };
    tests.push(comparing(column, operator, value.replace(/^"(.*)"$/, '$1')));
  }
  return { tests, problem: '' };
}

/** Words, with `a = b` joined to one part and `and` between parts left out. */
function partsOf(filter: string): string[] {
  const joined = filter.trim().replace(/\s*(<=|>=|!=|=|<|>|~)\s*/g, '$1');
  return [...joined.matchAll(/(?:"[^"]*"|[^\s"])+/g)].map(([part]) => part).filter((part) => part !== 'and');
}

function containing(word: string): Test {
  const wanted = word.replaceAll('"', '').toLowerCase();
  return ({ id, experiment, status }) => `${id} ${experiment} ${status}`.toLowerCase().includes(wanted);
}

function comparing(column: string, operator: string, value: string): Test {
  const wanted: Cell = value.trim() !== '' && Number.isFinite(Number(value)) ? Number(value) : value;
  return (run) => {
    const cell = cellOf(run, column);
    if (operator === '~')
      return String(cell ?? '')
        .toLowerCase()
        .includes(value.toLowerCase());
    if (operator === '!=') return cell !== wanted;
    if (cell === null) return false;
    if (operator === '=') return cell === wanted || String(cell) === value;
    if (typeof cell !== typeof wanted) return false;
    if (operator === '<') return cell < wanted;
    if (operator === '<=') return cell <= wanted;
    return operator === '>' ? cell > wanted : cell >= wanted;
  };
}
