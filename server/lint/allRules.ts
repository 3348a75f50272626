/** Every rule that this version checks, by the file that holds it. */
import type { Rule } from './rule.ts';
import { aggregateRules } from './rules/aggregates.ts';
import { columnRules } from './rules/columns.ts';
import { conflictRules } from './rules/conflicts.ts';
import { dataRules } from './rules/data.ts';
import { deployedRules } from './rules/deployed.ts';
import { expressionRules } from './rules/expressions.ts';
import { gateReachRules } from './rules/gateReach.ts';
import { gateResultRules } from './rules/gateResults.ts';
import { governanceRules } from './rules/governance.ts';
import { holdoutRules } from './rules/holdout.ts';
import { impossibleRules } from './rules/impossible.ts';
import { judgingRules } from './rules/judging.ts';
import { leakageRules } from './rules/leakage.ts';
import { likenessRules } from './rules/likeness.ts';
import { llmCostRules } from './rules/llmCost.ts';
import { llmModelRules } from './rules/llmModels.ts';
import { llmPromptRules } from './rules/llmPrompts.ts';
import { llmTestRules } from './rules/llmTests.ts';
import { monitoringRules } from './rules/monitoring.ts';
import { overlapRules } from './rules/overlap.ts';
import { pastRunRules } from './rules/pastRuns.ts';
import { planningRules } from './rules/planning.ts';
import { problemRules } from './rules/problem.ts';
import { processRules } from './rules/process.ts';
import { quantityRules } from './rules/quantities.ts';
import { repositoryRules } from './rules/repository.ts';
import { requiredRules } from './rules/required.ts';
import { resultDetailRules } from './rules/resultDetails.ts';
import { resultRules } from './rules/results.ts';
import { runTroubleRules } from './rules/runTroubles.ts';
import { scriptRules } from './rules/scripts.ts';
import { searchResultRules } from './rules/searchResults.ts';
import { searchSpaceRules } from './rules/searchSpace.ts';
import { servingRules } from './rules/serving.ts';
import { settingsRules } from './rules/settings.ts';
import { sourceRules } from './rules/sources.ts';
import { spellingRules } from './rules/spelling.ts';
import { splitRules } from './rules/split.ts';
import { trainingRules } from './rules/training.ts';
import { trustRules } from './rules/trust.ts';
import { yamlRules } from './rules/yaml.ts';

/** Found while a file is loaded, so that they hold for every command and not for lint alone. */
export const loaderRules: readonly string[] = [
  'yaml-syntax',
  'duplicate-key',
  'unknown-key',
  'wrong-type',
  'unknown-value',
  'missing-required',
  'out-of-range',
  'interpolation-unquoted',
  'unresolved-reference',
  // Found by the engine itself.
  'suppression-problem',
];

export const allRules: readonly Rule[] = [
  ...yamlRules,
  ...settingsRules,
  ...conflictRules,
  ...impossibleRules,
  ...expressionRules,
  ...searchSpaceRules,
  ...sourceRules,
  ...holdoutRules,
  ...judgingRules,
  ...gateReachRules,
  ...trainingRules,
  ...planningRules,
  ...requiredRules,
  ...processRules,
  ...repositoryRules,
  ...servingRules,
  ...monitoringRules,
  ...governanceRules,
  ...llmPromptRules,
  ...llmTestRules,
  ...llmModelRules,
  ...llmCostRules,
  ...problemRules,
  ...dataRules,
  ...columnRules,
  ...spellingRules,
  ...leakageRules,
  ...splitRules,
  ...likenessRules,
  ...aggregateRules,
  ...scriptRules,
  ...overlapRules,
  ...quantityRules,
  ...trustRules,
  ...resultRules,
  ...resultDetailRules,
  ...gateResultRules,
  ...pastRunRules,
  ...searchResultRules,
  ...runTroubleRules,
  ...deployedRules,
];
