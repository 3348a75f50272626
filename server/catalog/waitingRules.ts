/** Why a rule of the catalogue does not speak yet: what it would have to look at, which this version does not make. */
import type { RuleId } from './rules.ts';

/** A test holds this table to the rules that have no code. */
export const waitingRules: Readonly<Partial<Record<RuleId, string>>> = {
  'label-noise': 'runs keep no out-of-fold predictions of their training rows',
  'low-agreement': 'the language names no columns with the labels of each annotator',
  'ensemble-no-gain': 'runs do not score the members of an ensemble one by one',
  'fairness-violation': 'runs do not evaluate groups (`evaluate.fairness`)',
  'fairness-small-group': 'runs do not evaluate groups (`evaluate.fairness`)',
  'offline-online-gap': 'no business figures are read (`monitor.business`)',
  'behaviour-test-failed': 'runs do not run behaviour tests (`evaluate.behavior`)',
  'external-no-contract': 'external commands are not trained yet (`model.command`)',
  'cost-over-constraint': 'nothing meters what a prediction costs',
  'performance-drop': 'labels that come later are not joined to the log (`monitor.performance`)',
  'kpi-breach': 'no business figures are read (`monitor.business`)',
  'flaky-test': 'tests of prompts are not run yet',
  'low-recall': 'retrieval is not run yet',
};
