/** Drift in sentences: the number and the reason in every verdict. */
import type { DriftReport } from '../../server/protocol/drift.ts';
import { element } from '../ui/dom.ts';
import { number4, printable } from '../ui/format.ts';

export function headline({ columns, multivariate }: DriftReport): string {
  const drifted = columns.filter((column) => column.drifted);
  const tested = columns.filter(({ verdict }) => verdict !== 'unknown').length;
  if (tested === 0) return 'Too few rows to tell anything yet.';
  if (drifted.length === 0)
    return multivariate.drifted
      ? `None of ${tested} columns has drifted alone, but together they have.`
      : `None of ${tested} columns has drifted.`;
  const one = drifted.length === 1;
  return `${drifted.length} of ${tested} columns ${one ? 'has' : 'have'} drifted${importanceWords(drifted, columns)}.`;
}

/** Shares of the whole importance below which a column moves little. */
const littleShare = 0.1;

function importanceWords(drifted: DriftReport['columns'], all: DriftReport['columns']): string {
  const whole = all.reduce((sum, { importance }) => sum + Math.max(0, importance ?? 0), 0);
  const known = drifted.filter(({ importance }) => importance !== null);
  if (known.length === 0) return '';
  const much = known.filter(({ importance }) => (importance ?? 0) > littleShare * whole);
  if (much.length === 0)
    return known.length === 1
      ? '; it matters little to the score'
      : '; none of them matters much to the score';
  return `; ${much
    .slice(0, 3)
    .map(({ column }) => printable(column, 40))
    .join(', ')} ${much.length === 1 ? 'matters' : 'matter'} to the score`;
}

export function togetherWords({ multivariate }: DriftReport): HTMLElement[] {
  const { test, auc, statistic, pAdjusted, drifted, top } = multivariate;
  if (test === 'none') return [];
  const measured =
    test === 'classifier'
      ? `A classifier tells the rows from those of the test with an AUC of ${number4(auc)}`
      : `Distances between rows differ by ${number4(statistic)} of their mean`;
  const by =
    drifted && top.length > 0 ? `, mostly by ${top.map((name) => printable(name, 40)).join(', ')}` : '';
  return [
    element(
      'p',
      {},
      `All columns together: ${drifted ? 'drifted' : 'no drift'}. ${measured}${by}; adjusted p ${number4(pAdjusted)}.`,
    ),
  ];
}
