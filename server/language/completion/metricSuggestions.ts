/** The metrics that this experiment's task can be judged by. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { type Metric, metricDoc, metricsOf } from '../../catalog/metrics.ts';
import type { OpenExperiment } from '../openExperiment.ts';
import type { Suggestion } from './suggestion.ts';

export function metricSuggestions(open: OpenExperiment): Suggestion[] {
  return metricsOf(taskOf(open)).map((metric, index) => ({
    label: metric.name.replace('@k', '@10'),
    kind: CompletionItemKind.Value,
    detail: metricSummary(metric),
    documentation: metricDoc(metric),
    rank: index + (metric.supported ? 0 : 100),
  }));
}

/** As the data show it, else as written. */
export function taskOf({ facts, loaded }: OpenExperiment): string {
  const written = loaded.experiment?.task ?? 'auto';
  return written === 'auto' ? (facts?.target?.task ?? 'auto') : written;
}

/** `higher is better · 0..1`. */
export function metricSummary({ direction, range: [low, high], supported }: Metric): string {
  const ends = high === Number.POSITIVE_INFINITY ? `${low} or more` : `${low}..${high}`;
  return `${direction} is better · ${Number.isFinite(low) ? ends : `up to ${high}`}${supported ? '' : ' · planned'}`;
}
