/** Values that can be written at the cursor, by what the schema says belongs there. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { rules } from '../catalog/rules.ts';
import { yamlScalar } from '../config/edits.ts';
import { fieldAt, schemaAt } from '../config/fields.ts';
import { isPossible } from '../config/impossible/find.ts';
import { joinName } from '../config/joins.ts';
import { nodesOf } from '../config/schema/nodes.ts';
import type { Format, ValueKind } from '../config/schema/values.ts';
import { guessTargets } from '../data/guessTargets.ts';
import { knownFrom } from '../data/knownFacts.ts';
import { grouped } from '../protocol/grouped.ts';
import { columnSuggestions, expressionSuggestions } from './completeExpression.ts';
import { spaceSuggestions } from './completeSpace.ts';
import type { Cursor } from './cursor.ts';
import { valueText } from './describeField.ts';
import { fileSuggestions } from './fileSuggestions.ts';
import { metricSuggestions } from './metricSuggestions.ts';
import type { OpenExperiment } from './openExperiment.ts';
import type { Suggestion } from './suggestion.ts';

interface Place {
  readonly open: OpenExperiment;
  readonly cursor: Cursor;
  /** Without a variant in front. */
  readonly steps: Cursor['steps'];
}

/** Of a plain value; `items` too where a list would be written on lines of its own. */
export function valuesAt(open: OpenExperiment, cursor: Cursor, steps: Cursor['steps']): Suggestion[] {
  const schema = schemaAt(steps);
  if (schema === undefined) return [];
  const place = { open, cursor, steps };
  const kinds = nodesOf(schema).flatMap((node) => (node.form === 'leaf' ? [node.kind] : []));
  const usual = cursor.role === 'value' ? defaultSuggestion(steps) : [];
  return [...kinds.flatMap((kind) => kindValues(place, kind)), ...pathValues(place), ...usual];
}

/** `- item` for each item of the list that belongs below a key. */
export function itemsAt(open: OpenExperiment, cursor: Cursor, steps: Cursor['steps']): Suggestion[] {
  const schema = schemaAt(steps);
  const isList = schema !== undefined && nodesOf(schema).some(({ form }) => form === 'list');
  if (!isList || cursor.flow !== undefined) return [];
  return valuesAt(open, { ...cursor, steps: [...cursor.steps, 0] }, [...steps, 0])
    .filter(({ replaces }) => replaces === undefined || replaces.start === cursor.start)
    .map((each) => ({ ...each, text: `- ${each.text ?? each.label}`, rank: (each.rank ?? 0) + 50 }));
}

function kindValues(place: Place, kind: ValueKind): Suggestion[] {
  switch (kind.is) {
    case 'boolean':
      return ['true', 'false'].map((label) => ({ label, kind: CompletionItemKind.Value }));
    case 'choice':
      return kind.values.filter(possibleAt(place)).map((value) => {
        const supported = (kind.supported ?? kind.values).includes(value);
        return {
          label: value,
          kind: CompletionItemKind.EnumMember,
          ...(supported ? {} : { detail: 'planned', rank: 10 }),
        };
      });
    case 'text':
      return textValues(place, kind.format);
    default:
      return [];
  }
}

/** What a run would refuse here is not offered: links of another task, isotonic calibration of three classes. */
function possibleAt({ open, steps }: Place): (value: string) => boolean {
  const { experiment } = open.loaded;
  if (experiment === undefined) return () => true;
  const known = knownFrom(open.facts);
  const { primary } = fieldAt(steps) ?? {};
  const at = primary === undefined ? steps : [...steps, primary];
  return (value) => isPossible(experiment, known, { steps: at, value });
}

function textValues(place: Place, format: Format): Suggestion[] {
  const { open, cursor, steps } = place;
  switch (format) {
    case 'column':
    case 'glob':
      return columnValues(place);
    case 'metric':
      return metricSuggestions(open).filter(({ label }) => possibleAt(place)(label));
    case 'expr':
    case 'gate':
    case 'slice': {
      const { text } = open.loaded.text;
      const after = /^[\p{L}\p{N}_.@]*/u.exec(text.slice(cursor.offset, cursor.end))?.[0].length ?? 0;
      return expressionSuggestions(open, {
        format,
        path: steps.join('.'),
        before: text.slice(cursor.start, cursor.offset),
        offset: cursor.offset,
        end: cursor.offset + after,
        quote: cursor.quote,
      });
    }
    case 'path':
    case 'source':
    case 'testPath':
      return fileSuggestions(open.loaded.directory, { format, path: steps.join('.'), own: open.loaded.file });
    case 'version':
      return open.facts === undefined
        ? []
        : [{ label: open.facts.hash, kind: CompletionItemKind.Constant, detail: 'the data as they are now' }];
    case 'searchSpace':
      return spaceSuggestions(steps);
    case 'run':
      return open.runs
        .filter(({ head }) => head.status === 'finished')
        .map(({ head }) => ({
          label: `run:${head.id}`,
          kind: CompletionItemKind.Reference,
          detail: head.started,
        }));
    default:
      return [];
  }
}

/** The target and what it is computed from come last in the features: they would leak. */
function columnValues({ open, cursor, steps }: Place): Suggestion[] {
  const path = steps.join('.');
  const joined = /^data\.join\.(\d+)\.as_of$/.exec(path)?.[1];
  if (joined !== undefined) return instantsOf(open, Number(joined), cursor.quote);
  const siblings = typeof steps.at(-1) === 'number' ? listedBeside(open, cursor) : new Set<unknown>();
  const leaks = new Set([...(open.facts?.targetSources ?? []), open.loaded.experiment?.target]);
  const kinds = new Map(open.facts?.profile.columns.map(({ name, kind }) => [name, kind]));
  const likely = path === 'target' && open.facts !== undefined ? guessTargets(open.facts.profile) : [];
  return columnSuggestions(open)
    .filter(({ label }) => !siblings.has(label))
    .map((each) => {
      const text = cursor.quote === '' ? yamlScalar(each.label) : each.label;
      if (/^features(?:\.include)?(?:\.\d+)?$/.test(path) && leaks.has(each.label))
        return { ...each, text, rank: 20, detail: 'leaks the target' };
      const place = likely.indexOf(each.label);
      if (path === 'target') return { ...each, text, rank: place < 0 ? likely.length : place };
      return { ...each, text, rank: path === 'data.time' && kinds.get(each.label) !== 'datetime' ? 5 : 0 };
    });
}

/** The dates of a joined table, under the names that they have there. */
function instantsOf(open: OpenExperiment, index: number, quote: string): Suggestion[] {
  const join = open.loaded.experiment?.data.join[index];
  if (join === undefined) return [];
  const start = `${joinName(join)}.`;
  const kinds = new Map(open.facts?.profile.columns.map(({ name, kind }) => [name, kind]));
  return columnSuggestions(open)
    .filter(({ label }) => label.startsWith(start))
    .map((each) => {
      const name = each.label.slice(start.length);
      const text = quote === '' ? yamlScalar(name) : name;
      return { ...each, label: name, text, rank: kinds.get(each.label) === 'datetime' ? 0 : 5 };
    });
}

function listedBeside({ loaded }: OpenExperiment, { steps, start, end }: Cursor): Set<unknown> {
  const node = loaded.source.locate(steps.slice(0, -1).join('.'))?.node;
  if (node?.kind !== 'list') return new Set();
  const others = node.items.filter((item) => item.end < start || item.start > end);
  return new Set(others.flatMap((item) => (item.kind === 'scalar' ? [item.value] : [])));
}

/** What only one setting takes. */
function pathValues({ open, steps }: Place): Suggestion[] {
  const path = steps.join('.');
  const { facts } = open;
  if (path === 'positive') {
    return (facts?.target?.classes ?? []).map(({ label, rows }) => ({
      label: yamlScalar(label),
      kind: CompletionItemKind.EnumMember,
      detail: `${grouped(rows)} rows`,
    }));
  }
  const column = /^data\.columns\.(.+)\.in\.\d+$/.exec(path)?.[1];
  if (column !== undefined) {
    const top = facts?.profile.columns.find(({ name }) => name === column)?.top ?? [];
    return top.map(({ value }) => ({ label: yamlScalar(value), kind: CompletionItemKind.EnumMember }));
  }
  if (/^lint\.ignore\.\d+\.rule$/.test(path)) {
    const found = new Set(open.findings.map(({ rule }) => rule));
    return rules.map(({ id, detects }) => ({
      label: id,
      kind: CompletionItemKind.Value,
      documentation: detects,
      rank: found.has(id) ? 0 : 5,
    }));
  }
  return [];
}

/** The value that is in effect while nothing is written. */
function defaultSuggestion(steps: Cursor['steps']): Suggestion[] {
  const value = fieldAt(steps)?.default;
  if (value === undefined || value === null || (typeof value === 'object' && !Array.isArray(value)))
    return [];
  return [{ label: valueText(value), kind: CompletionItemKind.Value, detail: 'default', rank: 15 }];
}
