/** What a search can vary, and over what: what lint says of a space is what a run refuses. */
import { modelNames } from '../catalog/models.ts';
import { checkField } from './check.ts';
import { describeBounds } from './describe.ts';
import { type Field, fieldAt, fields } from './fields.ts';
import { nearest } from './nearest.ts';
import { withinBounds } from './schema/values.ts';
import { parseSearchRange, type SearchRange } from './searchRange.ts';

/** Why a parameter cannot be searched, and what to write in place of its values. */
export interface SpaceFault {
  readonly why: string;
  readonly instead?: string;
}

/** `type`: the model's, as written; a space that varies `model.type` varies the settings of each of them. */
export function spaceFault(
  parameter: string,
  space: Readonly<Record<string, unknown>>,
  type: string,
): SpaceFault | undefined {
  const varied = space['model.type'];
  const types = Array.isArray(varied) ? varied.map(String) : [type];
  return parameterFault(parameter, types) ?? valuesFault(space[parameter], parameter);
}

/** Trials differ in how they learn: rows, split, computed columns and metrics are one for all, so that scores compare. */
export function isSearchable(parameter: string): boolean {
  return /^(model|features|train|llm)(\.|$)/.test(parameter) && !/^features\.derive(\.|$)/.test(parameter);
}

function parameterFault(parameter: string, types: readonly string[]): SpaceFault | undefined {
  const field = fieldAt(parameter);
  if (field === undefined) {
    const near = nearest(
      parameter,
      fields.map((each) => each.path),
    );
    return { why: `there is no such setting${near === undefined ? '' : `; did you mean \`${near}\`?`}` };
  }
  if (!isSearchable(parameter))
    return {
      why: 'it is one for all trials, whose scores are compared; settings of the model, of training and of features vary, but for features.derive',
    };
  if (!field.supported && !parameter.startsWith('llm.'))
    return { why: 'this version does not act on it yet' };
  const family = /^model\.([a-z]+)\./.exec(parameter)?.[1];
  const chosen = types.map((type) => (type === 'auto' ? 'gbdt' : type));
  const other = modelNames.some((name) => name === family) && !chosen.includes(family ?? '');
  return other && !chosen.some((each) => ['ensemble', 'automl'].includes(each))
    ? { why: `the model is ${chosen.join(' or ')}, not ${family}` }
    : undefined;
}

/** A list of choices, or a range: `3..10`, `0.6..1.0`, `0.001..0.1 log`, `64..512 step 64`. */
function valuesFault(values: unknown, parameter: string): SpaceFault | undefined {
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

function choicesFault(values: readonly unknown[], field: Field): SpaceFault | undefined {
  if (values.length === 0) return { why: 'the list is empty' };
  const wrong = values.find((value) => checkField(field.schema, value, []).length > 0);
  return wrong === undefined
    ? undefined
    : { why: `${JSON.stringify(wrong)} is outside what it takes: ${field.type}` };
}

function rangeFault({ low: a, high: b, scale, step }: SearchRange, field: Field): SpaceFault | undefined {
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
