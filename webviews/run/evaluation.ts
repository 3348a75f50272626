/** How good the model is: every metric with its interval beside the baselines, comparisons, gates. */
import { grouped } from '../../server/protocol/grouped.ts';
import type { RunDocument } from '../../server/protocol/run.ts';
import { describeUncertainty } from '../../server/protocol/uncertaintyWords.ts';
import { section, table, verdict } from '../ui/controls.ts';
import { element } from '../ui/dom.ts';
import { type Estimate, interval, number4, printable } from '../ui/format.ts';

export function evaluationSection(document: RunDocument): HTMLElement {
  return section(
    'evaluation',
    'Evaluation',
    metricTable(document),
    uncertainty(document),
    comparisons(document),
    gateTable(document),
    confusion(document),
  );
}

function metricTable({ metric, metrics, baselines, model }: RunDocument): HTMLElement {
  const others = Object.entries(baselines);
  const hasValid = Object.keys(metrics.valid).length > 0;
  const names = [metric, ...Object.keys(metrics.test).filter((name) => name !== metric)];
  const made = table({
    caption: 'On the test rows, with intervals; baselines on the same rows',
    columns: [
      { title: 'Metric' },
      { title: model.type, number: true },
      ...others.map(([name]) => ({ title: printable(name, 40), number: true })),
      ...(hasValid ? [{ title: 'validation', number: true }] : []),
      { title: 'training', number: true },
    ],
    rows: names.map((name) => [
      name,
      cell(metrics.test[name]),
      ...others.map(([, estimates]) => cell(estimates[name])),
      ...(hasValid ? [cell(metrics.valid[name])] : []),
      cell(metrics.train[name]),
    ]),
  });
  made.querySelector('tbody tr')?.classList.add('primary');
  return made;
}

function cell(estimate: Estimate | undefined): HTMLElement | string {
  if (estimate === undefined) return '–';
  return element(
    'span',
    {},
    `${number4(estimate.value)} `,
    element('span', { class: 'soft' }, interval(estimate)),
  );
}

function uncertainty({ uncertainty: of }: RunDocument): HTMLElement | null {
  return of === undefined ? null : element('p', {}, describeUncertainty(of));
}

function comparisons({ comparisons: all }: RunDocument): HTMLElement | null {
  if (all.length === 0) return null;
  return table({
    caption: 'Difference from the baselines',
    columns: [
      { title: 'Against' },
      { title: 'Metric' },
      { title: 'Difference', number: true },
      { title: 'Interval', number: true },
      { title: 'Adjusted p', number: true },
      { title: 'Test' },
    ],
    rows: all.map(({ to, metric, difference, low, high, pAdjusted, test }) => [
      printable(to, 40),
      metric,
      number4(difference),
      interval({ low, high }),
      number4(pAdjusted),
      test,
    ]),
  });
}

function gateTable({ gates }: RunDocument): HTMLElement | null {
  if (gates.length === 0) return null;
  return table({
    caption: 'Gates',
    columns: [{ title: 'Gate' }, { title: 'Verdict' }, { title: 'Why' }],
    rows: gates.map(({ gate, passed, reason }) => [printable(gate), verdict(passed), printable(reason, 400)]),
  });
}

/** Beyond this many classes a matrix cannot be read. */
const readableClasses = 12;

function confusion({ confusion: counts, classes, model }: RunDocument): HTMLElement | null {
  if (counts === null || classes.length > readableClasses) return null;
  const at = model.threshold === null ? '' : ` at the threshold ${number4(model.threshold)}`;
  return table({
    caption: `Test rows by true class (down) and predicted class (across)${at}`,
    columns: [
      { title: 'True class' },
      ...classes.map((label) => ({ title: printable(String(label), 40), number: true })),
    ],
    rows: counts.map((line, index) => [
      printable(String(classes[index]), 40),
      ...line.map((value) => grouped(value)),
    ]),
  });
}
