/** Settings that a run would refuse: what the task, the model or the columns leave nothing to be fitted of. */
import { setEdit } from '../../config/edits.ts';
import { findImpossible } from '../../config/impossible/find.ts';
import { type Impossible, sentenceOf } from '../../config/impossible/impossible.ts';
import { knownFrom } from '../../data/facts/knownFacts.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, Rule, RuleContext } from '../rule.ts';
import { itemPath, writtenAt } from '../walk.ts';

/** One of them for each id under which they are told. */
function ruleOf(id: Impossible['rule']): Rule {
  return {
    id,
    needs: ['config'],
    *run({ loaded, facts }) {
      const { experiment } = loaded;
      if (experiment === undefined) return;
      for (const fault of findImpossible(experiment, knownFrom(facts))) {
        // The test rows have a rule of their own.
        if (fault.rule !== id || (fault.path === 'tune.using' && fault.value === 'test')) continue;
        yield draftOf(fault, loaded);
      }
    },
  };
}

function draftOf(fault: Impossible, loaded: RuleContext['loaded']): Draft {
  const { instead, literal, column, value } = fault;
  const path = fault.path.startsWith('baseline.') ? itemPath(loaded, 'baseline', value) : fault.path;
  const fixes = literal === true ? fixOf(`Change to ${instead}`, setEdit(loaded.source, path, instead)) : [];
  const data = { path, value, ...(column === undefined ? {} : { column }) };
  return { path, message: sentenceOf({ ...fault, path }), data, fixes };
}

/** Several targets are for a task that no model of this version has. */
const severalTargets: Rule = {
  id: 'wrong-type',
  needs: ['config'],
  *run({ loaded }) {
    const target = writtenAt(loaded, 'target');
    const task = loaded.experiment?.task;
    if (!Array.isArray(target) || target.length < 2 || task === 'multilabel') return;
    const [first] = target.map(String);
    yield {
      path: 'target',
      message: `\`target\` wants one column, got ${target.length}: only multilabel tasks have several, and this version trains none.`,
      data: { path: 'target', value: target },
      fixes: fixOf(`Predict ${first}`, setEdit(loaded.source, 'target', String(first))),
    };
  },
};

export const impossibleRules: readonly Rule[] = [
  ruleOf('conflicting-settings'),
  ruleOf('unknown-value'),
  ruleOf('out-of-range'),
  severalTargets,
];
