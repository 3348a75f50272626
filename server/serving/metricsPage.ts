/** The figures of a deployment in the text format of Prometheus. */
import type { Model } from './model.ts';
import { latencyBounds } from './statistics.ts';

export const prometheusType = 'text/plain; version=0.0.4; charset=utf-8';

export function renderMetrics(models: readonly Model[], lostLogLines: number): string {
  const snapshots = models.map(({ name, version, statistics }) => ({
    labels: `model="${escapeLabel(name)}",version="${escapeLabel(version)}"`,
    ...statistics.snapshot(),
  }));
  const duration = 'modelwright_request_duration_seconds';
  return [
    '# HELP modelwright_requests_total Prediction requests by outcome.',
    '# TYPE modelwright_requests_total counter',
    ...snapshots.flatMap(({ labels, requests, rejected, failed }) => [
      `modelwright_requests_total{${labels},status="2xx"} ${requests - rejected - failed}`,
      `modelwright_requests_total{${labels},status="4xx"} ${rejected}`,
      `modelwright_requests_total{${labels},status="5xx"} ${failed}`,
    ]),
    '# HELP modelwright_rows_total Rows scored.',
    '# TYPE modelwright_rows_total counter',
    ...snapshots.map(({ labels, rows }) => `modelwright_rows_total{${labels}} ${rows}`),
    '# HELP modelwright_contract_cells_total Values outside what training saw (features.validate) that were answered.',
    '# TYPE modelwright_contract_cells_total counter',
    ...snapshots.flatMap(({ labels, cells }) =>
      cells.map(
        ({ column, check, count }) =>
          `modelwright_contract_cells_total{${labels},column="${escapeLabel(column)}",check="${check}"} ${count}`,
      ),
    ),
    `# HELP ${duration} From the first byte read to the answer.`,
    `# TYPE ${duration} histogram`,
    ...snapshots.flatMap(({ labels, within, requests, total }) => [
      ...latencyBounds.map(
        (bound, index) => `${duration}_bucket{${labels},le="${bound / 1000}"} ${within[index]}`,
      ),
      `${duration}_bucket{${labels},le="+Inf"} ${requests}`,
      `${duration}_sum{${labels}} ${total / 1000}`,
      `${duration}_count{${labels}} ${requests}`,
    ]),
    '# HELP modelwright_log_lines_lost_total Lines of the prediction log that could not be written.',
    '# TYPE modelwright_log_lines_lost_total counter',
    `modelwright_log_lines_lost_total ${lostLogLines}`,
    '# HELP process_resident_memory_bytes Memory of the serving process.',
    '# TYPE process_resident_memory_bytes gauge',
    `process_resident_memory_bytes ${process.memoryUsage.rss()}`,
    '',
  ].join('\n');
}

function escapeLabel(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
