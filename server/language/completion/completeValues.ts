/** Values that can be written at the cursor, by what the schema says belongs there. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { rules } from '../../catalog/rules.ts';
import { yamlScalar } from '../../config/edits.ts';
import { fieldAt, schemaAt } from '../../config/fields.ts';
import { isPossible } from '../../config/impossible/find.ts';
import { joinName } from '../../config/joins.ts';
import { nodesOf } from '../../config/schema/nodes.ts';
import type { Format, ValueKind } from '../../config/schema/values.ts';
import { valueAt } from '../../config/valueAt.ts';
import { knownFrom } from '../../data/facts/knownFacts.ts';
import { guessTargets } from '../../data/profile/guessTargets.ts';
import { targetSources } from '../../data/roles.ts';
import { grouped } from '../../protocol/grouped.ts';
import type { Cursor } from '../cursor.ts';
import { valueText } from '../describeField.ts';
import type { OpenExperiment } from '../openExperiment.ts';
import { columnSuggestions, expressionSuggestions, runBeingNamed } from './completeExpression.ts';
import { spaceSuggestions } from './completeSpace.ts';
import { fileSuggestions } from './fileSuggestions.ts';
import { metricSuggestions } from './metricSuggestions.ts';
import { comparedWith, runReferences } from './runSuggestions.ts';
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
  if (!isList(steps) || cursor.flow !== undefined) return [];
  return valuesAt(open, { ...cursor, steps: [...cursor.steps, 0] }, [...steps, 0])
    .filter(({ replaces }) => replaces === undefined || replaces.start === cursor.start)
    .map((each) => ({ ...each, text: `- ${each.text ?? each.label}`, rank: (each.rank ?? 0) + 50 }));
}

function isList(steps: Cursor['steps']): boolean {
  const schema = schemaAt(steps);
  return schema !== undefined && nodesOf(schema).some(({ form }) => form === 'list');
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
  // An item that is written without its list is an item.
  if (experiment === undefined || isList(steps)) return () => true;
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
      const before = text.slice(cursor.start, cursor.offset);
      const name = runBeingNamed(before) === undefined ? /^[\p{L}\p{N}_.@]*/u : /^[\w-]*/;
      const after = name.exec(text.slice(cursor.offset, cursor.end))?.[0].length ?? 0;
      return expressionSuggestions(open, {
        format,
        path: steps.join('.'),
        before,
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
      return runReferences(open);
    case 'timeZone':
      return timeZones();
    default:
      return [];
  }
}

/** Of the IANA database, as this Node knows it. */
function timeZones(): Suggestion[] {
  return ['UTC', ...Intl.supportedValuesOf('timeZone')].map((label) => ({
    label,
    kind: CompletionItemKind.EnumMember,
  }));
}

/** The target and what it is computed from come last in the features, since they would leak, and before them what has another role. */
function columnValues({ open, cursor, steps }: Place): Suggestion[] {
  const path = steps.join('.');
  const joined = /^data\.join\.(\d+)\.as_of$/.exec(path)?.[1];
  if (joined !== undefined) return instantsOf(open, Number(joined), cursor.quote);
  const siblings = typeof steps.at(-1) === 'number' ? listedBeside(open, cursor) : new Set<unknown>();
  const { experiment } = open.loaded;
  const sources = experiment === undefined ? [] : targetSources(experiment);
  const leaks = new Set([...sources, ...(open.facts?.targetSources ?? []), settingOf(open, 'target')]);
  const roles = new Map(otherRoles.map((path) => [settingOf(open, path), path]));
  const kinds = new Map(open.facts?.profile.columns.map(({ name, kind }) => [name, kind]));
  const likely = path === 'target' && open.facts !== undefined ? guessTargets(open.facts.profile) : [];
  return columnSuggestions(open)
    .filter(({ label }) => !siblings.has(label))
    .map((each) => {
      const text = cursor.quote === '' ? yamlScalar(each.label) : each.label;
      if (/^features(?:\.include|\.cross\.\d+)?(?:\.\d+)?$/.test(path)) {
        if (leaks.has(each.label)) return { ...each, text, rank: 20, detail: 'leaks the target' };
        const role = roles.get(each.label);
        if (role !== undefined) return { ...each, text, rank: 15, detail: `is \`${role}\`` };
      }
      const place = likely.indexOf(each.label);
      if (path === 'target') return { ...each, text, rank: place < 0 ? likely.length : place };
      return { ...each, text, rank: path === 'data.time' && kinds.get(each.label) !== 'datetime' ? 5 : 0 };
    });
}

/** What is a feature only where it is named. */
const otherRoles = ['data.id', 'data.time', 'data.group', 'data.weight'];

/** As it is in effect or, where a fault elsewhere leaves no experiment, as it is written. */
function settingOf({ loaded }: OpenExperiment, path: string): unknown {
  return valueAt(loaded.experiment, path.split('.')) ?? loaded.source.valueAt(path);
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
function pathValues({ open, cursor, steps }: Place): Suggestion[] {
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
  if (/^evaluate\.compare\.to\.\d+$/.test(path)) {
    const beside = listedBeside(open, cursor);
    return comparedWith(open).filter(({ label }) => !beside.has(label));
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
