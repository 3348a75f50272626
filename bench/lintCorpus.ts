/**
 * Recall and precision of the data rules: each fault planted at random, and its clean twin, over trades, formats and
 * sizes, and once what its fixes make of it. `--only` takes rules by a part of their name and leaves the clean tables
 * out: all of it takes long.
 */
import { parseArgs } from 'node:util';
import { alarmsOnGrounds, faults, scoreFault } from '../test/lint/corpus/score.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '20' },
    first: { type: 'string', default: '1000' },
    only: { type: 'string' },
    million: { type: 'boolean', default: false },
  },
});
const goal = 0.95;
const seeds = Array.from({ length: Number(values.seeds) }, (_, i) => Number(values.first) + i);
const rows = [100, 300, 1000, 3000, 20_000];

let planted = 0;
let found = 0;
let wrong = 0;
for (const fault of faults) {
  if (values.only !== undefined && !fault.rule.includes(values.only)) continue;
  const score = await scoreFault(fault, { seeds, rows, mend: true });
  planted += score.planted;
  found += score.found;
  wrong += score.wrong;
  console.log(
    `${score.rule}${fault.column === undefined ? '' : ` (${fault.column})`}: ${score.found} of ${score.planted} found, ${score.wrong} wrong`,
  );
  for (const detail of score.details) console.log(`  ${detail}`);
}
const sizes = values.million ? [...rows, 1_000_000] : rows;
const clean =
  values.only === undefined ? await alarmsOnGrounds({ seeds: seeds.slice(0, 10), rows: sizes }) : [];
for (const alarm of clean) console.log(`  on a clean table: ${alarm}`);

const recall = found / planted;
const precision = found / (found + wrong);
const met = recall >= goal && precision >= goal && clean.length === 0;
console.log(
  `${met ? 'met' : 'MISSED'}: recall ${recall.toFixed(3)}, precision ${precision.toFixed(3)} of ${planted} faults and as many twins, ${clean.length} alarms on clean tables (goal ${goal}, ${goal}, 0)`,
);
process.exit(met ? 0 : 1);
