/** Two small experiments, one of which extends the other: something for every feature of the editor to answer. */
import { createRandom } from '../../server/statistics/random.ts';

export const baseText = `# What all experiments about customers share.
vars: {most: 40}
data:
  derive:
    - {name: loyal, expr: visits > 10}
target: left
`;

/** As one writes it: a column that is misspelt, a setting that networks alone have, one that is the default. */
export const churnText = `# Which customers leave within a month?
# One row is a customer on the first day.
extends: base.experiment.yaml
data:
  source: rows.csv
  id: id
  filter: visits < \${vars.most} or loyal
features: [age, plan, visits, loyal, agee]
split: 0.25
model:
  gbdt: {trees: 5, learning_rate: 0.1}
train: {epochs: 3, seed: 42}
tune: {trials: 40}
variants:
  forest: {model: forest}
gates: [roc_auc >= 0.6]
`;

/** 600 customers; the age of every fortieth is unknown, and was written as -999. */
export function churnRows(): string {
  const random = createRandom(11, 'churn');
  const lines = ['id,age,plan,visits,left'];
  for (let row = 0; row < 600; row++) {
    const age = row % 40 === 7 ? -999 : Math.round(20 + 50 * random.uniform());
    const visits = Math.round(30 * random.uniform());
    const left = random.uniform() < (age > 45 === visits > 15 ? 0.8 : 0.2) ? 1 : 0;
    lines.push([row, age, ['basic', 'plus', 'pro'][row % 3], visits, left].join());
  }
  return `${lines.join('\n')}\n`;
}
