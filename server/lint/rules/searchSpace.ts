/** `tune.space`: every parameter exists, belongs to the chosen model, and varies within its legal range. */
import { modelNames } from '../../catalog/models.ts';
import { checkField } from '../../config/check.ts';
import { describeBounds } from '../../config/describe.ts';
import { setEdit } from '../../config/edits.ts';
import { type Field, fieldAt, fields } from '../../config/fields.ts';
import { nearest } from '../../config/nearest.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { withinBounds } from '../../config/schema/values.ts';
import { parseSearchRange, type SearchRange } from '../../config/searchRange.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** Why a space cannot be searched, and what to write in its place. */
interface Fault {
  readonly why: string;
  readonly instead?: string;
}

const searchSpaceInvalid: Rule = {
  id: 'search-space-invalid',
  needs: ['config'],
  *run({ loaded }) {
    const space = writtenAt(loaded, 'tune.space');
    const { experiment } = loaded;
    if (experiment === undefined || space === undefined) return;
    if (!isMap(space) || Object.keys(space).length === 0) {
      yield { path: 'tune.space', message: '`tune.space`: it is empty; nothing would vary.', data: {} };
      return;
    }
    for (const [parameter, values] of Object.entries(space)) {
      const path = `tune.space.${parameter}`;
      const fault = parameterFault(parameter, experiment.model.type) ?? valuesFault(values, parameter);
      if (fault === undefined) continue;
      const { why, instead } = fault;
      const fixes =
        instead === undefined ? [] : fixOf(`Change to ${instead}`, setEdit(loaded.source, path, instead));
      yield { path, message: `\`${parameter}\`: ${why}.`, data: { parameter }, fixes } satisfies Draft;
    }
  },
};

function parameterFault(parameter: string, type: string): Fault | undefined {
  const field = fieldAt(parameter);
  if (field === undefined) {
    const near = nearest(
      parameter,
      fields.map((each) => each.path),
    );
    return {
      why: `there is no such setting${near === undefined ? '' : `; did you mean \`${near}\`?`}`.replace(
        '?.',
        '?',
      ),
    };
  }
  const family = /^model\.([a-z]+)\./.exec(parameter)?.[1];
  const chosen = type === 'auto' ? 'gbdt' : type;
  const other = modelNames.some((name) => name === family) && family !== chosen;
  return other && !['ensemble', 'automl'].includes(chosen)
    ? { why: `the model is ${chosen}, not ${family}` }
    : undefined;
}

/** A list of choices, or a range: `3..10`, `0.6..1.0`, `0.001..0.1 log`, `64..512 step 64`. */
function valuesFault(values: unknown, parameter: string): Fault | undefined {
  const field = fieldAt(parameter);
  if (field === undefined) return undefined;
  if (Array.isArray(values)) return choicesFault(values, field);
  if (typeof values !== 'string') return { why: 'it wants a list of values or a range such as 3..10' };
  const range = parseSearchRange(values);
  if (range === undefined)
    return {
      why: `\`${values}\` is neither a list nor a range such as 3..10, 0.01..0.2 log or 64..512 step 64`,
    };
  return rangeFault(range, field);
}

function choicesFault(values: readonly unknown[], field: Field): Fault | undefined {
  if (values.length === 0) return { why: 'the list is empty' };
  const wrong = values.find((value) => checkField(field.schema, value, []).length > 0);
  return wrong === undefined
    ? undefined
    : { why: `${JSON.stringify(wrong)} is outside what it takes: ${field.type}` };
}

function rangeFault({ low: a, high: b, scale, step }: SearchRange, field: Field): Fault | undefined {
  const low = Number(a);
  const high = Number(b);
  const rest = scale === undefined ? '' : ` ${scale}${step === undefined ? '' : ` ${step}`}`;
  if (field.bounds === undefined) return { why: `it takes ${field.type}, so the space is a list of these` };
  if (low > high) return { why: `the range ${a}..${b} is reversed`, instead: `${b}..${a}${rest}` };
  if (low === high) return { why: `the range ${a}..${b} holds a single value` };
  if (!withinBounds(low, field.bounds) || !withinBounds(high, field.bounds)) {
    return { why: `${a}..${b} leaves the legal range: ${describeBounds(field.bounds)}` };
  }
  if (scale === 'log' && low <= 0)
    return { why: `a log scale cannot start at ${a}; it needs a number above 0` };
  if (scale === 'log' && step !== undefined) return { why: 'log takes no step' };
  if (scale === 'step') {
    const width = Number(step);
    if (step === undefined) return { why: 'a number is missing after step' };
    if (!(width > 0) || width > high - low) return { why: `step ${step} does not fit into ${a}..${b}` };
  }
  return undefined;
}

export const searchSpaceRules: readonly Rule[] = [searchSpaceInvalid];
