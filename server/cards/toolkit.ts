/** The card's facts in the fields of model-card-toolkit's schema, version 0.0.2, for tools that read cards. */
import { predictsValue } from '../catalog/tasks.ts';
import type { Experiment } from '../config/experiment.ts';
import type { RunDocument } from '../protocol/run.ts';
import { describeModel, type JsonEstimate } from './wording.ts';
import type { Words } from './words.ts';

export function toToolkit(
  document: RunDocument,
  experiment: Experiment,
  words: Words,
): Readonly<Record<string, unknown>> {
  return {
    schema_version: '0.0.2',
    model_details: {
      name: document.run.experiment,
      overview: experiment.description ?? '',
      owners: words.owner.map((owner) => ({ name: owner })),
      version: { name: document.lineage.config },
      licenses: words.license === undefined ? [] : [{ identifier: words.license }],
      references: words.references.map((reference) => ({ reference })),
      citations: [],
    },
    model_parameters: {
      model_architecture: describeModel(document),
      data: describeTables(document),
      input_format: document.features
        .map(({ name, kind, input }) => `${name}: ${input} (${kind})`)
        .join('; '),
      output_format: predictsValue(document.task) ? 'prediction' : 'label, probabilities',
    },
    quantitative_analysis: { performance_metrics: listMetrics(document) },
    considerations: {
      users: [],
      use_cases: words.intendedUse === undefined ? [] : [{ description: words.intendedUse }],
      limitations: [
        ...words.limitations.map((description) => ({ description })),
        ...(words.outOfScope === undefined ? [] : [{ description: `Out of scope: ${words.outOfScope}` }]),
      ],
      tradeoffs: words.tradeoffs.map((description) => ({ description })),
      ethical_considerations: words.ethics.map((entry) => ({
        name: entry['risk'] ?? '',
        mitigation_strategy: entry['mitigation'] ?? '',
      })),
    },
  };
}

function describeTables({ rows, lineage, split }: RunDocument): unknown[] {
  return (['train', 'valid', 'test'] as const)
    .filter((part) => rows[part] > 0)
    .map((part) => ({
      name: part,
      description: `${rows[part]} rows, ${split.method} split, data ${lineage.data}`,
    }));
}

/** Values stay numbers; NaN and infinities are the strings of the run document. */
function listMetrics({ metrics, baselines, slices }: RunDocument): unknown[] {
  const entry = (type: string, estimate: JsonEstimate, slice: string) => ({
    type,
    value: jsonNumber(estimate.value),
    slice,
    confidence_interval: { lower_bound: jsonNumber(estimate.low), upper_bound: jsonNumber(estimate.high) },
  });
  const list = (estimates: Readonly<Record<string, JsonEstimate>>, slice: string) =>
    Object.entries(estimates).map(([type, estimate]) => entry(type, estimate, slice));
  return [
    ...list(metrics.test, 'test'),
    ...list(metrics.valid, 'valid'),
    ...list(metrics.train, 'train'),
    ...Object.entries(baselines).flatMap(([name, estimates]) => list(estimates, `test, baseline ${name}`)),
    ...slices.map((slice) => entry(slice.metric, slice, `test, ${slice.slice}`)),
  ];
}

function jsonNumber(value: JsonEstimate['value']): number | string {
  return Number.isFinite(value) ? value : String(value);
}
