/** Rules about what is watched: estimates that cannot hold, thresholds below the noise, alarms nobody can answer. */

import { driftThresholds, referenceRows } from '../../catalog/driftThresholds.ts';
import { secondsIn } from '../../config/duration.ts';
import { insertEdits } from '../../config/inserts.ts';
import { isMap } from '../../config/schema/nodes.ts';
import type { Fix } from '../../protocol/finding.ts';
import { grouped } from '../../protocol/grouped.ts';
import { normalQuantile } from '../../statistics/distributions.ts';
import { setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import { figureOf, number4, resultOf } from '../history.ts';
import { insertionOf } from '../inserted.ts';
import { perSecond } from '../quantities.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** CBPE needs classes and probabilities that are rates (NannyML's assumptions; drift.md, table in 4.3). */
const estimatorInvalid: Rule = {
  id: 'estimator-invalid',
  needs: ['config'],
  *run({ loaded, facts, runs }) {
    const { experiment } = loaded;
    if (experiment === undefined || writtenAt(loaded, 'monitor.performance.estimate') !== 'cbpe') return;
    const result = resultOf(runs, experiment);
    const task = result?.document.task ?? facts?.target?.task ?? experiment.task;
    const error = result && figureOf(result.document.metrics.test, 'ece');
    const why =
      task === 'regression'
        ? 'CBPE needs classes, and the task is regression'
        : error !== undefined && error.low > 0.05
          ? `CBPE needs calibrated probabilities, and theirs are off by ${number4(error.value)} on average`
          : undefined;
    if (why === undefined) return;
    const fixes =
      task === 'regression'
        ? setFix(loaded, 'monitor.performance.estimate', 'dle')
        : setFix(loaded, 'model.calibrate', 'isotonic');
    yield {
      path: 'monitor.performance.estimate',
      message: `Estimated quality will be wrong: ${why}.`,
      data: { task },
      fixes,
    };
  },
};

/**
 * 95 % quantile of a distance between two samples of one distribution, of n and m rows. W1 in standard deviations of a
 * normal: 2.17 √(1/n + 1/m), by simulation (n from 50 to 5,000, m 20,000); PSI over ten bins: 16.92 (1/n + 1/m), the
 * chi-square quantile of 9 degrees; KS: 1.358 √(1/n + 1/m), Kolmogorov's.
 */
const noise: Readonly<Record<string, (inverse: number) => number>> = {
  wasserstein: (inverse) => 2.17 * Math.sqrt(inverse),
  w1: (inverse) => 2.17 * Math.sqrt(inverse),
  emd: (inverse) => 2.17 * Math.sqrt(inverse),
  psi: (inverse) => 16.92 * inverse,
  ks: (inverse) => 1.358 * Math.sqrt(inverse),
};

const distanceUncalibrated: Rule = {
  id: 'distance-uncalibrated',
  needs: ['config'],
  *run({ loaded, facts }) {
    const drift = writtenAt(loaded, 'monitor.drift');
    if (!isMap(drift) || typeof drift['effect'] !== 'number') return;
    const method = String(drift['method'] ?? 'auto');
    const rows = windowRows(loaded);
    const reference = facts?.split?.test.rows;
    const quantile = noise[method]?.(1 / rows + (reference === undefined ? 0 : 1 / reference));
    if (quantile === undefined || drift['effect'] >= quantile) return;
    yield {
      path: 'monitor.drift.effect',
      message: `Threshold ${drift['effect']} is below noise ${number4(quantile)}: in windows of ${rows} rows ${method} exceeds it without any change.`,
      data: { threshold: drift['effect'], noise: quantile, rows },
      fixes: setFix(loaded, 'monitor.drift.method', 'auto'),
    };
  },
};

/**
 * The smallest shift of the mean that windows of n rows show with 80 % power, in standard deviations:
 * (z(1 − α/2d) + z(0.8)) √(1/n + 1/m) over d columns and a reference of m rows (drift.md 4.3).
 */
const windowTooSmall: Rule = {
  id: 'window-too-small',
  needs: ['config', 'split'],
  *run({ loaded, facts }) {
    const rows = knownRows(loaded);
    const columns = facts?.features.filter(({ kind }) => kind === 'numeric').length ?? 0;
    if (rows === undefined || columns === 0 || writtenAt(loaded, 'monitor.drift') === 'none') return;
    const wanted = wantedShift(writtenAt(loaded, 'monitor.drift.effect'), rows);
    const alpha = Number(writtenAt(loaded, 'monitor.drift.alpha') ?? 0.05);
    const tests =
      writtenAt(loaded, 'monitor.drift.correction') === 'none' ? 1 : (facts?.features.length ?? 1);
    const scores = normalQuantile(1 - alpha / (2 * tests)) + normalQuantile(0.8);
    const reference = Math.min(referenceRows, facts?.split?.test.rows ?? referenceRows);
    const seen = scores * Math.sqrt(1 / rows + 1 / reference);
    if (wanted === undefined || !(seen > wanted)) return;
    // With a reference this small no window is long enough.
    const needed = 1 / ((wanted / scores) ** 2 - 1 / reference);
    yield {
      path: loaded.isWritten('monitor.window') ? 'monitor.window' : 'monitor',
      message: `Windows of ${grouped(rows)} rows show only shifts of more than ${number4(seen)} standard deviations; ${number4(wanted)} is what counts.`,
      data: { rows, seen, wanted, columns: tests },
      fixes: needed > 0 ? longerWindow(loaded, rows, needed) : [],
    };
  },
};

/** Of a window: as written, or as the required throughput gives; undefined where only the log would tell. */
function knownRows(loaded: RuleContext['loaded']): number | undefined {
  const known =
    typeof writtenAt(loaded, 'monitor.window') === 'number' ||
    loaded.isWritten('problem.constraints.throughput');
  return loaded.isWritten('monitor') && known ? windowRows(loaded) : undefined;
}

/** In standard deviations; undefined for windows in which nothing is tested. */
function wantedShift(effect: unknown, rows: number): number | undefined {
  if (typeof effect === 'number') return effect;
  if (rows < 20) return undefined;
  const [small, medium, large] = rows < 100 ? driftThresholds.distanceOfFew : driftThresholds.distance;
  return effect === 'small' ? small : effect === 'large' ? large : medium;
}

function longerWindow(loaded: RuleContext['loaded'], rows: number, needed: number): readonly Fix[] {
  const window = writtenAt(loaded, 'monitor.window');
  if (typeof window === 'number')
    return setFix(loaded, 'monitor.window', String(Math.ceil(needed / 10) * 10));
  const days = Math.ceil(((secondsIn(window ?? '1d') ?? 86_400) * needed) / rows / 86_400);
  return setFix(loaded, 'monitor.window', `${days}d`);
}

/** As many as are written, or as the required throughput gives; a window of time has at least 200 (language.md). */
function windowRows(loaded: RuleContext['loaded']): number {
  const window = writtenAt(loaded, 'monitor.window');
  if (typeof window === 'number') return window;
  const seconds = secondsIn(window ?? '1d');
  const rate = perSecond(writtenAt(loaded, 'problem.constraints.throughput'));
  return Math.max(200, Math.round((seconds ?? 0) * (rate ?? 0)));
}

const alertNoRunbook: Rule = {
  id: 'alert-no-runbook',
  needs: ['text'],
  *run(context) {
    const { loaded } = context;
    const alerts = writtenAt(loaded, 'monitor.alerts');
    if (!Array.isArray(alerts)) return;
    const general = writtenAt(loaded, 'card.runbook');
    for (const [index, alert] of alerts.entries()) {
      if (!isMap(alert) || alert['severity'] !== 'page') continue;
      const lacks = [
        ...(alert['runbook'] === undefined && general === undefined ? ['runbook'] : []),
        ...(loaded.isWritten('card.owner') ? [] : ['owner']),
      ];
      if (lacks.length === 0) continue;
      const path = `monitor.alerts.${index}`;
      yield {
        path,
        message: `This alert wakes somebody, and there is no ${lacks.join(' and no ')}: who does what at 3 a.m.?`,
        data: { lacks },
        fixes: answerableFix(context, path, lacks),
      };
    }
  },
};

/** The runbook of this alert, and the owner that the card asks for. */
function answerableFix(context: RuleContext, path: string, lacks: readonly string[]): readonly Fix[] {
  const owner = lacks.includes('owner') ? insertionOf(context, 'card.owner') : undefined;
  const insertions = [
    ...(lacks.includes('runbook') ? [{ path: `${path}.runbook`, value: 'docs/runbook.md' }] : []),
    ...(owner === undefined ? [] : [owner]),
  ];
  return fixOf(
    `Name the ${lacks.join(' and the ')}, to be filled in`,
    insertEdits(context.loaded.source, insertions),
  );
}

export const monitoringRules: readonly Rule[] = [
  estimatorInvalid,
  distanceUncalibrated,
  windowTooSmall,
  alertNoRunbook,
];
