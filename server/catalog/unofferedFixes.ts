/** Why a rule offers no edit for the fix that its row of the catalogue names: what a person, or another file, must do. */
import type { RuleId } from './rules.ts';

const script = 'the step stands in a script, which is changed there';
const looking = 'it is something to look at, not to write';
const running = 'a run is what mends it';

/** A test holds this table to what is offered in the rules' examples. */
export const unofferedFixes: Readonly<Partial<Record<RuleId, string>>> = {
  'pretrained-unpinned':
    'which revision was meant, and under which licence, is known where the model comes from alone',
  'informative-missing':
    'why a value is missing is for a person to find out; where it matters, the model is told already',
  'duplicate-rows':
    'rows are repeated where the file is made; where the split does not keep them on one side, `split-overlap` offers to',
  'conflicting-labels': looking,
  'preprocess-before-split': script,
  'select-before-split': script,
  'id-predicts-target':
    'a file is shuffled where it is made; only where a column tells the time, that is offered',
  'few-shot-overlap': 'the examples stand in a file of their own',
  'corpus-contains-answers': '`llm.rag.corpus` names a file or a folder, and what is in it is decided there',
  'env-unlocked': 'a lock file is written by what installs the environment',
  'untracked-config': 'git is not run for anybody',
  'few-tests': 'tests are made of what people ask',
  'model-unpinned': 'which version was meant is known to its provider alone',
  'judge-is-contestant': 'which other model is at hand is for a person to say',
  'prompt-unversioned': 'the prompt goes to a file of its own, and a fix edits this one',
  'too-good': looking,
  'run-stale': running,
  'test-peeking': 'new test rows have to be collected; a larger budget would hide it',
  'seed-picking': 'this version does not repeat runs over seeds yet (`evaluate.seeds`)',
  'single-seed-claim': 'this version does not repeat runs over seeds yet (`evaluate.seeds`)',
  'confused-classes': looking,
  'biased-residuals':
    'what the training rows lack is for a person to find out; predictions have no offset of their own',
  'gate-unreachable': 'whether the gate or the model is wrong is for a person to say',
  'gate-failed': looking,
  'dirty-worktree': 'git is not run for anybody',
  'train-serve-skew': 'what was tested has to be served again',
  'drift-detected': looking,
  'model-stale': running,
};
