/** What the circumstances of the schema's `requiredFrom` mean: whether an experiment is in them, by what is written. */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { LoadedExperiment } from '../config/load.ts';
import type { Circumstance } from '../config/schema/meta.ts';
import { namesIn } from './folders.ts';
import { isPaid, llmOf } from './llm.ts';
import { writtenAt } from './walk.ts';

export const circumstances: Readonly<Record<Circumstance, (loaded: LoadedExperiment) => boolean>> = {
  'answers in real time': (loaded) => modeOf(loaded) === 'realtime',
  'scores a stream': (loaded) => modeOf(loaded) === 'stream',
  'promises explanations': (loaded) =>
    writtenAt(loaded, 'problem.constraints.interpretability') === 'post-hoc',
  'is labelled by people or models': (loaded) =>
    ['human', 'programmatic', 'weak', 'llm'].includes(String(writtenAt(loaded, 'data.labeling.method'))),
  'has no lock file': (loaded) => !hasLockFile(loaded),
  'pays for answers': (loaded) => llmOf(loaded)?.providers.some(isPaid) === true,
  'checks no grounding': (loaded) => {
    const { tests = [], shared = [] } = llmOf(loaded) ?? {};
    const grounding = ['faithful', 'cites', 'context-recall', 'factual'];
    return ![...shared, ...tests.flatMap(({ assertions }) => assertions)].some(({ name }) =>
      grounding.includes(name),
    );
  },
};

/** As written; serving without a mode answers requests. */
function modeOf(loaded: LoadedExperiment): string | undefined {
  if (!loaded.isWritten('serve')) return undefined;
  return String(writtenAt(loaded, 'serve.mode') ?? 'realtime');
}

/** What pins an environment, in the words of the tools of several languages. */
const lockFiles: readonly string[] = [
  'package-lock.json',
  'npm-shrinkwrap.json',
  'yarn.lock',
  'pnpm-lock.yaml',
  'bun.lock',
  'poetry.lock',
  'uv.lock',
  'Pipfile.lock',
  'pixi.lock',
  'conda-lock.yml',
  'requirements.txt',
  'environment.yml',
  'renv.lock',
  'Cargo.lock',
  'flake.lock',
  'Dockerfile',
];

/** Beside the experiment or above it, as far as its repository or workspace goes. */
function hasLockFile({ directory, workspace }: LoadedExperiment): boolean {
  for (let folder = directory; ; folder = dirname(folder)) {
    const names = namesIn(folder);
    if (lockFiles.some((name) => names.has(name))) return true;
    const outermost = existsSync(join(folder, '.git')) || dirname(folder) === folder;
    if (outermost || (folder === workspace && !isInRepository(folder))) return false;
  }
}

function isInRepository(folder: string): boolean {
  for (let each = folder; dirname(each) !== each; each = dirname(each))
    if (existsSync(join(each, '.git'))) return true;
  return false;
}
