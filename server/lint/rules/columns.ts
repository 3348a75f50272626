/** Rules about single columns: names that do not exist, ids, constants, gaps, too many levels, personal data. */
import { matchesColumn } from '../../config/columnPattern.ts';
import { joined } from '../../config/configNode.ts';
import { renameEdit, setEdit, yamlKey, yamlScalar } from '../../config/edits.ts';
import { joinOf } from '../../config/expression/check.ts';
import { parseSlice } from '../../config/expression/parse.ts';
import { joinName } from '../../config/joins.ts';
import { nearest } from '../../config/nearest.ts';
import { isProtectedName, nameTokens, personalName } from '../../data/facts/names.ts';
import type { ColumnProfile } from '../../data/profile/columnProfile.ts';
import { isCard } from '../../data/profile/pii.ts';
import { featuresAsRoles } from '../../data/roles.ts';
import type { TextEdit } from '../../protocol/finding.ts';
import { grouped } from '../../protocol/grouped.ts';
import { columnPath, excludeFix, featureProfiles, isToldOfJoin, percent, setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { spellingOf } from '../misspelt.ts';
import type { LintContext, Rule } from '../rule.ts';
import { settingsOf, textsOf } from '../walk.ts';
import { isGrouping, mostRowsEach } from './leakage.ts';

/** Maps whose keys are column names. */
const keyedByColumn = [
  'data.columns',
  'features.types',
  'features.columns',
  'model.gbdt.monotone',
  'data.privacy.columns',
];

const columnNotFound: Rule = {
  id: 'column-not-found',
  needs: ['config', 'profile'],
  sampleSafe: 'certain',
  *run({ loaded, facts }) {
    const names = facts?.profile.columns.map(({ name }) => name) ?? [];
    const { data, features } = loaded.experiment ?? {};
    // What is made of other rows or tables is not looked at with some rows only.
    const unseen = facts?.sampled === undefined ? [] : (data?.derive ?? []);
    const joins = facts?.sampled === undefined ? [] : (data?.join ?? []).map(joinName);
    const known = new Set([
      ...names,
      ...[...(features?.derive ?? []), ...unseen].map(({ name: made }) => made),
    ]);
    const roles = new Set(
      loaded.experiment === undefined ? [] : featuresAsRoles(loaded.experiment).map(({ setting }) => setting),
    );
    for (const { path, name, at } of namedColumns({ loaded, stage: 1 })) {
      if (roles.has(path)) {
        yield {
          path,
          message: `\`${path}\` names \`${name}\`, which \`features.derive\` makes only after rows are labelled, chosen and divided. Compute it in \`data.derive\`.`,
          data: { column: name },
        };
        continue;
      }
      if (known.has(name) || [...known].some((own) => matchesColumn([name], own))) continue;
      // The rows that are joined have columns of their own.
      if (/^data\.join\.\d+\.as_of$/.test(path) || joinOf(name, joins) !== undefined) continue;
      const close = nearest(name, known);
      const hint =
        close === undefined
          ? ` The data has ${names.slice(0, 8).join(', ')}${names.length > 8 ? ' …' : ''}.`
          : ` Did you mean \`${close}\`?`;
      const fixes =
        close === undefined ? [] : fixOf(`Replace by ${close}`, renamed(loaded, { path, at }, close));
      yield {
        path,
        at,
        message: `No column \`${name}\`.${hint}`,
        data: { column: name, ...(close === undefined ? {} : { suggestion: close }) },
        fixes,
      };
    }
  },
};

/** A key that has the right name already, beside this one, is not written twice. */
function renamed(
  { source }: LintContext['loaded'],
  { path, at }: Pick<NamedColumn, 'path' | 'at'>,
  name: string,
): readonly TextEdit[] {
  if (at === 'value') return setEdit(source, path, yamlScalar(name));
  const { parent } = source.locate(path) ?? {};
  if (parent?.kind !== 'map' || parent.entries.some(({ key }) => key === name)) return [];
  return renameEdit(source, path, yamlKey(name));
}

interface NamedColumn {
  readonly path: string;
  readonly name: string;
  readonly at: 'key' | 'value';
}

/** Every setting that names a column outside expressions, which `expression-error` looks into. */
function* namedColumns({ loaded }: LintContext): Iterable<NamedColumn> {
  for (const setting of settingsOf(loaded)) {
    const parent = setting.steps.slice(0, -1).join('.');
    if (keyedByColumn.includes(parent)) {
      yield { path: setting.path, name: String(setting.steps.at(-1)), at: 'key' };
    }
    // Names that are given to computed columns are new.
    if (
      /^(?:data|features)\.derive\.\d+\.name$/.test(setting.path) ||
      keyedByColumn.some((map) => setting.path.startsWith(`${map}.`))
    ) {
      continue;
    }
    const formats = setting.field?.formats ?? [];
    const plain = formats.includes('column') || formats.includes('glob');
    for (const { path, text } of textsOf(setting)) {
      if (setting.field?.values?.includes(text) === true) continue;
      const names = plain || (formats.includes('slice') && parseSlice(text).ast?.kind === 'name');
      if (names) yield { path, name: text, at: 'value' };
    }
  }
}

/** Text and whole numbers only (lint.md, reading 5): nearly all values differ, and they count up or are called an id. */
const idAsFeature: Rule = {
  id: 'id-as-feature',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    for (const column of featureProfiles(context)) {
      if (!identifiesRows(context, column)) continue;
      const present = (facts?.rows ?? 0) - column.missing;
      const ofRows = isNearlyUnique(column, present);
      const role = ofRows ? 'id' : 'group';
      const undeclared = loaded.experiment?.data[role] === undefined;
      yield {
        path: columnPath(loaded, column.name),
        message: `\`${column.name}\` ${ofRows ? 'identifies rows' : 'is an identifier'} (${grouped(column.distinct)} values in ${grouped(present)} rows): nothing about it holds for new ones.`,
        data: { column: column.name, distinct: column.distinct, rows: present },
        fixes: [
          ...(undeclared ? setFix(loaded, `data.${role}`, yamlScalar(column.name)) : []),
          ...excludeFix(loaded, column.name),
        ],
      };
    }
  },
};

function identifiesRows(context: LintContext, column: ColumnProfile): boolean {
  const present = (context.facts?.rows ?? 0) - column.missing;
  const named = nameTokens(column.name).some((token) => ['id', 'uuid', 'guid', 'key'].includes(token));
  const whole = column.numbers?.whole === true && column.kind === 'numeric';
  if (present < 20 || (column.kind !== 'categorical' && !whole)) return false;
  // What many rows share is met again: `store_id` of sixty shops is a category.
  if (
    named &&
    column.distinct > 50 &&
    present < mostRowsEach * column.distinct &&
    !isGrouping(context, column.name)
  )
    return true;
  // Dates and numbers that were read as text differ from row to row as dates and numbers do.
  if (!isNearlyUnique(column, present) || spellingOf(column) !== undefined) return false;
  if (!whole) return true;
  // Measures by which a file is sorted have ties; what counts its rows has none.
  const counts = column.monotone !== null && column.distinct === present;
  return !isPeriod(column.name) && (counts || isSerial(column));
}

function isNearlyUnique({ distinct }: ColumnProfile, present: number): boolean {
  return distinct > 0.95 * present;
}

/** The year of a row a year tells when it was, and the rank of a row how it compares: it is no name of the row alone. */
function isPeriod(name: string): boolean {
  return nameTokens(name).some((token) =>
    ['year', 'quarter', 'month', 'week', 'day', 'date', 'time', 'rank', 'ranking'].includes(token),
  );
}

/** Whole numbers that nearly fill their range: 1 … n in any order. */
function isSerial({ min, max, distinct }: ColumnProfile): boolean {
  return typeof min === 'number' && typeof max === 'number' && max - min + 1 <= 1.2 * distinct;
}

const constantColumn: Rule = {
  id: 'constant-column',
  needs: ['config', 'profile'],
  *run(context) {
    const rows = context.facts?.rows ?? 0;
    for (const { name, top, distinct, missing } of featureProfiles(context)) {
      const [most] = top;
      const share = (most?.count ?? 0) / rows;
      if (!most || (share < 0.999 && !(distinct === 1 && missing === 0))) continue;
      const often = share === 1 ? `in all ${grouped(rows)} rows` : `in ${percent(share)} of the rows`;
      yield {
        path: columnPath(context.loaded, name),
        message: `\`${name}\` never varies: it is ${JSON.stringify(most.value)} ${often}.`,
        data: { column: name, share },
        fixes: excludeFix(context.loaded, name),
      };
    }
  },
};

const mostlyMissing: Rule = {
  id: 'mostly-missing',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run(context) {
    const told = new Set<string>();
    // Of ten places that were looked at three would have to be unlike all others.
    const isWhole = context.facts?.sampled === undefined;
    const most = isWhole ? 0.5 : 0.8;
    for (const { name, missing } of featureProfiles(context)) {
      const share = missing / (context.facts?.rows ?? 1);
      if (share <= most || isToldOfJoin(context, told, { name, missing })) continue;
      yield {
        path: columnPath(context.loaded, name),
        message:
          share === 1 && isWhole
            ? `\`${name}\` is empty in every row: it says nothing.`
            : `\`${name}\` is ${percent(share)} empty: little can be learnt from the rest.`,
        data: { column: name, share },
        fixes: excludeFix(context.loaded, name),
      };
    }
  },
};

/** Trees take missing values; linear models cannot, and `impute: none` leaves them nothing. */
const missingUnhandled: Rule = {
  id: 'missing-unhandled',
  needs: ['config', 'profile'],
  *run(context) {
    const { experiment } = context.loaded;
    if (experiment === undefined || !['linear', 'mlp', 'gam'].includes(experiment.model.type)) return;
    for (const { name, missing, kind } of featureProfiles(context)) {
      const share = missing / (context.facts?.rows ?? 1);
      const section = kind === 'categorical' ? experiment.features.categorical : experiment.features.numeric;
      const own = experiment.features.columns[name];
      const impute = own?.impute ?? section.impute;
      if (impute !== 'none' || share <= experiment.data.quality.max_missing) continue;
      const general = `features.${kind === 'categorical' ? 'categorical' : 'numeric'}.impute`;
      const path = own?.impute === undefined ? general : joined('features.columns', name);
      yield {
        path,
        message: `\`${name}\` is ${percent(share)} empty and nothing fills it, which a ${experiment.model.type} model cannot take.`,
        data: { column: name, share },
        fixes: setFix(context.loaded, path, 'auto'),
      };
    }
  },
};

/** Columns that encoding makes, after `rare` and `max_levels` (lint.md, reading 7). */
const highCardinality: Rule = {
  id: 'high-cardinality',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const settings = loaded.experiment?.features;
    for (const [name, { kept, levels }] of Object.entries(facts?.categories ?? {})) {
      const own = settings?.columns[name];
      const encode = own?.encode ?? settings?.categorical.encode;
      const most = Number(own?.max_levels ?? settings?.categorical.max_levels);
      // Under auto, more levels than `max_levels` become one target-encoded column.
      const columns = encode === 'onehot' || (encode === 'auto' && levels <= most) ? kept : 0;
      const rows = facts?.rows ?? 0;
      if (columns <= 50 && !(encode === 'onehot' && columns > 0.1 * rows)) continue;
      yield {
        path: columnPath(loaded, name),
        message: `\`${name}\` has ${grouped(levels)} levels, which make ${grouped(columns)} columns for ${grouped(rows)} rows.`,
        data: { column: name, levels, columns },
        fixes: setFix(loaded, `features.columns.${name}.encode`, 'target'),
      };
    }
  },
};

const piiNames = {
  email: 'email addresses',
  phone: 'phone numbers',
  iban: 'bank accounts',
  card: 'card numbers',
  ssn: 'social security numbers',
  ip: 'IP addresses',
  name: 'names of people',
} as const;

/** What text does not tell by itself: words are names, and bare numbers those of a phone, where they are called so. */
function personalByName({ name, kind, numbers, top, min, max }: ColumnProfile): string | undefined {
  const called = personalName(name);
  if (called === 'name') {
    const alike = top.filter(({ value }) => /^\p{L}[\p{L}\p{M}'’". ,()-]*$/u.test(String(value))).length;
    return kind === 'categorical' && top.length > 0 && alike >= 0.8 * top.length ? called : undefined;
  }
  if (numbers?.whole !== true || kind !== 'numeric') return undefined;
  // Ten numbers that are none have fitting check digits once in ten thousand million tables.
  if (top.length >= 10 && top.every(({ value }) => isCard(String(value)))) return 'card';
  if (called === undefined) return undefined;
  const [least, most] = numberLengths[called];
  return Number(min) >= least && Number(max) < most ? called : undefined;
}

/** Of bare numbers: the smallest, and what is more than the largest. */
const numberLengths = { phone: [1e6, 1e15], card: [1e12, 1e19], ssn: [1e6, 1e9] } as const;

const piiInFeatures: Rule = {
  id: 'pii-in-features',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run(context) {
    for (const column of featureProfiles(context)) {
      const { name, texts } = column;
      const [seen, share = 0] = Object.entries(texts?.pii ?? {}).sort(([, a], [, b]) => b - a)[0] ?? [];
      const kind = seen !== undefined && share >= 0.01 ? seen : personalByName(column);
      if (kind === undefined || !(kind in piiNames)) continue;
      const what = piiNames[kind as keyof typeof piiNames]; // `in` says so
      const how = kind === seen ? `${percent(share)} of the values looked at` : 'by its name and its values';
      yield {
        path: columnPath(context.loaded, name),
        message: `\`${name}\` holds ${what} (${how}): personal data, and no use on new people.`,
        data: { column: name, kind, ...(kind === seen ? { share } : {}) },
        fixes: [
          ...setFix(context.loaded, `data.columns.${name}.pii`, kind),
          ...excludeFix(context.loaded, name),
        ],
      };
    }
  },
};

/** Declared attributes warn; a name alone is a reminder. */
const protectedFeature: Rule = {
  id: 'protected-feature',
  needs: ['config', 'profile'],
  sampleSafe: 'certain',
  *run({ loaded, facts }) {
    if (loaded.isWritten('evaluate.fairness')) return;
    for (const { name } of facts?.features ?? []) {
      const contract = loaded.experiment?.data.columns[name];
      const declared = contract?.protected;
      const named = declared === undefined && isProtectedName(name);
      if (declared !== true && !named) continue;
      yield {
        path: columnPath(loaded, name),
        message: `\`${name}\` is a protected attribute, and nothing checks how the model treats its groups.`,
        data: { column: name },
        severity: declared === true ? 'warning' : 'info',
        fixes: excludeFix(loaded, name),
      };
    }
  },
};

const textAsCategory: Rule = {
  id: 'text-as-category',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run({ loaded, facts }) {
    for (const { name } of facts?.leftOut ?? []) {
      const column = facts?.profile.columns.find((each) => each.name === name);
      if (column?.kind !== 'text') continue;
      const { distinct } = column;
      // Long names of what is met again, such as diagnoses or products.
      const recurs = (facts?.rows ?? 0) - column.missing >= mostRowsEach * distinct;
      const why = recurs
        ? `; its ${grouped(distinct)} values come again and again, as those of a category do`
        : '';
      yield {
        path: columnPath(loaded, name),
        message: `\`${name}\` is free text, which this version leaves out of the features${why}.`,
        data: { column: name, meanLength: column.texts?.meanLength, distinct },
        fixes: [
          ...(recurs ? setFix(loaded, joined('features.types', name), 'categorical') : []),
          ...excludeFix(loaded, name),
        ],
      };
    }
  },
};

export const columnRules: readonly Rule[] = [
  columnNotFound,
  idAsFeature,
  constantColumn,
  mostlyMissing,
  missingUnhandled,
  highCardinality,
  piiInFeatures,
  protectedFeature,
  textAsCategory,
];
