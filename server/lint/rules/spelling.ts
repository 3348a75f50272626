/** Rules about how values are spelt: codes for missing values, numbers and dates as text, one word written in many ways. */
import { joined } from '../../config/configNode.ts';
import { removeEdit, setEdit } from '../../config/edits.ts';
import { formatName } from '../../config/expression/format.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import type { DataFacts } from '../../data/facts/facts.ts';
import { unreadColumns, unreadSentence } from '../../data/facts/lostCells.ts';
import type { ColumnProfile } from '../../data/profile/columnProfile.ts';
import { defaultNullValues } from '../../data/sources/nullValues.ts';
import type { Fix } from '../../protocol/finding.ts';
import { counted, grouped } from '../../protocol/grouped.ts';
import { columnPath, featureProfiles, insteadFix, percent, setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { type Spelling, spellingOf } from '../misspelt.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';

const mixedNulls: Rule = {
  id: 'mixed-nulls',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run(context) {
    for (const { name, nullSpellings } of featureProfiles(context)) {
      const spellings = Object.entries(nullSpellings ?? {}).filter(([, cells]) => cells > 0);
      // Spellings that somebody has written down are known.
      if (spellings.length < 2 || context.loaded.isWritten('data.read.null_values')) continue;
      const list = spellings.map(([spelling, cells]) => `"${spelling}" (${grouped(cells)})`).join(', ');
      yield {
        path: columnPath(context.loaded, name),
        message: `\`${name}\` mixes ${list} for missing values; all of them are read as missing, other programs may differ.`,
        data: { column: name, spellings: Object.fromEntries(spellings) },
        fixes: nullValuesFix(
          context.loaded,
          spellings.map(([spelling]) => spelling),
        ),
      };
    }
  },
};

/** These too are read as missing, beside those that were: the list that is written, else the usual ones. */
function nullValuesFix(loaded: LoadedExperiment, spellings: readonly string[]): readonly Fix[] {
  const written = loaded.experiment?.data.read['null_values'];
  const before = Array.isArray(written) ? written.map(String) : defaultNullValues;
  const all = [...new Set([...before, ...spellings])].map((spelling) => JSON.stringify(spelling));
  const edits = setEdit(loaded.source, 'data.read.null_values', `[${all.join(', ')}]`);
  return fixOf(`Read ${spellings.map((each) => JSON.stringify(each)).join(' and ')} as missing`, edits);
}

/** A known code or a value far outside, repeated at one end: lint.md, reading 6. Zeros are natural. */
const sentinelValue: Rule = {
  id: 'sentinel-value',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    for (const column of featureProfiles(context)) {
      for (const { value, cells } of sentinelsOf(column)) {
        const share = cells / (facts?.rows ?? 1);
        yield {
          path: columnPath(loaded, column.name),
          message: `\`${column.name}\` = ${value} in ${percent(share)} of the rows (${grouped(cells)}): a code for a missing value?`,
          data: { column: column.name, value, rows: cells, share },
          fixes: nullValuesFix(loaded, [String(value)]),
        };
      }
    }
  },
};

function sentinelsOf({
  kind,
  numbers,
  quantiles,
  missing,
  distinct,
}: ColumnProfile): { value: number; cells: number }[] {
  if (kind !== 'numeric' || !numbers || !quantiles || distinct < 5) return [];
  const found: { value: number; cells: number }[] = [];
  const spread = Number(quantiles['0.75']) - Number(quantiles['0.25']);
  for (const end of [numbers.lowest, numbers.highest]) {
    if (!end || end.value === 0 || end.count < 3) continue;
    const known = numbers.codes.some(({ value }) => value === end.value);
    const rareSign = end.value < 0 && numbers.negatives === end.count;
    const gap = Math.abs(end.next - end.value);
    // Of towns the largest may be far from the next: it is no code while a long tail would reach it.
    const [low, high] = [Number(quantiles['0.25']), Number(quantiles['0.75'])];
    const inTail =
      numbers.lowest !== null &&
      numbers.lowest.value >= 0 &&
      Math.abs(Math.log1p(end.next) - Math.log1p(end.value)) <= 3 * (Math.log1p(high) - Math.log1p(low));
    // An unknown code must stand far outside many values and be common; a known one needs a gap or the wrong sign.
    const far = gap > 3 * spread && spread > 0;
    const common = end.count >= 0.01 * (end.count + distinct + missing);
    if (known ? rareSign || far : far && !inTail && common && gap > 10 * spread && distinct >= 20) {
      found.push({ value: end.value, cells: end.count });
    }
  }
  return found;
}

const numberAsString: Rule = {
  id: 'number-as-string',
  needs: ['config', 'profile'],
  *run(context) {
    yield* textual(context, {
      what: 'numbers',
      kind: 'numeric',
      isRead: (text) => text.trim() !== '' && Number.isFinite(Number(text)),
      otherwise:
        'write them as plain numbers, without currency, unit, percent sign, colons or signs between thousands',
    });
  },
};

const dateAsString: Rule = {
  id: 'date-as-string',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run(context) {
    yield* textual(context, {
      what: 'dates',
      kind: 'datetime',
      isRead: (text) => /^\d{4}-\d\d-\d\d/.test(text),
      otherwise: 'write them as 2024-03-15, the only dates that are read',
    });
  },
};

interface Kind {
  readonly what: Spelling['what'];
  readonly kind: string;
  /** Whether a text would be read as this kind, were it declared. */
  readonly isRead: (text: string) => boolean;
  /** What to say of those that would not. */
  readonly otherwise: string;
}

function* textual(context: LintContext, { what, kind, isRead, otherwise }: Kind): Iterable<Draft> {
  const { loaded, facts } = context;
  const { data, features } = loaded.experiment ?? {};
  const leftOut = new Set(facts?.leftOut.map(({ name }) => name));
  for (const column of facts?.profile.columns ?? []) {
    const { name, top } = column;
    const spelling = spellingOf(column);
    const seen = leftOut.has(name) || facts?.features.some((feature) => feature.name === name);
    const declared = features?.types[name] !== undefined || data?.columns[name]?.type !== undefined;
    if (spelling?.what !== what || !seen || declared) continue;
    const { share } = spelling;
    // The commonest of some rows need not be those of all.
    if (facts?.sampled !== undefined && (share ?? 0) < 0.8) continue;
    // As that type, what is written otherwise would be read as missing.
    const readable = top.filter(({ value }) => isRead(String(value))).length >= 0.5 * top.length;
    const how =
      share === undefined ? `such as ${JSON.stringify(top[0]?.value)}` : `${percent(share)} of the values`;
    yield {
      path: columnPath(loaded, name),
      message: `\`${name}\` holds ${what} as text (${how}): as text their order is lost${readable ? '' : `; ${otherwise}`}.`,
      data: { column: name, ...(share === undefined ? {} : { share }) },
      fixes: readable ? setFix(loaded, joined('features.types', name), kind) : [],
    };
  }
}

const fewLevels = 50;

const stringVariants: Rule = {
  id: 'string-variants',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run({ loaded, facts }) {
    for (const [name, { variants, levels }] of Object.entries(facts?.categories ?? {})) {
      // Of many levels some rows do not show how many there are, and names differ in little things.
      if (facts?.sampled !== undefined && levels > fewLevels) continue;
      const [first] = variants.filter((words) => !areGrades(words));
      if (!first) continue;
      const list = first.map((text) => JSON.stringify(text)).join(', ');
      yield {
        path: columnPath(loaded, name),
        message: `${list} are ${first.length} levels of \`${name}\`, though one word: write them alike, in the data or with lower() and trim() in \`data.derive\`.`,
        data: { column: name, variants },
        fixes: foldFix(loaded, name, variants),
      };
    }
  },
};

/** A column of one spelling in place of the column, where lower() and trim() make one. */
function foldFix(
  loaded: LoadedExperiment,
  name: string,
  variants: readonly (readonly string[])[],
): readonly Fix[] {
  const folded = variants.every(
    (words) => new Set(words.map((word) => word.trim().toLowerCase())).size === 1,
  );
  const alike = `${name}_alike`;
  if (!folded || loaded.experiment?.data.derive.some((each) => each.name === alike)) return [];
  const expr = `lower(trim(${formatName(name)}))`;
  return insteadFix(loaded, name, { name: alike, expr, title: `Use lower(trim(${name})) instead` });
}

/** `A`, `A-` and `A+` differ by what stands at their end, which is their meaning. */
function areGrades(words: readonly string[]): boolean {
  const plain = words.map((word) => word.trim().replace(/[-+]+$/, ''));
  return new Set(plain).size < new Set(words.map((word) => word.trim())).size;
}

/** The rarer of numbers and text has 1 to 10 % of the values (DC MixedDataTypes); digits within text are codes. */
const mixedTypes: Rule = {
  id: 'mixed-types',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    yield* mistyped(loaded, facts);
    for (const [name, { odd }] of Object.entries(facts?.categories ?? {})) {
      const { mixed } = odd;
      const missing = facts?.profile.columns.find((column) => column.name === name)?.missing ?? 0;
      const share = (mixed?.rows ?? 0) / ((facts?.rows ?? 0) - missing);
      const declared = loaded.experiment?.features.types[name] ?? loaded.experiment?.data.columns[name]?.type;
      if (mixed === null || declared !== undefined || share < 0.01 || share > 0.1) continue;
      const examples = mixed.examples.map((text) => JSON.stringify(text)).join(', ');
      const what = mixed.rare === 'text' ? 'text among numbers' : 'numbers among text';
      yield {
        path: columnPath(loaded, name),
        message: `${percent(share)} of \`${name}\` is ${what} (${examples}): all of it is read as text.`,
        data: { column: name, share, rows: mixed.rows, examples: mixed.examples },
        fixes: setFix(
          loaded,
          joined('features.types', name),
          mixed.rare === 'text' ? 'numeric' : 'categorical',
        ),
      };
    }
  },
};

/** Columns whose written kind fits hardly a cell. */
function* mistyped(loaded: LoadedExperiment, facts: DataFacts | undefined): Iterable<Draft> {
  const { experiment } = loaded;
  if (experiment === undefined || facts === undefined) return;
  for (const unread of unreadColumns(experiment, facts)) {
    const { column, rows, share } = unread;
    const path = joined('features.types', column);
    yield {
      path,
      message: unreadSentence(unread),
      data: { column, share, rows },
      fixes: fixOf(`Remove ${path}`, removeEdit(loaded.source, path)),
    };
  }
}

/** Signs without a letter or digit in more than 0.1 % of the rows (DC SpecialCharacters), unless they are a notation; and lengths far outside. */
const oddStrings: Rule = {
  id: 'odd-strings',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const rows = facts?.rows ?? 1;
    for (const [name, { odd, levels }] of Object.entries(facts?.categories ?? {})) {
      const signs = (odd.signs?.rows ?? 0) / rows;
      const long = (odd.long?.rows ?? 0) / rows;
      const found = signs > 0.001 && signs < 0.1 && levels > 2 ? odd.signs : long < 0.01 ? odd.long : null;
      if (found === null) continue;
      const examples = found.examples.map((text) => JSON.stringify(text)).join(', ');
      const what = found === odd.signs ? 'signs alone' : 'far longer than the rest';
      yield {
        path: columnPath(loaded, name),
        message: `${counted(found.rows, 'value')} of \`${name}\` ${found.rows === 1 ? 'is' : 'are'} ${what} (${examples}): levels that mean nothing.`,
        data: { column: name, rows: found.rows, examples: found.examples },
        fixes: found === odd.signs ? nullValuesFix(loaded, found.examples) : [],
      };
    }
  },
};

export const spellingRules: readonly Rule[] = [
  mixedTypes,
  oddStrings,
  mixedNulls,
  sentinelValue,
  numberAsString,
  dateAsString,
  stringVariants,
];
