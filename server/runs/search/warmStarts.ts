/** Settings that a search tries first: those of the best earlier runs of the same experiment, or of a run that is named. */
import { metricNamed } from '../../catalog/metrics.ts';
import type { Experiment } from '../../config/experiment.ts';
import { listRuns, readRun } from '../../tracking/runs.ts';
import { applyParams, paramsOf } from '../../tuning/applyParams.ts';
import type { Params, Space } from '../../tuning/space.ts';
import type { Recording } from '../recording.ts';

/** So many earlier runs are tried again. */
const most = 3;

interface WarmStart {
  readonly experiment: Experiment;
  readonly space: Space;
  /** `none`, `history`, or the id of a run, perhaps as `run:ID`. */
  readonly from: string;
}

/** Best first. Only runs that had ended before this one started, so that a resumed search starts alike. */
export function warmStarts({ lease, head }: Recording, { experiment, space, from }: WarmStart): Params[] {
  const { store } = lease;
  if (from === 'none') return [];
  if (from !== 'history') {
    const params = paramsHad(store, from.replace(/^run:/, ''), space);
    return params === undefined ? [] : [params];
  }
  const earlier = listRuns(store)
    .filter(({ experiment: name, status }) => name === experiment.name && status === 'finished')
    .filter(({ ended, value }) => ended !== null && ended < head.started && typeof value === 'number');
  const metric = earlier[0]?.metric;
  const sign = metricNamed(String(metric))?.direction === 'lower' ? -1 : 1;
  const bestFirst = earlier
    .filter((run) => run.metric === metric)
    .sort((a, b) => sign * (Number(b.value) - Number(a.value)));
  const found = new Map<string, Params>();
  for (const { id } of bestFirst) {
    const params = paramsHad(store, id, space);
    if (params !== undefined) found.set(JSON.stringify(params), params);
    if (found.size === most) break;
  }
  return [...found.values()];
}

/** What the model of a run had: of a run that tuned itself, with the settings that it found. Undefined outside the space. */
function paramsHad(store: Recording['lease']['store'], id: string, space: Space): Params | undefined {
  const { request, document } = readRun(store, id);
  const found = document?.tuning?.trials[document.tuning.best]?.params ?? {};
  // What a run is asked for was written out when it began, by this version or an earlier one.
  return paramsOf(applyParams(request.experiment as unknown as Experiment, found), space);
}
