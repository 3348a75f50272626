/** Facts and a person's words to a model card: what it is for, how good, for whom worse, from what, and who answers for it. */
import type { Experiment } from '../config/experiment.ts';
import type { Card, Section, Text } from '../protocol/card.ts';
import type { Finding } from '../protocol/finding.ts';
import type { RunDocument } from '../protocol/run.ts';
import { describeData, describeFeatures, describeLineage } from './provenance.ts';
import { describeQuality, describeSlices, rowsJudgedOn, verdictOfGates } from './quality.ts';
import { toToolkit } from './toolkit.ts';
import { describeUse } from './usage.ts';
import { describeModel, describeQuantile, formatEstimate, name } from './wording.ts';
import { acceptedFindings, decisions, limits, ownership, purpose, readWords, risks } from './words.ts';

/**
 * Pure and repeatable: no run id, no time and no duration enters it, so that equal runs give equal bytes. Text that only a
 * person can write comes from `card:`; what is missing there stands as a gap.
 */
export function buildCard(document: RunDocument, experiment: Experiment, findings: readonly Finding[]): Card {
  const words = readWords(experiment.card);
  const section = (id: string, title: string, blocks: Section['blocks']): Section => ({ id, title, blocks });
  return {
    title: name(document.run.experiment).name,
    summary: summarize(document),
    sections: [
      section('purpose', 'What it is for', purpose(words, experiment.description)),
      section('quality', 'How good it is', describeQuality(document, experiment.evaluate.ci.level)),
      section('slices', 'For whom it is worse', describeSlices(document)),
      section('data', 'What it was trained on', describeData(document, experiment)),
      section('features', 'What it looks at', describeFeatures(document, experiment)),
      section('limits', 'Limits', limits(words, document, findings)),
      section('risks', 'Risks', risks(words)),
      section('use', 'How to use it', describeUse(document)),
      section('owner', 'Who answers for it', ownership(words)),
      section('decisions', 'Decisions', decisions(words)),
      section('accepted', 'Findings accepted', acceptedFindings(experiment)),
      section('lineage', 'Where it comes from', describeLineage(document)),
    ],
    toolkit: toToolkit(document, experiment, words),
  };
}

function summarize(document: RunDocument): Text {
  const { brief, estimates } = rowsJudgedOn(document);
  return [
    ...subject(document),
    ` with ${describeModel(document)}. On ${brief} `,
    name(document.metric),
    ` is ${formatEstimate(estimates[document.metric])}. ${verdictOfGates(document)}`,
  ];
}

function subject({ task, target, positive, classes, metric }: RunDocument): Text {
  if (task === 'regression') return ['Predicts the value of ', name(target)];
  if (task === 'count') return ['Predicts the expected count ', name(target)];
  if (task === 'quantile')
    return [`Predicts the ${describeQuantile(metric)} of `, name(target), ', given the columns'];
  if (task === 'multiclass') return [`Predicts which of ${classes.length} classes `, name(target), ' has'];
  return ['Predicts whether ', name(target), ' is ', name(positive)];
}
