/** Keys that can be written at the cursor: required ones first, then by their effect; set ones are hidden. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { models } from '../../catalog/models.ts';
import { rules } from '../../catalog/rules.ts';
import { yamlScalar } from '../../config/edits.ts';
import { type Field, fieldAt, fields, schemaAt } from '../../config/fields.ts';
import { nodesOf, unwrap } from '../../config/schema/nodes.ts';
import type { Cursor } from '../cursor.ts';
import { columnSummary } from '../describeColumn.ts';
import { fieldText } from '../describeField.ts';
import { columnNames, type OpenExperiment } from '../openExperiment.ts';
import type { Suggestion } from './suggestion.ts';

type Steps = readonly (string | number)[];

/** Of the map at the cursor's steps; without variants, which overlay the rest. */
export function keysAt(open: OpenExperiment, cursor: Cursor, steps: Steps): Suggestion[] {
  const schema = schemaAt(steps);
  if (schema === undefined) return [];
  const written = writtenKeys(open, cursor);
  return nodesOf(schema).flatMap((node): Suggestion[] => {
    if (node.form === 'record')
      return freeKeys(open, steps)
        .filter(({ label }) => !written.has(label))
        .map((each) => withColon(each, cursor, false));
    if (node.form !== 'map') return [];
    return Object.entries(node.shape).flatMap(([key, child]) => {
      const field = fieldAt([...steps, key]);
      if (written.has(key) || field?.deprecated !== undefined || isForeign(open, steps, key)) return [];
      const required =
        node.required.includes(key) || (steps.length === 0 && ['data', 'target'].includes(key));
      const forms = new Set(nodesOf(unwrap(child)).map(({ form }) => form));
      const nested = forms.size === 1 && (forms.has('map') || forms.has('record'));
      const suggestion = {
        label: key,
        kind: nested ? CompletionItemKind.Module : CompletionItemKind.Property,
        rank: rankOf(field, required),
        ...(field === undefined
          ? {}
          : {
              detail: field.supported ? field.type : `planned · ${field.type}`,
              documentation: fieldText(field),
            }),
      };
      return [withColon(suggestion, cursor, nested, forms.size === 1 && forms.has('list'))];
    });
  });
}

function rankOf(field: Field | undefined, required: boolean): number {
  if (required) return 0;
  if (field?.supported !== true) return 9;
  return 4 - (field.impact ?? 0);
}

/** `key: `, with the place for what comes below it. */
function withColon(
  suggestion: Suggestion,
  { flow, hasColon, indent }: Cursor,
  nested: boolean,
  list = false,
): Suggestion {
  const key = yamlScalar(suggestion.label);
  if (hasColon) return { ...suggestion, text: key };
  if (nested && flow === undefined) return { ...suggestion, text: `${key}:\n${' '.repeat(indent + 2)}$0` };
  const value = nested ? '{$0}' : list ? '[$0]' : '$0';
  return { ...suggestion, text: `${key}: ${value}` };
}

/** All but the one that the cursor is on. */
function writtenKeys({ loaded }: OpenExperiment, { steps, start, end }: Cursor): ReadonlySet<string> {
  const node = loaded.source.locate(steps.join('.'))?.node;
  if (node?.kind !== 'map') return new Set();
  const others = node.entries.filter(({ keyStart, keyEnd }) => keyEnd < start || keyStart > end);
  return new Set(others.map(({ key }) => key));
}

/** Settings of a model family that is not the one in use. */
function isForeign({ loaded }: OpenExperiment, steps: Steps, key: string): boolean {
  if (steps.join('.') !== 'model' || !Object.hasOwn(models, key)) return false;
  const type = loaded.experiment?.model.type;
  return type !== undefined && type !== 'auto' && type !== key;
}

/** Maps whose keys are names of something. */
const keyedBy: Readonly<Record<string, 'column' | 'parameter' | 'rule'>> = {
  'data.columns': 'column',
  'features.types': 'column',
  'features.columns': 'column',
  'model.gbdt.monotone': 'column',
  'data.privacy.columns': 'column',
  'data.read.types': 'column',
  'tune.space': 'parameter',
  'lint.rules': 'rule',
};

function freeKeys(open: OpenExperiment, steps: Steps): Suggestion[] {
  switch (keyedBy[steps.join('.')]) {
    case 'column':
      return columnNames(open).map((name) => {
        const profile = open.facts?.profile.columns.find((column) => column.name === name);
        return {
          label: name,
          kind: CompletionItemKind.Field,
          ...(profile === undefined ? {} : { detail: columnSummary(profile, open.facts?.rows ?? 0) }),
        };
      });
    case 'parameter':
      return tunable(open.loaded.experiment?.model.type).map((field) => ({
        label: field.path,
        kind: CompletionItemKind.Property,
        detail: field.type,
        documentation: fieldText(field),
        rank: rankOf(field, false),
      }));
    case 'rule':
      return rules.map(({ id, detects, severity }) => ({
        label: id,
        kind: CompletionItemKind.Value,
        detail: severity,
        documentation: detects,
      }));
    default:
      return [];
  }
}

/** Numbers and choices of the family in use, of the features and of training. */
function tunable(type: string | undefined): readonly Field[] {
  const family = type === undefined || type === 'auto' ? 'gbdt' : type;
  const roots = [`model.${family}.`, 'features.', 'train.'];
  return fields.filter(
    ({ path, bounds, values, supported }) =>
      supported &&
      !path.includes('*') &&
      roots.some((root) => path.startsWith(root)) &&
      (bounds !== undefined || values !== undefined),
  );
}
