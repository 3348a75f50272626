/** Examples on the pages of rules, by rule. Tests show that each rule speaks of the first text only. */
import { columnExamples } from './examples/columns.ts';
import { dataExamples } from './examples/data.ts';
import type { RuleExamples } from './examples/example.ts';
import { leakageExamples } from './examples/leakage.ts';
import { llmExamples } from './examples/llm.ts';
import { modelExamples } from './examples/model.ts';
import { processExamples } from './examples/process.ts';
import { runExamples } from './examples/runs.ts';
import { yamlExamples } from './examples/yaml.ts';

/** `deprecated-key` has none: nothing in the language has been renamed. */
export const ruleExamples: RuleExamples = {
  ...yamlExamples,
  ...modelExamples,
  ...dataExamples,
  ...columnExamples,
  ...leakageExamples,
  ...processExamples,
  ...llmExamples,
  ...runExamples,
};
