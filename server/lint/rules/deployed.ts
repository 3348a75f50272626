/** Rules about what people use: how fast it answers, whether what it is asked has drifted, alarms that nobody answers. */
import { secondsIn } from '../../config/duration.ts';
import { setEdit } from '../../config/edits.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { grouped } from '../../protocol/grouped.ts';
import { percent, setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { number4, type PastDeployment, resultOf } from '../history.ts';
import type { Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** The 95 % quantile of fewer requests hangs on five of them, or less. */
const leastRequests = 100;
/** What the catalogue leaves of a budget before it is called tight. */
const nearBudget = 0.8;

const slowInference: Rule = {
  id: 'slow-inference',
  needs: ['config', 'runs', 'live'],
  *run({ loaded, runs }) {
    const { experiment } = loaded;
    const budget = tightestBudget(loaded);
    const run = experiment && resultOf(runs, experiment)?.document.run.id;
    if (experiment === undefined || budget === undefined || run === undefined) return;
    const measured = runs?.deployments?.find(
      (each) => each.run === run && each.requests >= leastRequests && each.p95 !== null,
    );
    if (measured === undefined || measured.p95 === null || measured.p95 <= nearBudget * budget.milliseconds)
      return;
    yield {
      path: budget.path,
      message: `p95 ${number4(measured.p95)} ms of ${number4(budget.milliseconds)} ms, over ${grouped(measured.requests)} requests of deployment ${measured.id}.`,
      data: { p95: measured.p95, budget: budget.milliseconds, deployment: measured.id },
      fixes: fewerTrees(loaded, experiment),
    };
  },
};

function tightestBudget(loaded: LoadedExperiment): { path: string; milliseconds: number } | undefined {
  return ['serve.latency.p95', 'problem.constraints.latency']
    .flatMap((path) => {
      const seconds = secondsIn(writtenAt(loaded, path));
      return seconds === undefined ? [] : [{ path, milliseconds: 1_000 * seconds }];
    })
    .toSorted((a, b) => a.milliseconds - b.milliseconds)[0];
}

function fewerTrees(loaded: LoadedExperiment, { model }: Experiment) {
  const family = model.type === 'auto' ? 'gbdt' : model.type;
  if (family !== 'gbdt' && family !== 'forest') return [];
  return setFix(loaded, `model.${family}.trees`, String(Math.ceil(model[family].trees / 2)));
}

/** drift.md part 4: what the newest window of `monitor` says, effect and persistence included. */
const driftDetected: Rule = {
  id: 'drift-detected',
  needs: ['config', 'live'],
  *run({ loaded, runs }) {
    const found = newestChecked(runs?.deployments);
    const last = found?.check.windows.at(-1);
    if (found === undefined || last === undefined || !last.alarm || isSetAnew(loaded, found.check)) return;
    const { deployment, check } = found;
    const shown = last.columns.slice(0, 3).join(', ');
    const more = last.columns.length > 3 ? ' and others' : '';
    yield {
      path: 'monitor.drift',
      message: `${grouped(last.columns.length)} of ${grouped(check.watched)} columns: ${shown}${more}, in the window up to ${day(last.to)} of deployment ${deployment.id}.`,
      data: { deployment: deployment.id, columns: last.columns, watched: check.watched, to: last.to },
    };
  },
};

const week = 7 * 86_400_000;
/** The catalogue's: more in a week are no news to anybody. */
const mostAlarms = 10;

const alertStorm: Rule = {
  id: 'alert-storm',
  needs: ['config', 'live'],
  *run({ loaded, runs, now }) {
    const found = newestChecked(runs?.deployments);
    if (found === undefined || isSetAnew(loaded, found.check)) return;
    const { deployment, check } = found;
    const alarms = check.windows.filter(
      ({ alarm, to }) => alarm && to !== null && now.getTime() - Date.parse(to) < week,
    );
    const trained =
      runs?.results
        .map(({ document }) => document.run.started)
        .sort()
        .at(-1) ?? '';
    // A model trained after the alarms began is what somebody did about them.
    const answered = alarms.some(({ to }) => to !== null && to < trained);
    if (alarms.length <= mostAlarms || answered) return;
    yield {
      path: 'monitor.drift',
      message: `Deployment ${deployment.id} alarmed in ${grouped(alarms.length)} windows of one week, and no model was trained since: alarms are being ignored.`,
      data: { deployment: deployment.id, alarms: alarms.length },
      fixes: fixOf('Ask for three windows in a row', setEdit(loaded.source, 'monitor.drift.persist', '3')),
    };
  },
};

/** lint.md: fewer replayed rows say too little; the tolerance is that of the replay. */
const leastReplayed = 100;

const trainServeSkew: Rule = {
  id: 'train-serve-skew',
  needs: ['config', 'live'],
  *run({ loaded, runs }) {
    // What was found before nobody wanted to compare is no news.
    if (loaded.experiment?.features.validate?.skew === false) return;
    const { deployment, check } = newestChecked(runs?.deployments) ?? {};
    const { rows = 0, differing = 0, largest = 0 } = check?.replayed ?? {};
    if (deployment === undefined || rows < leastReplayed || differing === 0) return;
    yield {
      path: loaded.isWritten('serve') ? 'serve' : 'monitor',
      message: `${percent(differing / rows)} of ${grouped(rows)} logged rows of deployment ${deployment.id} were answered otherwise than the model file of run ${deployment.run} answers them (by up to ${number4(largest)}): what was tested is not what is served. Serve that file again.`,
      data: { deployment: deployment.id, run: deployment.run, rows, differing, largest },
    };
  },
};

type Check = NonNullable<PastDeployment['check']>;

/** Of the newest deployment that was ever looked at. */
function newestChecked(
  deployments: readonly PastDeployment[] = [],
): { deployment: PastDeployment; check: Check } | undefined {
  return deployments.flatMap((deployment) => {
    const { check } = deployment;
    return check === undefined ? [] : [{ deployment, check }];
  })[0];
}

/** What would count as drift has been written anew since: the next look tells. */
function isSetAnew(loaded: LoadedExperiment, { persist, effect }: Check): boolean {
  const written = {
    persist: writtenAt(loaded, 'monitor.drift.persist') ?? 1,
    effect: writtenAt(loaded, 'monitor.drift.effect') ?? 'medium',
  };
  return written.persist !== persist || written.effect !== effect;
}

function day(time: string | null): string {
  return time === null ? 'its end' : time.slice(0, 10);
}

export const deployedRules: readonly Rule[] = [slowInference, driftDetected, alertStorm, trainServeSkew];
