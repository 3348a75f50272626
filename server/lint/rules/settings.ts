/** Rules about settings that are legal by themselves: without effect, superfluous, in conflict, renamed, not acted on yet. */
import { isDeepStrictEqual } from 'node:util';
import { type ModelName, modelNames } from '../../catalog/models.ts';
import { ruleNamed, rules } from '../../catalog/rules.ts';
import { removeEdit, renameEdit } from '../../config/edits.ts';
import { type Field, fieldAt, fields } from '../../config/fields.ts';
import { nearest } from '../../config/nearest.ts';
import { isMap, isSet } from '../../config/schema/nodes.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';
import { type Setting, settingsOf, textsOf, writtenAt } from '../walk.ts';
import { deadPairs, whyColumnIgnored } from './deadPairs.ts';

const unsupportedSetting: Rule = {
  id: 'unsupported-setting',
  needs: ['text'],
  *run({ loaded }) {
    let told = '';
    for (const { path, steps, value, field } of settingsOf(loaded)) {
      // What lies within a section that was told needs no word of its own.
      if (field === undefined || (told !== '' && path.startsWith(told))) continue;
      const values = unsupportedValues(field, value, steps);
      if (field.supported && values.length === 0) continue;
      if (!field.supported) told = `${path}.`;
      const what = field.supported ? `${path.replace(/\.\d+$/, '')}: ${values.join(', ')}` : path;
      yield {
        path,
        at: field.supported ? 'value' : 'key',
        message: `\`${what}\` is part of the language, but this version does not act on it yet.`,
        data: { path, ...(values.length === 0 ? {} : { values }) },
        fixes: fixOf(`Remove ${path}`, removeEdit(loaded.source, path)),
      };
    }
  },
};

function unsupportedValues(field: Field, value: unknown, steps: Setting['steps']): unknown[] {
  const { values, supportedValues, supports } = field;
  if (values === undefined && supports === undefined) return [];
  // Items that are fields of their own speak for themselves.
  if (Array.isArray(value) && fieldAt([...steps, 0]) !== undefined) return [];
  return (Array.isArray(value) ? value : [value]).filter((each: unknown) => {
    if (supports !== undefined && !supports(each)) return true;
    if (typeof each !== 'string' || values === undefined || supportedValues === undefined) return false;
    return values.includes(each) && !supportedValues.includes(each);
  });
}

const deadSetting: Rule = {
  id: 'dead-setting',
  needs: ['config'],
  *run(context) {
    const { loaded } = context;
    const used = familiesUsed(context);
    let told = '';
    for (const setting of settingsOf(loaded)) {
      const { path } = setting;
      if (told !== '' && path.startsWith(told)) continue;
      const why = whyIgnored(setting, context, used);
      if (why === undefined) {
        yield* repeatedItems(setting, context);
        continue;
      }
      told = `${path}.`;
      yield {
        path,
        at: 'key',
        message: `\`${path}\` is ignored because ${why}.`,
        data: { path },
        fixes: fixOf(`Remove ${path}`, removeEdit(loaded.source, path)),
      };
    }
  },
};

function* repeatedItems(setting: Setting, { loaded }: LintContext): Iterable<Draft> {
  if (!Array.isArray(setting.value) || setting.field === undefined || !isSet(setting.field.schema)) return;
  const seen = new Set<string>();
  for (const { path, text } of textsOf(setting)) {
    if (seen.has(text))
      yield {
        path,
        message: `\`${text}\` is ignored because \`${setting.path}\` lists it already.`,
        data: { path },
        fixes: fixOf(`Remove the second ${text}`, removeEdit(loaded.source, path)),
      };
    seen.add(text);
  }
}

/** Completes "is ignored because …"; undefined where the setting counts. */
function whyIgnored(
  { path, steps, value, field }: Setting,
  context: LintContext,
  used: readonly string[] | undefined,
): string | undefined {
  const { experiment } = context.loaded;
  if (experiment === undefined) return undefined;
  const ofColumn = whyColumnIgnored(steps, context);
  if (ofColumn !== undefined) return ofColumn;
  const pairs = deadPairs.get(path);
  if (pairs === undefined && field?.appliesTo === undefined && !path.startsWith('model.')) return undefined;
  const family = otherFamily(path, used);
  if (family !== undefined) return `the model is ${experiment.model.type}, not ${family}`;
  const { models, tasks, because } = field?.appliesTo ?? {};
  if (models !== undefined && used !== undefined && !used.some((each) => models.includes(each)))
    return because;
  const task = context.facts?.target?.task ?? experiment.task;
  if (tasks !== undefined && task !== 'auto' && !tasks.includes(task)) return because;
  return pairs?.find(({ dead }) => dead(experiment, value, context.facts))?.because;
}

/** Families that are trained; undefined where members choose for themselves. */
function familiesUsed({ loaded: { experiment } }: LintContext): readonly string[] | undefined {
  if (experiment === undefined) return undefined;
  const { type } = experiment.model;
  if (type === 'ensemble' || type === 'automl') return undefined;
  return [type === 'auto' ? 'gbdt' : type, ...experiment.baseline];
}

/** `mlp` for `model.mlp` where no mlp is trained. */
function otherFamily(path: string, used: readonly string[] | undefined): string | undefined {
  if (!path.startsWith('model.')) return undefined;
  const name = /^model\.([a-z]+)$/.exec(path)?.[1];
  const isFamily = modelNames.some((family: ModelName) => family === name);
  return name !== undefined && isFamily && used !== undefined && !used.includes(name) ? name : undefined;
}

const redundantDefault: Rule = {
  id: 'redundant-default',
  needs: ['config'],
  *run({ loaded }) {
    const extended = loaded.source.has('extends');
    let told = '';
    for (const { path, value, field } of settingsOf(loaded)) {
      if (told !== '' && path.startsWith(told)) continue;
      // What is not acted on yet is not worth tidying.
      if (field !== undefined && !field.supported) {
        told = `${path}.`;
        continue;
      }
      const inherited = extended ? loaded.inheritedAt(path) : undefined;
      const same = inherited === undefined ? isDefault(field, value) : isDeepStrictEqual(inherited, value);
      if (!same || !loaded.source.has(path) || isOnlyOfSection(path, loaded)) continue;
      told = `${path}.`;
      yield {
        path,
        message:
          inherited === undefined ? 'Same as the default.' : 'Same as in the file that this one extends.',
        data: { path, value },
        fixes: fixOf(`Remove ${path}`, removeEdit(loaded.source, path), true),
      };
    }
  },
};

function isDefault(field: Field | undefined, value: unknown): boolean {
  if (field?.default === undefined || field.path === 'schema') return false;
  if (typeof value !== 'object') return field.default === value;
  return isDeepStrictEqual(field.default, value);
}

/** A section that counts once it is written is not empty talk: `serve: realtime` says that the model is served. */
function isOnlyOfSection(path: string, loaded: LintContext['loaded']): boolean {
  const steps = path.split('.');
  const section = steps
    .map((_, i) => fieldAt(steps.slice(0, i + 1)))
    .find((field) => field?.onlyWritten === true);
  if (section === undefined) return false;
  const inside = settingsOf(loaded).filter((setting) => setting.path.startsWith(`${section.path}.`));
  return inside.length <= steps.length - section.path.split('.').length;
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('.')));
}

/** `renamed`: the fields with a migration; a version of the language may have none. */
export function deprecatedKeys(renamed: readonly Field[]): Rule {
  return {
    id: 'deprecated-key',
    needs: ['text'],
    *run({ loaded }): Iterable<Draft> {
      if (renamed.length === 0) return;
      for (const { path, field } of settingsOf(loaded)) {
        const { deprecated } = renamed.find((each) => each.path === field?.path) ?? {};
        if (deprecated === undefined) continue;
        const key = deprecated.became.split('.').at(-1) ?? deprecated.became;
        const stays = parentOf(deprecated.became) === parentOf(path);
        yield {
          path,
          at: 'key',
          message: `\`${path}\` became \`${deprecated.became}\` in version ${deprecated.version}.`,
          data: { path, became: deprecated.became },
          fixes: stays ? fixOf(`Rename to ${key}`, renameEdit(loaded.source, path, key), true) : [],
        };
      }
    },
  };
}

/** The schema takes any key in `lint.rules`, since a team can add rules of its own; those say `when`. */
const unknownRule: Rule = {
  id: 'unknown-key',
  needs: ['text'],
  *run({ loaded }) {
    const written = writtenAt(loaded, 'lint.rules');
    if (!isMap(written)) return;
    for (const [id, setting] of Object.entries(written)) {
      if (ruleNamed(id) !== undefined || (isMap(setting) && 'when' in setting)) continue;
      const path = `lint.rules.${id}`;
      const near = nearest(
        id,
        rules.map((rule) => rule.id),
      );
      const hint = near === undefined ? '' : ` Did you mean \`${near}\`?`;
      const edits =
        near === undefined ? removeEdit(loaded.source, path) : renameEdit(loaded.source, path, near);
      const title = near === undefined ? `Remove ${id}` : `Rename to ${near}`;
      yield {
        path,
        at: 'key',
        message: `There is no rule \`${id}\`.${hint}`,
        data: { key: id },
        fixes: fixOf(title, edits),
      };
    }
  },
};

export const settingsRules: readonly Rule[] = [
  unknownRule,
  unsupportedSetting,
  deadSetting,
  redundantDefault,
  deprecatedKeys(fields.filter((field) => field.deprecated !== undefined)),
];
