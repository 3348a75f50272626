/** Rules about how far the rows can be trusted: enough of them, fresh, whole, of the kind that was promised and of the people served. */
import { joined } from '../../config/configNode.ts';
import { removeEdit, setEdit, yamlKey } from '../../config/edits.ts';
import type { Expression } from '../../config/expression/ast.ts';
import { columnsOf } from '../../config/expression/check.ts';
import { formatExpression, formatName } from '../../config/expression/format.ts';
import { parseExpression } from '../../config/expression/parse.ts';
import { insertEdits } from '../../config/inserts.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { secondsOf } from '../../data/split/splitMethod.ts';
import type { Fix } from '../../protocol/finding.ts';
import { counted, grouped } from '../../protocol/grouped.ts';
import { columnPath, keepFix, percent, setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { contractOf } from '../inferContract.ts';
import type { LintContext, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/**
 * Under three rows a feature is a warning at once. Under ten rows a column that features become (ZDL, events per
 * variable), or fewer than 50 rows of the rarer class, is information from the second stage on, when a model is chosen.
 */
const insufficientData: Rule = {
  id: 'insufficient-data',
  needs: ['config', 'profile'],
  *run(context) {
    const { facts, stage, loaded } = context;
    const { target } = facts ?? {};
    if (!facts || !target) return;
    const rows = facts.rows - target.missing;
    const kept = keptColumns(context);
    const severe = rows < 3 * kept;
    const columns = severe ? kept : Math.min(kept, encodedColumns(context));
    const rare = Math.min(...target.classes.map((each) => each.rows));
    const few = rows < 10 * columns;
    if (!severe && !(stage >= 2 && (few || rare < 50))) return;
    const what = few ? `${grouped(rows)} rows` : `${grouped(rare)} rows of the rarest class`;
    yield {
      path: 'data.source',
      message: `${what} for ${counted(columns, 'column')} of features: whatever is learnt from them is mostly chance.`,
      data: { rows, columns, ...(Number.isFinite(rare) ? { rare } : {}) },
      severity: severe ? 'warning' : 'info',
      fixes: [
        ...(severe ? choiceFix(loaded, Math.floor(rows / 10)) : []),
        ...(loaded.isWritten('model.type') ? [] : setFix(loaded, 'model', 'linear')),
      ],
    };
  },
};

/** What a written choice of features leaves of them. */
function keptColumns({ loaded, facts }: LintContext): number {
  const features = facts?.features.length ?? 0;
  const keep = writtenAt(loaded, 'features.select.keep');
  if (typeof keep !== 'number') return features;
  return Math.min(features, keep < 1 ? Math.ceil(keep * features) : keep);
}

function choiceFix(loaded: LoadedExperiment, keep: number): readonly Fix[] {
  if (keep < 1 || loaded.isWritten('features.select')) return [];
  return fixOf(
    `Keep the best ${counted(keep, 'feature')}`,
    setEdit(loaded.source, 'features.select', `{method: mutual-info, keep: ${keep}}`),
  );
}

/** After encoding: one for a number, a date or a target-encoded category, one a level otherwise. */
function encodedColumns({ loaded, facts }: LintContext): number {
  const settings = loaded.experiment?.features;
  return (facts?.features ?? []).reduce((sum, { name }) => {
    const category = facts?.categories[name];
    if (category === undefined) return sum + 1;
    const encode = settings?.columns[name]?.encode ?? settings?.categorical.encode;
    const most = Number(settings?.columns[name]?.max_levels ?? settings?.categorical.max_levels);
    const spread = encode === 'onehot' || (encode === 'auto' && category.levels <= most);
    return sum + (spread ? Math.max(1, category.kept - 1) : 1);
  }, 0);
}

const staleData: Rule = {
  id: 'stale-data',
  needs: ['config', 'profile'],
  *run({ loaded, facts, now }) {
    const { data } = loaded.experiment ?? {};
    const freshness = data?.quality.freshness;
    const newest = facts?.profile.columns.find(({ name }) => name === data?.time)?.max;
    if (freshness === undefined || typeof newest !== 'string' || now === undefined) return;
    const age = (now.getTime() - Date.parse(`${newest}Z`)) / 1000;
    if (!(age > secondsOf(freshness))) return;
    const days = Math.floor(age / 86_400);
    yield {
      path: 'data.quality.freshness',
      message: `The newest row (\`${data?.time}\` ${newest.slice(0, 10)}) is ${grouped(days)} days old; at most ${freshness} are allowed: what it shows may be over.`,
      data: { column: data?.time, days, newest },
      fixes: setFix(loaded, 'data.quality.freshness', `${days + 1}d`),
    };
  },
};

/** What the contract calls a column and what is in it: the other promises are `expectation-failed`. */
const schemaDrift: Rule = {
  id: 'schema-drift',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run({ loaded, facts }) {
    for (const { path, column, count: cells, rows } of facts?.contract ?? []) {
      if (column === undefined || !isTypePromise(path)) continue;
      const type = loaded.experiment?.data.columns[column]?.type;
      const places =
        rows.length === 0
          ? ''
          : ` (rows ${rows.map((row) => grouped(row)).join(', ')}${cells > rows.length ? ' …' : ''})`;
      yield {
        path,
        message: `\`${column}\` was ${type}; now ${grouped(cells)} of its values${places} are not, and would be read as missing.`,
        data: { column, rows: cells, first: rows, type },
        fixes: setFix(loaded, path, 'categorical'),
      };
    }
  },
};

/** A failure of the contract that `schema-drift` tells. */
export function isTypePromise(path: string): boolean {
  return path.startsWith('data.columns.') && path.endsWith('.type');
}

const noContract: Rule = {
  id: 'no-contract',
  needs: ['config'],
  *run({ loaded, facts }) {
    const { data } = loaded.experiment ?? {};
    if (data?.source === undefined || loaded.isWritten('data.columns') || loaded.isWritten('data.expect'))
      return;
    const columns = (facts?.profile.columns ?? []).filter(({ derived }) => !derived).slice(0, 50);
    const promises = columns.map(
      (column) => `${yamlKey(column.name)}: {${contractOf(column, facts?.rows ?? 0).join(', ')}}`,
    );
    yield {
      path: 'data.source',
      message: 'No data contract yet: the next file may have other columns, and nothing would notice.',
      fixes:
        promises.length === 0
          ? []
          : fixOf(
              'Infer columns from data',
              setEdit(loaded.source, 'data.columns', `{${promises.join(', ')}}`),
            ),
    };
  },
};

const brokenFiles: Rule = {
  id: 'broken-files',
  needs: ['config', 'profile'],
  sampleSafe: 'judged',
  *run({ loaded, facts }) {
    const rows = facts?.emptyRows ?? 0;
    const target = loaded.experiment?.target;
    if (rows === 0) return;
    yield {
      path: 'data.source',
      message: `${counted(rows, 'row is', 'rows are')} empty in every column (${percent(rows / (facts?.rows ?? 1))}): a file that was cut or joined wrongly.`,
      data: { rows },
      // Rows that say something, but not of the target, can be neither learnt from nor scored.
      fixes:
        target === undefined
          ? []
          : keepFix(loaded, 'Leave out rows without a target', `${formatName(target)} is not null`),
    };
  },
};

const annotationGap: Rule = {
  id: 'annotation-gap',
  needs: ['config', 'profile'],
  *run({ loaded, facts }) {
    for (const { column, level, rows, labelled, overall } of facts?.looks?.gaps ?? []) {
      yield {
        path: columnPath(loaded, column),
        message: `\`${column}\` = ${level} is barely labelled: ${percent(labelled)} of its ${grouped(rows)} rows have a target, ${percent(overall)} of all; scores say little about it. Label more of them.`,
        data: { column, level, rows, labelled, overall },
      };
    }
  },
};

/** Both filters as sets of conditions; what the target or anything after it decides cannot be asked when serving. */
const populationMismatch: Rule = {
  id: 'population-mismatch',
  needs: ['config'],
  *run({ loaded, facts }) {
    const served = writtenAt(loaded, 'serve.filter');
    const { experiment } = loaded;
    if (typeof served !== 'string' || experiment === undefined) return;
    const late = new Set([experiment.target, ...(facts?.targetSources ?? [])]);
    for (const [name, { available }] of Object.entries(experiment.data.columns))
      if (available === 'after') late.add(name);
    const trained = conditions(experiment.data.filter ?? '', late);
    const asked = conditions(served, late);
    if (trained === undefined || asked === undefined) return;
    const [only, extra] = [
      trained.filter((each) => !asked.includes(each)),
      asked.filter((each) => !trained.includes(each)),
    ];
    if (only.length === 0 && extra.length === 0) return;
    const say = (list: readonly string[]) => (list.length === 0 ? 'all rows' : list.join(' and '));
    yield {
      path: 'serve.filter',
      message: `Trained on ${say(trained)}, served to ${say(asked)}: no score says how the model does there.`,
      data: { trained, served: asked },
      fixes: [
        ...fixOf('Serve the population of data.filter', removeEdit(loaded.source, 'serve.filter')),
        ...fixOf(
          'Train on the population of serve.filter',
          setEdit(
            loaded.source,
            'data.filter',
            JSON.stringify(withLate(served, experiment.data.filter, late)),
          ),
        ),
      ],
    };
  },
};

/** The parts of `a and b and c` in one spelling, sorted; undefined for what does not parse. */
function conditions(text: string, late: ReadonlySet<string | undefined>): string[] | undefined {
  if (text === '') return [];
  const { ast } = parseExpression(text);
  return (
    ast &&
    partsOf(ast)
      .filter((part) => !readsAny(part, late))
      .map(formatExpression)
      .sort()
  );
}

/** A filter of served rows, and of a filter of rows that are learnt from what only the outcome decides. */
function withLate(
  served: string,
  trained: string | undefined,
  late: ReadonlySet<string | undefined>,
): string {
  const { ast } = parseExpression(trained ?? '');
  const kept = ast === undefined ? [] : partsOf(ast).filter((part) => readsAny(part, late));
  return kept.length === 0
    ? served
    : [`(${served})`, ...kept.map((part) => `(${formatExpression(part)})`)].join(' and ');
}

function partsOf(part: Expression): Expression[] {
  return part.kind === 'logic' && part.operator === 'and'
    ? [...partsOf(part.left), ...partsOf(part.right)]
    : [part];
}

function readsAny(part: Expression, names: ReadonlySet<string | undefined>): boolean {
  return columnsOf(part).some((name) => names.has(name));
}

/** What keeps some rows free of the model's own influence. */
function hasHoldOut(loaded: LoadedExperiment): boolean {
  const strategy = writtenAt(loaded, 'serve.rollout.strategy');
  return (
    loaded.isWritten('data.weight') ||
    loaded.isWritten('serve.rollout.ab') ||
    strategy === 'ab' ||
    strategy === 'shadow'
  );
}

const feedbackLoop: Rule = {
  id: 'feedback-loop',
  needs: ['text'],
  *run({ loaded }) {
    if (writtenAt(loaded, 'problem.feedback') !== true || hasHoldOut(loaded)) return;
    yield {
      path: 'problem.feedback',
      message:
        'Predictions change future labels, and no rows are kept free of them: the model will learn its own answers.',
      fixes: fixOf(
        'Insert serve.rollout: shadow',
        setEdit(loaded.source, 'serve.rollout.strategy', 'shadow'),
      ),
    };
  },
};

const piiWithoutBasis: Rule = {
  id: 'pii-without-basis',
  needs: ['text'],
  *run({ loaded }) {
    const columns = writtenAt(loaded, 'data.columns');
    const personal = Object.entries(isMap(columns) ? columns : {}).filter(
      ([, contract]) => isMap(contract) && contract['pii'] !== undefined && contract['pii'] !== false,
    );
    const [first] = personal;
    if (first === undefined) return;
    const missing = ['basis', 'retention'].filter((key) => !loaded.isWritten(`data.privacy.${key}`));
    if (missing.length === 0) return;
    const inserts = { basis: 'consent', retention: '365d' };
    yield {
      path: joined(joined('data.columns', first[0]), 'pii'),
      message: `\`${first[0]}\`${personal.length > 1 ? ` and ${personal.length - 1} more` : ''} hold personal data, and \`data.privacy\` names no ${missing.join(' and no ')}: GDPR asks for both.`,
      data: { column: first[0], columns: personal.map(([name]) => name), missing },
      fixes: fixOf(
        'Insert data.privacy',
        insertEdits(
          loaded.source,
          Object.entries(inserts)
            .filter(([key]) => missing.includes(key))
            .map(([key, value]) => ({ path: `data.privacy.${key}`, value })),
        ),
      ),
    };
  },
};

export const trustRules: readonly Rule[] = [
  insufficientData,
  staleData,
  schemaDrift,
  noContract,
  brokenFiles,
  annotationGap,
  populationMismatch,
  feedbackLoop,
  piiWithoutBasis,
];
