/** `modelwright init`: looks at the data in a folder and writes a starting experiment. */
import { existsSync } from 'node:fs';
import { basename, join, relative, resolve } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { dataFileStem } from '../../catalog/dataFiles.ts';
import { ModelwrightError } from '../../catalog/errors.ts';
import { guessTargets } from '../../data/profile/guessTargets.ts';
import { plainSpec } from '../../data/spec.ts';
import { startDataClient } from '../../data/worker/client.ts';
import { draftExperiment, findDataFiles } from '../../runs/draftExperiment.ts';
import { replaceFile } from '../../store/artifacts.ts';
import { printable } from '../style.ts';
import { type Declare, declare, type SharedOptions, type Terminal } from '../terminal.ts';

interface InitOptions extends SharedOptions {
  readonly data?: string;
  readonly target?: string;
  readonly yes?: boolean;
}

export const declareInit: Declare = (program, act) => {
  declare(program, 'init', 'init [dir]')
    .option('--data <file>', 'the table to learn from; default: the only one in the folder')
    .option('--target <column>', 'the column to predict')
    .option('--yes', 'ask nothing, take the best guess')
    .action(act(init));
};

async function init(terminal: Terminal, dir: string | undefined, options: InitOptions): Promise<void> {
  const folder = resolve(terminal.workspace, dir ?? '.');
  const asks = options.yes !== true && !terminal.json && process.stdin.isTTY === true;
  const data = await chooseData(folder, options.data, asks);
  const file = join(folder, `${dataFileStem(basename(data))}.experiment.yaml`);
  if (existsSync(file)) throw new ModelwrightError('file-exists', { path: file });
  const client = startDataClient();
  try {
    const profile = await client.profile(plainSpec(data), {}, terminal.signal);
    const target = await chooseTarget(guessTargets(profile), options.target, asks);
    if (!profile.columns.some(({ name }) => name === target)) {
      const names = profile.columns.map(({ name }) => name);
      throw new ModelwrightError('target-not-found', { target, columns: names.slice(0, 12).join(', ') });
    }
    const place = relative(folder, data).replaceAll('\\', '/');
    replaceFile(file, draftExperiment(profile, place.startsWith('..') ? data : place, target));
    const shown = relative(terminal.workspace, file) || file;
    const words = [
      `${printable(basename(data))}: ${profile.rows} rows, ${profile.columns.length} columns; predicts \`${printable(target)}\``,
      `Written: ${shown}`,
      `Next: modelwright lint ${shown}  and  modelwright run ${shown}`,
    ];
    terminal.print({ file: shown, data: place, target }, words.join('\n'));
  } finally {
    client.stop();
  }
}

async function chooseData(folder: string, named: string | undefined, asks: boolean): Promise<string> {
  if (named !== undefined) return resolve(folder, named);
  const found = findDataFiles(folder);
  const [first] = found;
  if (first === undefined) throw new ModelwrightError('no-data-files', { folder });
  if (found.length === 1 || !asks) {
    if (found.length > 1) {
      const names = found.map((path) => relative(folder, path)).slice(0, 8);
      throw new ModelwrightError('several-data-files', { folder, files: names.join(', ') });
    }
    return first;
  }
  const names = found.map((path) => relative(folder, path));
  return resolve(folder, await choose('Which table?', names));
}

async function chooseTarget(
  guesses: readonly string[],
  named: string | undefined,
  asks: boolean,
): Promise<string> {
  if (named !== undefined) return named;
  const [best] = guesses;
  if (best === undefined) throw new ModelwrightError('target-not-set', { task: 'auto' });
  return asks ? choose('Which column is to be predicted?', guesses) : best;
}

/** Asks on the terminal; Enter takes the first. */
async function choose(question: string, options: readonly string[]): Promise<string> {
  const dialog = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const listed = options.slice(0, 12).map((option, index) => `  ${index + 1}  ${printable(option)}`);
    const answer = (await dialog.question(`${question}\n${listed.join('\n')}\n[1] `)).trim();
    const chosen =
      answer === ''
        ? options[0]
        : (options[Number(answer) - 1] ?? options.find((option) => option === answer));
    if (chosen === undefined)
      throw new ModelwrightError('bad-usage', {
        reason: `\`${answer}\` is none of them.`,
        command: 'modelwright init',
      });
    return chosen;
  } finally {
    dialog.close();
  }
}
