/** Rules about scripts beside the experiment: what they learn from all rows before anyone divides them. */
import { basename } from 'node:path';
import { removeEdit, setEdit, yamlScalar } from '../../config/edits.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import type { Fix } from '../../protocol/finding.ts';
import { fixOf } from '../fixes.ts';
import { type EarlyStep, findEarlySteps } from '../pythonScan.ts';
import { readText } from '../readText.ts';
import type { Draft, Rule } from '../rule.ts';
import { settingsOf, writtenAt } from '../walk.ts';

interface Script {
  /** The setting that runs it. */
  readonly path: string;
  readonly file: string;
  readonly code: string;
  /** Runs before the rows are divided. */
  readonly before: boolean;
}

interface Command {
  readonly path: string;
  readonly text: string;
  readonly before: boolean;
  readonly step?: Readonly<Record<string, unknown>>;
}

function commandsOf(loaded: LoadedExperiment): Command[] {
  const steps = writtenAt(loaded, 'data.pipeline.steps');
  const train = writtenAt(loaded, 'model.command.train');
  return [
    ...(Array.isArray(steps) ? steps : []).flatMap((step: unknown, index) =>
      isMap(step)
        ? [{ path: `data.pipeline.steps.${index}.run`, text: String(step['run'] ?? ''), before: true, step }]
        : [],
    ),
    ...(typeof train === 'string' ? [{ path: 'model.command.train', text: train, before: false }] : []),
  ];
}

function scriptsOf(loaded: LoadedExperiment): Script[] {
  return commandsOf(loaded).flatMap(({ path, text, before }) =>
    [...text.matchAll(/[^\s"'=]+\.(?:py|ipynb)\b/g)].flatMap(([file]) => {
      const code = readText(loaded, file);
      return code === undefined ? [] : [{ path, file, code, before }];
    }),
  );
}

function* early(
  loaded: LoadedExperiment,
  kind: EarlyStep['kind'],
  say: (what: string, where: string) => string,
): Iterable<Draft> {
  for (const { path, file, code, before } of scriptsOf(loaded)) {
    const [step] = findEarlySteps(code, before).filter((each) => each.kind === kind);
    if (step === undefined) continue;
    const where = `\`${basename(file)}\` line ${step.line}`;
    const then =
      step.split === undefined
        ? 'before the rows are divided'
        : `before ${step.split.name} in line ${step.split.line}`;
    yield {
      path,
      message: say(`${where}: ${step.name}`, then),
      data: { file, line: step.line, step: step.name },
      ...(step.supervised ? { severity: 'error' as const } : {}),
    };
  }
}

/** A scaler that saw the test rows moves an AUC by less than 0.005; what learns from the target moves it more (ROTH). */
const preprocessBeforeSplit: Rule = {
  id: 'preprocess-before-split',
  needs: ['text'],
  run: ({ loaded }) =>
    early(
      loaded,
      'preprocess',
      (what, when) =>
        `${what} is fitted ${when}, on the test rows too; \`features\` fits it on the training rows.`,
    ),
};

const selectBeforeSplit: Rule = {
  id: 'select-before-split',
  needs: ['text'],
  run: ({ loaded }) =>
    early(
      loaded,
      'select',
      (what, when) => `${what} chooses features ${when}, with the help of the test rows.`,
    ),
};

const resampleWords = /smote|adasyn|over[-_ ]?sampl|under[-_ ]?sampl/i;
const augmentWords = /augment|mixup|back[-_ ]?translat/i;

const resampleBeforeSplit: Rule = {
  id: 'resample-before-split',
  needs: ['text'],
  *run({ loaded }) {
    const told = new Set<string>();
    for (const draft of early(
      loaded,
      'resample',
      (what, when) => `${what} makes rows ${when}: copies of test rows are trained on.`,
    )) {
      told.add(draft.path);
      yield draft;
    }
    for (const { path, text, before, step } of commandsOf(loaded)) {
      const named = `${String(step?.['id'] ?? '')} ${text}`;
      const words = resampleWords.exec(named) ?? augmentWords.exec(named);
      // A step that writes training rows alone is as it should be, and one that touches test rows is augment-in-eval.
      if (!before || told.has(path) || words === null || isOneSided(loaded, step)) continue;
      yield {
        path,
        message: `The step \`${String(step?.['id'])}\` makes rows (${words[0]}) before they are divided: copies of test rows are trained on.`,
        data: { step: step?.['id'] },
        fixes: inTrainingFix(loaded, path, words[0]),
      };
    }
  },
};

/** What training does of its own rows instead of the step, once they are divided; it makes no rows of other kinds yet. */
function inTrainingFix(loaded: LoadedExperiment, path: string, word: string): readonly Fix[] {
  const removed = removeEdit(loaded.source, path.replace(/\.run$/, ''));
  const strategy = /under/i.test(word) ? 'undersample' : /smote|adasyn/i.test(word) ? 'smote' : 'oversample';
  if (!resampleWords.test(word) || loaded.isWritten('train.imbalance'))
    return fixOf('Remove the step', removed);
  const instead = setEdit(loaded.source, 'train.imbalance', strategy);
  return fixOf(`Set train.imbalance: ${strategy} instead of the step`, [...removed, ...instead]);
}

/** Whether a step reads or writes one of the files of a given split. */
function isOneSided(loaded: LoadedExperiment, step: Readonly<Record<string, unknown>> | undefined): boolean {
  const source = writtenAt(loaded, 'data.source');
  if (!isMap(source)) return false;
  const files = Object.values(source).map(String);
  return touched(step).some((file) => files.includes(file));
}

function touched(step: Readonly<Record<string, unknown>> | undefined): string[] {
  return [step?.['in'], step?.['out']].flat().filter((file) => typeof file === 'string');
}

/** Steps of the pipeline only (reading 15): `train.augment` has no other rows. */
const augmentInEval: Rule = {
  id: 'augment-in-eval',
  needs: ['text'],
  *run({ loaded }) {
    const source = writtenAt(loaded, 'data.source');
    const test = writtenAt(loaded, 'split.test');
    const judged = [
      ...(isMap(source) ? [source['valid'], source['test']] : []),
      ...(typeof test === 'string' ? [test] : []),
    ];
    for (const { path, text, step } of commandsOf(loaded)) {
      const file = touched(step).find((each) => judged.includes(each));
      const named = `${String(step?.['id'] ?? '')} ${text}`;
      if (file === undefined || !(augmentWords.test(named) || resampleWords.test(named))) continue;
      yield {
        path,
        message: `The step \`${String(step?.['id'])}\` alters the rows of \`${file}\`, which judge: the score is of rows that nobody will send.`,
        data: { step: step?.['id'], file },
        fixes: onTrainingFix(loaded, path.replace(/\.run$/, ''), file),
      };
    }
  },
};

/** The step on the training rows, wherever it names the file; without a training file it has no right place. */
function onTrainingFix(loaded: LoadedExperiment, path: string, file: string): readonly Fix[] {
  const source = writtenAt(loaded, 'data.source');
  const train = isMap(source) ? source['train'] : source;
  const removed = fixOf('Remove the step', removeEdit(loaded.source, path));
  if (typeof train !== 'string') return removed;
  const edits = settingsOf(loaded)
    .filter((setting) => setting.path.startsWith(`${path}.`) && typeof setting.value === 'string')
    .flatMap((setting) => {
      const text = String(setting.value);
      const moved = text.split(file).join(train);
      return moved === text ? [] : setEdit(loaded.source, setting.path, yamlScalar(moved));
    });
  return [...fixOf(`Run it on ${train}`, edits), ...removed];
}

export const scriptRules: readonly Rule[] = [
  preprocessBeforeSplit,
  selectBeforeSplit,
  resampleBeforeSplit,
  augmentInEval,
];
