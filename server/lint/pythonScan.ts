/** Finds what a Python script fits before it divides its rows, statement by statement, as Yang et al. (2022) follow the data. Pure. */
import { callsOf, type Statement, statementsOf } from './pythonText.ts';

export interface EarlyStep {
  readonly kind: 'preprocess' | 'resample' | 'select';
  /** Such as `StandardScaler`. */
  readonly name: string;
  /** From 1. */
  readonly line: number;
  /** Where the rows are divided; absent where the script only prepares them. */
  readonly split?: { readonly name: string; readonly line: number };
  /** It learns from the target. */
  readonly supervised: boolean;
}

const preprocessors =
  /^(?:StandardScaler|MinMaxScaler|MaxAbsScaler|RobustScaler|QuantileTransformer|PowerTransformer|KBinsDiscretizer|SimpleImputer|KNNImputer|IterativeImputer|PCA|TruncatedSVD|FastICA|NMF|KernelPCA|TfidfVectorizer|CountVectorizer|OneHotEncoder|OrdinalEncoder|ColumnTransformer|make_column_transformer)$/;
const targetEncoders =
  /^(?:TargetEncoder|LeaveOneOutEncoder|JamesSteinEncoder|CatBoostEncoder|WOEEncoder|MEstimateEncoder)$/;
const selectors =
  /^(?:SelectKBest|SelectPercentile|SelectFpr|SelectFdr|SelectFwe|SelectFromModel|GenericUnivariateSelect|SequentialFeatureSelector|RFE|RFECV|BorutaPy)$/;
const resamplers =
  /^(?:SMOTE|SMOTENC|SMOTEN|ADASYN|BorderlineSMOTE|SVMSMOTE|KMeansSMOTE|RandomOverSampler|RandomUnderSampler|SMOTETomek|SMOTEENN|NearMiss|TomekLinks)$/;
const splitters = /^(?:train_test_split|cross_val_score|cross_validate|cross_val_predict)$/;
const foldClasses =
  /^(?:KFold|StratifiedKFold|GroupKFold|StratifiedGroupKFold|RepeatedKFold|RepeatedStratifiedKFold|ShuffleSplit|StratifiedShuffleSplit|GroupShuffleSplit)$/;
const fits = /^(?:fit|fit_transform|fit_resample|fit_sample)$/;

type Step = Omit<EarlyStep, 'split'>;

interface Scope {
  /** Fitted steps that a variable has in it. */
  readonly tainted: Map<string, Set<Step>>;
  /** Variables that are, or hold, an unfitted or fitted transform; and splitters of folds. */
  readonly objects: Map<string, Step['kind'] | 'supervised' | 'folds'>;
  readonly names: Map<string, string>;
  /** Variables that come out of a split. */
  readonly parted: Set<string>;
}

/** `writes`: the script only prepares rows that are divided later, so that writing them is what counts. */
export function findEarlySteps(code: string, writes = false): EarlyStep[] {
  const scopes = Map.groupBy(statementsOf(code), ({ scope }) => scope);
  const found = new Map<string, EarlyStep>();
  const summaries = new Map<string, Set<Step>>();
  // Functions first: what they fit comes back with what they return.
  for (const [name, statements] of [...scopes].sort(([a], [b]) => Number(a === '') - Number(b === ''))) {
    const scope: Scope = { tainted: new Map(), objects: new Map(), names: new Map(), parted: new Set() };
    for (const statement of statements) {
      for (const step of follow(statement, scope, { summaries, writes })) {
        found.set(`${step.name} ${step.line}`, step);
      }
      const returned = /^return\b(.*)/s.exec(statement.text)?.[1];
      if (returned !== undefined) summaries.set(name, union(stepsIn(returned, scope), summaries.get(name)));
    }
  }
  return [...found.values()].sort((a, b) => a.line - b.line);
}

interface Known {
  readonly summaries: ReadonlyMap<string, Set<Step>>;
  readonly writes: boolean;
}

/** One statement: what it fits, binds and divides. Yields the steps that a split, or a written file, has in it. */
function* follow({ text, line }: Statement, scope: Scope, { summaries, writes }: Known): Iterable<EarlyStep> {
  const { targets, value } = assignmentOf(text);
  const steps = new Set<Step>();
  let divides = false;
  for (const call of callsOf(value)) {
    const receiver = call.receiver.split('.')[0]?.trim() ?? '';
    if (isSplit(call.name, receiver, scope)) {
      divides = true;
      for (const step of stepsIn(call.args, scope)) yield { ...step, split: { name: call.name, line } };
    } else if (fits.test(call.name)) {
      const step = fittedBy({ receiver: call.receiver, line }, scope);
      if (step === undefined || mentions(call.args, scope.parted) || call.args.trim() === '') continue;
      steps.add(step);
      // The rows themselves are not changed by `fit`; what the object gives back later is.
      if (/^\w+$/.test(call.receiver.trim())) taint(scope, call.receiver.trim(), [step]);
    } else {
      const kind = kindOf(call.name);
      if (kind !== undefined && targets.length === 1)
        bind(scope, targets[0] ?? '', { kind, name: call.name });
      for (const step of summaries.get(call.name) ?? [])
        if (!mentions(call.args, scope.parted)) steps.add(step);
      if (
        writes &&
        /^(?:to_(?:csv|parquet|feather|json|pickle|sql)|save|savez|dump|write_table|write_csv)$/.test(
          call.name,
        )
      ) {
        for (const step of stepsIn(`${call.receiver} ${call.args}`, scope)) yield step;
      }
    }
  }
  const filled = fillsFromAllRows(value, line, scope);
  if (filled !== undefined) steps.add(filled);
  for (const step of stepsIn(value, scope)) steps.add(step);
  for (const target of targets) {
    if (divides || mentions(value, scope.parted)) scope.parted.add(target);
    else if (steps.size > 0) taint(scope, target, steps);
  }
}

function isSplit(name: string, receiver: string, { objects }: Scope): boolean {
  return (
    splitters.test(name) ||
    (name === 'split' && (objects.get(receiver) === 'folds' || foldClasses.test(receiver)))
  );
}

function kindOf(name: string): Step['kind'] | 'supervised' | 'folds' | undefined {
  if (targetEncoders.test(name)) return 'supervised';
  if (preprocessors.test(name)) return 'preprocess';
  if (selectors.test(name)) return 'select';
  if (resamplers.test(name)) return 'resample';
  return foldClasses.test(name) ? 'folds' : undefined;
}

function bind(
  scope: Scope,
  variable: string,
  { kind, name }: { kind: Step['kind'] | 'supervised' | 'folds'; name: string },
): void {
  // Of a pipeline of several the first one names it, and a selector or resampler says more than a scaler.
  const before = scope.objects.get(variable);
  if (before !== undefined && (before !== 'preprocess' || kind === 'preprocess')) return;
  scope.objects.set(variable, kind);
  scope.names.set(variable, name);
}

/** The step of `StandardScaler().fit(…)` or of a variable that holds one. */
function fittedBy({ receiver, line }: { receiver: string; line: number }, scope: Scope): Step | undefined {
  const inline = /^(?:[\w.]+\.)?(\w+)\s*\(/.exec(receiver.trim())?.[1];
  const variable = receiver.trim();
  const kind = inline === undefined ? scope.objects.get(variable) : kindOf(inline);
  if (kind === undefined || kind === 'folds') return undefined;
  const name = inline ?? scope.names.get(variable) ?? variable;
  return { kind: kind === 'supervised' ? 'preprocess' : kind, name, line, supervised: kind === 'supervised' };
}

/** `df.fillna(df.mean())` and `(df - df.mean()) / df.std()`: statistics of all rows. */
function fillsFromAllRows(value: string, line: number, { parted }: Scope): Step | undefined {
  if (mentions(value, parted)) return undefined;
  const fill = /\.fillna\(\s*[\w.[\]'"]+\.(?:mean|median|mode)\(/.test(value);
  const scale = /(\w[\w.[\]'"]*)\s*-\s*\1\.(?:mean|min)\(\)\s*\)?\s*\/\s*\(?\s*\1\.(?:std|max)\(/.test(value);
  if (!fill && !scale) return undefined;
  return { kind: 'preprocess', name: fill ? 'fillna' : 'standardising', line, supervised: false };
}

function assignmentOf(text: string): { targets: string[]; value: string } {
  const loop = /^for\s+(.+?)\s+in\s+(.*)$/s.exec(text);
  if (loop) return { targets: namesIn(loop[1] ?? ''), value: loop[2] ?? '' };
  const match = /^((?:[\w.]+(?:\[[^=]*?\])?\s*,?\s*)+?)\s*(?:[-+*/|&]?=)(?!=)\s*(.*)$/s.exec(text);
  if (!match) return { targets: [], value: text };
  return { targets: namesIn((match[1] ?? '').replaceAll(/\[[^\]]*\]/g, '')), value: match[2] ?? '' };
}

function namesIn(text: string): string[] {
  return [...text.matchAll(/(?<![\w.])[A-Za-z_]\w*/g)].map(([name]) => name);
}

function mentions(text: string, variables: ReadonlySet<string>): boolean {
  return variables.size > 0 && namesIn(text).some((name) => variables.has(name));
}

function stepsIn(text: string, { tainted }: Scope): Set<Step> {
  const steps = new Set<Step>();
  if (tainted.size === 0) return steps;
  for (const name of namesIn(text)) for (const step of tainted.get(name) ?? []) steps.add(step);
  return steps;
}

function taint({ tainted }: Scope, variable: string, steps: Iterable<Step>): void {
  tainted.set(variable, union(steps, tainted.get(variable)));
}

function union(steps: Iterable<Step>, others: Iterable<Step> = []): Set<Step> {
  return new Set([...others, ...steps]);
}
