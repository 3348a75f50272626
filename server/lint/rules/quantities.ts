/** Rules about numbers as quantities: tails, scales, circles, codes, and columns that say the same. */
import { joined } from '../../config/configNode.ts';
import { yamlScalar } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import { formatName } from '../../config/expression/format.ts';
import type { Jump } from '../../data/facts/lookFacts.ts';
import { nameTokens } from '../../data/facts/names.ts';
import { lostSpread } from '../../data/float32.ts';
import type { ColumnProfile, NumberFacts } from '../../data/profile/columnProfile.ts';
import type { Fix } from '../../protocol/finding.ts';
import { grouped } from '../../protocol/grouped.ts';
import {
  columnPath,
  excludeFix,
  featureProfiles,
  insteadFix,
  onlyDate,
  percent,
  setFix,
} from '../columns.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';

type NumberColumn = ColumnProfile & { readonly numbers: NumberFacts };

/** Features that enter as numbers. */
function numberColumns(context: LintContext): readonly NumberColumn[] {
  return featureProfiles(context).filter(
    (column): column is NumberColumn => column.kind === 'numeric' && column.numbers !== null,
  );
}

/** A setting of numbers for one column, and where it is written. */
function numericSetting<K extends 'scale' | 'outliers' | 'transform'>(
  experiment: Experiment,
  column: string,
  key: K,
) {
  const own = Object.hasOwn(experiment.features.columns, column)
    ? experiment.features.columns[column]?.[key]
    : undefined;
  return own ?? experiment.features.numeric[key];
}

function settingPath(column: string, key: string): string {
  return joined(joined('features.columns', column), key);
}

/** More than 0.5 % of the rows beyond Tukey's outer fences (DC OutlierSample); a long tail alone is no outlier. */
const outliers: Rule = {
  id: 'outliers',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    for (const { name, numbers, missing, distinct } of numberColumns(context)) {
      const present = (facts?.rows ?? 0) - missing;
      const share = numbers.extremes / present;
      const experiment = loaded.experiment;
      if (!experiment || distinct < 20 || numbers.extremes < 3 || share <= 0.005) continue;
      if (
        numericSetting(experiment, name, 'outliers') !== 'none' ||
        numericSetting(experiment, name, 'transform') !== 'none'
      )
        continue;
      yield {
        path: columnPath(loaded, name),
        message: `${grouped(numbers.extremes)} values of \`${name}\` (${percent(share)}) lie more than three quartile ranges outside: a few rows weigh more than all others.`,
        data: { column: name, rows: numbers.extremes, share },
        fixes: setFix(loaded, settingPath(name, 'outliers'), 'winsorize'),
      };
    }
  },
};

/** Models whose weights multiply the values as they are. */
const weighing: readonly string[] = ['linear', 'mlp'];

const skewed: Rule = {
  id: 'skewed',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    const { experiment } = loaded;
    if (experiment === undefined || !weighing.includes(experiment.model.type)) return;
    for (const { name, numbers, missing, distinct, min } of numberColumns(context)) {
      const skewness = numbers.skewness ?? 0;
      // Few rows or few values have a skewness by chance.
      if (Math.abs(skewness) <= 3 || distinct < 20 || (facts?.rows ?? 0) - missing < 100) continue;
      if (
        numericSetting(experiment, name, 'transform') !== 'none' ||
        numericSetting(experiment, name, 'outliers') !== 'none'
      )
        continue;
      const [key, value] =
        skewness > 0 && Number(min) >= 0 ? ['transform', 'log1p'] : ['outliers', 'winsorize'];
      yield {
        path: columnPath(loaded, name),
        message: `\`${name}\` is heavy-tailed (skewness ${skewness.toFixed(1)}): a few large values decide its weight.`,
        data: { column: name, skewness },
        fixes: setFix(loaded, settingPath(name, key), value),
      };
    }
  },
};

/** Only a written `scale: none` counts; by default such models scale. */
const unscaled: Rule = {
  id: 'unscaled',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded } = context;
    const { experiment } = loaded;
    if (experiment === undefined || !weighing.includes(experiment.model.type)) return;
    const bare = numberColumns(context)
      .filter(({ name, std }) => numericSetting(experiment, name, 'scale') === 'none' && (std ?? 0) > 0)
      .sort((a, b) => (a.std ?? 0) - (b.std ?? 0));
    const [narrow, wide] = [bare[0], bare.at(-1)];
    const ratio = (wide?.std ?? 0) / (narrow?.std ?? 1);
    if (!narrow || !wide || ratio <= 100) return;
    const own = experiment.features.columns[wide.name]?.scale === 'none';
    const path = own ? settingPath(wide.name, 'scale') : 'features.numeric.scale';
    yield {
      path,
      message: `Scales differ ${grouped(Math.round(ratio))}-fold between \`${narrow.name}\` and \`${wide.name}\`, and a ${experiment.model.type} model with a penalty takes the wide one for the weightier.`,
      data: { column: wide.name, other: narrow.name, ratio },
      fixes: setFix(loaded, path, 'standard'),
    };
  },
};

interface Circle {
  readonly words: readonly string[];
  readonly low: number;
  readonly high: number;
  /** Two neighbours that a number puts at the far ends. */
  readonly ends: string;
}

const circles: readonly Circle[] = [
  { words: ['hour', 'hours', 'hr'], low: 0, high: 23, ends: '23 and 0' },
  { words: ['month', 'mnth', 'moy'], low: 1, high: 12, ends: '12 and 1' },
  { words: ['weekday', 'dow', 'dayofweek'], low: 0, high: 7, ends: 'the last and the first day' },
  { words: ['minute'], low: 0, high: 59, ends: '59 and 0' },
  { words: ['doy', 'dayofyear', 'yday'], low: 1, high: 366, ends: '365 and 1' },
  {
    words: ['angle', 'bearing', 'heading', 'azimuth', 'direction', 'degree', 'degrees', 'aspect', 'winddir'],
    low: 0,
    high: 360,
    ends: '359 and 0',
  },
];

/** By name and range (DL): the values must fill the circle, since hours from 8 to 17 have two ends. */
const circularAsLinear: Rule = {
  id: 'circular-as-linear',
  needs: ['config', 'profile'],
  *run(context) {
    for (const { name, min, max, distinct } of numberColumns(context)) {
      const [low, high] = [Number(min), Number(max)];
      const circle = circles.find((each) => named(name, each) && low >= each.low && high <= each.high);
      if (circle === undefined || high - low < 0.8 * (circle.high - circle.low) || distinct < 5) continue;
      yield {
        path: columnPath(context.loaded, name),
        message: `${circle.ends} are neighbours in \`${name}\` (${low} to ${high}); as a number they lie farthest apart.`,
        data: { column: name, low, high },
        fixes: setFix(context.loaded, joined('features.types', name), 'cyclic'),
      };
    }
  },
};

/** `hours_worked` counts hours; `hour`, `pickup_hour` and `hour_of_day` name one. */
function named(name: string, { words }: Circle): boolean {
  const tokens = nameTokens(name);
  const text = tokens.join('');
  if (
    tokens.some((token) => ['per', 'worked', 'since', 'count', 'num', 'total', 'avg', 'mean'].includes(token))
  )
    return false;
  return (
    words.includes(tokens.at(-1) ?? '') || words.some((word) => text === word || text.startsWith(`${word}of`))
  );
}

const codeWords: readonly string[] = ['code', 'zip', 'zipcode', 'postcode', 'postal', 'plz'];
const kindWords: readonly string[] = [
  'type',
  'category',
  'kind',
  'region',
  'district',
  'department',
  'branch',
  'sector',
];
/** Fewer numbers than this may be an enumeration (DL Enum). */
const enumLimit = 20;

const enumAsNumber: Rule = {
  id: 'enum-as-number',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    for (const { name, numbers, distinct } of numberColumns(context)) {
      const declared = loaded.experiment?.features.types[name] ?? loaded.experiment?.data.columns[name]?.type;
      if (declared !== undefined || !numbers.whole || distinct < 3) continue;
      const tokens = nameTokens(name);
      const few = distinct < enumLimit;
      const called =
        tokens.some((token) => codeWords.includes(token)) || (few && kindWords.includes(tokens.at(-1) ?? ''));
      const jumps =
        few &&
        facts?.links[name]?.outOfOrder === true &&
        !tokens.some((token) => ['year', 'age', 'month'].includes(token));
      if (!called && !jumps) continue;
      const why = called ? 'its name says so' : 'the target jumps up and down along them';
      yield {
        path: columnPath(loaded, name),
        message: `\`${name}\` looks like codes, not quantities (${grouped(distinct)} whole numbers; ${why}): their order means nothing.`,
        data: { column: name, distinct },
        fixes: setFix(loaded, joined('features.types', name), 'categorical'),
      };
    }
  },
};

/** Rank correlation or Cramér's V above 0.9 for certain, corrected over the pairs; variance inflation above 10 for linear models. */
const correlatedFeatures: Rule = {
  id: 'correlated-features',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    const { correlated = [], inflated = [] } = facts?.looks ?? {};
    const told = new Set<string>();
    for (const { column, other, measure, value, p } of correlated) {
      if (p > 0.05 || facts?.links[column]?.copy === true || facts?.links[other]?.copy === true) continue;
      told.add(column).add(other);
      const shown = `${measure === 'rho' ? 'rank correlation' : "Cramér's V"} ${value.toFixed(3)}`;
      yield {
        path: columnPath(loaded, column),
        message: `\`${column}\` says what \`${other}\` says (${shown}): one of them is enough.`,
        data: { column, other, [measure]: value },
        fixes: excludeFix(loaded, column),
      };
    }
    const [worst] = inflated.filter(({ column }) => !told.has(column)).sort((a, b) => b.vif - a.vif);
    if (worst === undefined) return;
    yield {
      path: columnPath(loaded, worst.column),
      message: `The other numbers explain \`${worst.column}\` (variance inflation ${worst.vif > 1e5 ? 'without bound' : worst.vif.toFixed(0)}): a linear model cannot tell their weights apart.`,
      data: { column: worst.column, vif: worst.vif },
      fixes: excludeFix(loaded, worst.column),
    };
  },
};

const proxyFeature: Rule = {
  id: 'proxy-feature',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    for (const { column, of, auc, low } of facts?.looks?.proxies ?? []) {
      yield {
        path: columnPath(loaded, column),
        message: `\`${column}\` stands in for \`${of}\` (AUC ${auc.toFixed(3)}): leaving \`${of}\` out does not keep it out.`,
        data: { column, of, auc, low },
        fixes: excludeFix(loaded, column),
      };
    }
  },
};

/** The median of all periods from one on is at least eight times that of all before, or the other way round. */
const unitJump: Rule = {
  id: 'unit-jump',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    for (const { column, ratio, up, date } of facts?.looks?.jumps ?? []) {
      yield {
        path: column === facts?.target?.name ? 'target' : columnPath(loaded, column),
        message: `\`${column}\` ${up ? 'jumps' : 'falls'} ${ratio.toFixed(0)}-fold on ${date} and stays there: a change of unit?`,
        data: { column, ratio, date },
        fixes:
          column === facts?.target?.name
            ? []
            : [...oneUnitFix(context, { column, ratio, up, date }), ...excludeFix(loaded, column)],
      };
    }
  },
};

/** A column in the unit of its first values, in place of the column, where it is known what tells the time. */
function oneUnitFix(context: LintContext, { column, ratio, up, date }: Jump): readonly Fix[] {
  const { loaded } = context;
  const time = loaded.experiment?.data.time ?? onlyDate(context);
  const name = `${column}_one_unit`;
  if (time === undefined || loaded.experiment?.data.derive.some((each) => each.name === name)) return [];
  const value = `${formatName(column)} ${up ? '/' : '*'} ${factorNear(ratio)}`;
  const expr = `if(${formatName(time)} >= ${date}, ${value}, ${formatName(column)})`;
  return insteadFix(loaded, column, { name, expr, title: `Use ${value} from ${date} on` });
}

/** Units mostly differ by a power of ten, or as minutes and hours, days and weeks, inches and centimetres do. */
const factors: readonly number[] = [10, 12, 24, 25.4, 28.35, 30.48, 60, 100, 453.6, 1000, 1024, 3600, 86_400];

/** Within a quarter of the ratio of the medians, powers of ten first; else the ratio to two digits. */
function factorNear(ratio: number): number {
  const power = 10 ** Math.round(Math.log10(ratio));
  const far = (factor: number) => Math.abs(Math.log(ratio / factor));
  if (far(power) <= 0.25) return power;
  const near = factors.toSorted((a, b) => far(a) - far(b))[0] ?? ratio;
  return far(near) <= 0.1 ? near : Number(ratio.toPrecision(2));
}

/** Many levels numbered one after the other: an order that no one meant. */
const rawFeatures: Rule = {
  id: 'raw-features',
  needs: ['config', 'profile'],
  *run(context) {
    const { loaded, facts } = context;
    const settings = loaded.experiment?.features;
    for (const column of featureProfiles(context)) yield* tooFine(context, column);
    for (const [name, { levels }] of Object.entries(facts?.categories ?? {})) {
      const encode = settings?.columns[name]?.encode ?? settings?.categorical.encode;
      if (encode !== 'ordinal' || levels <= 50 || settings?.types[name] === 'ordinal') continue;
      yield {
        path: columnPath(loaded, name),
        message: `\`${name}\` enters raw: its ${grouped(levels)} levels are numbered, and the model takes their order for a quantity.`,
        data: { column: name, levels },
        fixes: setFix(loaded, settingPath(name, 'encode'), yamlScalar('target')),
      };
    }
  },
};

/** Instants as seconds since 1970, for one: float32 tells them two minutes apart. */
function* tooFine({ loaded }: LintContext, column: ColumnProfile): Generator<Draft> {
  const { name, kind, derived, min: least, max: most, std: spread } = column;
  if (kind !== 'numeric' || typeof least !== 'number' || typeof most !== 'number' || spread === null) return;
  const lost = lostSpread({ least, most, spread });
  if (lost === undefined) return;
  const start = Math.floor(least);
  const expr = `${formatName(name)} ${start < 0 ? '+' : '-'} ${Math.abs(start)}`;
  const from = { name: `${name}_from_${start}`, expr, title: `Use ${expr}` };
  yield {
    path: columnPath(loaded, name),
    severity: 'warning',
    message: `\`${name}\` enters raw: a model file takes float32, which around ${least} tells numbers ${lost.step} apart, and its standard deviation is ${lost.spread}. More than 1 % of its variance is lost.`,
    data: { column: name },
    fixes: derived ? [] : insteadFix(loaded, name, from),
  };
}

export const quantityRules: readonly Rule[] = [
  outliers,
  skewed,
  unscaled,
  circularAsLinear,
  enumAsNumber,
  correlatedFeatures,
  proxyFeature,
  unitJump,
  rawFeatures,
];
