/** Rules about runs that broke, answer worse than the one in use, or grow old, and machines that lack what is asked for. */
import { secondsIn } from '../../config/duration.ts';
import { appendEdit, setEdit, yamlScalar } from '../../config/edits.ts';
import { parseGate } from '../../config/expression/gate.ts';
import { fieldAt } from '../../config/fields.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import type { Fix } from '../../protocol/finding.ts';
import { setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { failureOf, figureOf, number4 } from '../history.ts';
import type { Rule } from '../rule.ts';
import { itemPath, writtenAt } from '../walk.ts';
import { resultRule } from './results.ts';

const diverged: Rule = {
  id: 'diverged',
  needs: ['config'],
  *run({ loaded, runs }) {
    const { experiment } = loaded;
    const failure = experiment && failureOf(runs, experiment);
    if (experiment === undefined || failure?.code !== 'diverged') return;
    const { lr } = experiment.train.optimizer;
    const slower = typeof lr === 'number' ? String(Number((lr / 10).toPrecision(2))) : undefined;
    yield {
      path: 'train.optimizer.lr',
      message: `Run ${failure.run}: ${failure.message}`,
      data: { run: failure.run, lr },
      fixes:
        slower === undefined
          ? []
          : fixOf(`Set lr: ${slower}`, setEdit(loaded.source, 'train.optimizer.lr', slower)),
    };
  },
};

const deviceMissing: Rule = {
  id: 'device-missing',
  needs: ['config'],
  *run({ loaded, missingDevice }) {
    const { experiment } = loaded;
    const device = experiment?.train.device;
    const families = fieldAt('train.device')?.appliesTo?.models ?? [];
    if (typeof device !== 'string' || !families.includes(String(experiment?.model.type))) return;
    const reason = missingDevice?.(device);
    if (reason === undefined) return;
    yield {
      path: 'train.device',
      message: `No ${device} here: a run would stop. ${reason}`,
      data: { device, reason },
      fixes: setFix(loaded, 'train.device', 'auto'),
    };
  },
};

/** The slices that somebody watches: those of gates, and those that are listed. */
function guardedSlices(loaded: LoadedExperiment): ReadonlyMap<string, string> {
  const { gates = [], evaluate } = loaded.experiment ?? {};
  const listed = Array.isArray(evaluate?.slices) ? evaluate.slices : [];
  const found = new Map<string, string>(
    listed.map((slice) => [slice, itemPath(loaded, 'evaluate.slices', slice)]),
  );
  for (const text of gates) {
    const { ast } = parseGate(text);
    if (ast?.kind === 'compare' && ast.metric.slice !== undefined)
      found.set(ast.metric.slice.text, itemPath(loaded, 'gates', text));
  }
  return found;
}

/** On the same test rows; intervals that do not even touch are a wider claim than a paired one would need. */
const championRegression = resultRule(
  'champion-regression',
  function* ({ result, metric, sign }, { loaded, runs }) {
    const champion = runs?.results.find((each) => each.champion === true);
    if (champion === undefined || champion === result || champion.document.metric !== metric) return;
    if (champion.document.split.hash !== result.document.split.hash) return;
    const name = champion.promoted[0] ?? champion.document.run.id;
    for (const [guarded, path] of guardedSlices(loaded)) {
      for (const now of result.document.slices) {
        // `plan` lists each `plan=…`.
        if (now.metric !== metric || (now.slice !== guarded && !now.slice.startsWith(`${guarded}=`)))
          continue;
        const before = champion.document.slices.find(
          (each) => each.slice === now.slice && each.metric === metric,
        );
        if (before === undefined) continue;
        const [a, b] = [figureOf({ slice: before }, 'slice'), figureOf({ slice: now }, 'slice')];
        const falls = a !== undefined && b !== undefined && (sign === 1 ? b.high < a.low : b.low > a.high);
        if (!falls) continue;
        yield {
          path,
          message: `${now.slice}: ${metric} ${number4(b.value)} where ${name} has ${number4(a.value)}, on the same ${now.rows} test rows.`,
          data: { slice: now.slice, metric, value: b.value, champion: a.value, version: name },
          fixes: championFix(loaded, `${metric}(${now.slice}) ${sign === 1 ? '>=' : '<='} champion`),
        };
      }
    }
  },
);

/** A gate keeps what is worse there from being promoted. */
function championFix(loaded: LoadedExperiment, gate: string): readonly Fix[] {
  if (loaded.experiment?.gates?.includes(gate) === true) return [];
  return fixOf(`Add the gate ${gate}`, appendEdit(loaded.source, 'gates', yamlScalar(gate)));
}

/** deepchecks' SystematicError: a mean error of more than this share of the RMSE. */
const biasedShare = 0.01;

/**
 * The mean error from what runs report: the explained variance leaves it out and R² does not, so that
 * (mean error)² / MSE = (EV − R²) / (1 − R²). Its z is √n · mean error / sd of the errors.
 */
const biasedResiduals = resultRule('biased-residuals', function* ({ result, metric }, { loaded }) {
  const { metrics, rows, task } = result.document;
  const [r2, explained, rmse] = ['r2', 'explained_variance', 'rmse'].map(
    (name) => figureOf(metrics.test, name)?.value,
  );
  if (r2 === undefined || explained === undefined || rmse === undefined || task === 'quantile') return;
  // Whoever asks for absolute errors gets medians, which lie beside the mean of a skewed target.
  if (/^(?:mae|medae|mape|pinball|d2_absolute_error)\b/.test(metric) || loaded.isWritten('data.weight'))
    return;
  const share = Math.sqrt(Math.max(0, explained - r2) / (1 - r2));
  const z = Math.sqrt((rows.test * Math.max(0, explained - r2)) / (1 - explained));
  if (!(share > biasedShare) || !(z > 1.96)) return;
  yield {
    path: 'target',
    message: `Predictions are off by ${number4(share * rmse)} in one direction on average (${number4(100 * share)} % of the RMSE).`,
    data: { meanError: share * rmse, rmse, z },
  };
});

const periods: Readonly<Record<string, number>> = {
  hourly: 3_600,
  daily: 86_400,
  weekly: 7 * 86_400,
  monthly: 30 * 86_400,
};

/** Google's rules of ML, 8: know how fast a model ages. Twice the rhythm that was meant to renew it is too old. */
const modelStale: Rule = {
  id: 'model-stale',
  needs: ['config', 'runs'],
  *run({ loaded, runs, now }) {
    const used = runs?.results.find(({ champion }) => champion === true);
    if (used === undefined) return;
    const { id, started } = used.document.run;
    const age = (now.getTime() - Date.parse(started)) / 1_000;
    const schedule = periods[String(writtenAt(loaded, 'monitor.retrain.schedule'))];
    const freshness = secondsIn(writtenAt(loaded, 'data.quality.freshness'));
    const late = schedule !== undefined && age > 2 * schedule;
    if (!late && !(freshness !== undefined && age > freshness)) return;
    const days = Math.floor(age / 86_400);
    yield {
      path: late ? 'monitor.retrain.schedule' : 'data.quality.freshness',
      message: `${used.promoted[0] ?? id} is ${days} ${days === 1 ? 'day' : 'days'} old: run ${id} trained it on ${started.slice(0, 10)}.`,
      data: { run: id, days },
    };
  },
};

export const runTroubleRules: readonly Rule[] = [
  diverged,
  deviceMissing,
  championRegression,
  biasedResiduals,
  modelStale,
];
