/** Faults of what was promised of the data, and of what is known of its columns. */
import { createHash } from 'node:crypto';
import { part } from '../plants.ts';
import { toCsv } from '../tables.ts';
import { between, days, type Fault, inFiles, pick, put, two, y } from './fault.ts';

const { floor } = Math;

/** What a candidate is rightly told besides: nothing is pinned, locked or compared in these folders. */
export const candidate = [
  'data-unpinned',
  'env-unlocked',
  'fairness-unchecked',
  'no-baseline',
  'protected-feature',
];
export const gated = 'gates: [beats baseline]\n';
const contract = (promises: string): string =>
  `data: {source: data.csv, columns: {${promises}}}\ntarget: y\n`;

const promises: readonly Fault[] = [
  {
    rule: 'column-not-found',
    // A letter is lost in the name of any column.
    plant: (g, bad) => {
      const names = Object.keys(g.columns).filter((name) => name !== 'y');
      const at = g.d.random.int(names.length);
      const included = names.map((name, i) => (bad && i === at ? name.slice(0, -1) : name));
      return { columns: g.columns, yaml: `${two}features: [${included.join(', ')}]\n` };
    },
  },
  {
    rule: 'data-changed',
    csvOnly: true,
    // One more row since the file was pinned.
    plant: (g, bad) => {
      const pinned = bad ? part(g.columns, 0, g.d.rows - 1) : g.columns;
      const hash = createHash('sha256').update(toCsv(pinned)).digest('hex');
      return {
        columns: g.columns,
        yaml: `data: {source: data.csv, version: "sha256:${hash.slice(0, 16 + g.d.random.int(49))}"}\ntarget: y\n`,
      };
    },
  },
  {
    rule: 'schema-drift',
    column: 'dose',
    least: 300,
    plant: (g, bad) => {
      const share = bad ? between(g.d, 0.01, 0.3) : 0;
      return {
        columns: put(g, 'dose', (row) =>
          row === 7 || g.d.random.uniform() < share ? (bad ? 'see note' : 3) : g.d.random.int(400),
        ),
        yaml: contract('dose: {type: numeric}'),
      };
    },
  },
  {
    rule: 'expectation-failed',
    column: 'dose',
    plant: (g, bad) => {
      const at = g.d.random.int(g.d.rows);
      return {
        columns: put(g, 'dose', (row) => (bad && row === at ? 401 : g.d.random.int(401))),
        yaml: contract('dose: {max: 400}'),
      };
    },
  },
  {
    rule: 'expectation-failed',
    plant: (g, bad) => {
      const at = g.d.random.int(g.d.rows);
      const start = g.d.whole(0, 90);
      const end = start.map((value, row) => (bad && row === at ? value - 1 : value + g.d.random.int(9)));
      return {
        columns: { ...g.columns, start, end },
        yaml: 'data: {source: data.csv, expect: ["end >= start"]}\ntarget: y\n',
      };
    },
    also: ['correlated-features'],
  },
  {
    rule: 'stale-data',
    column: 'day',
    least: 300,
    also: [...candidate, 'unsupported-setting'],
    // The clock of these tables stands at the first moment of 1970.
    plant: (g, bad) => {
      const newest = -(bad ? 32 + g.d.random.int(300) : 1 + g.d.random.int(28));
      const day = g.d.column((row) =>
        new Date((newest - floor((300 * (g.d.rows - 1 - row)) / g.d.rows)) * 86_400_000)
          .toISOString()
          .slice(0, 10),
      );
      return {
        columns: { day, ...g.columns },
        yaml: `data: {source: data.csv, time: day, quality: {freshness: 30d}}\ntarget: y\n${gated}`,
      };
    },
  },
  {
    rule: 'broken-files',
    least: 300,
    also: ['target-missing'],
    plant: (g, bad) => {
      const gone = new Set(Array.from({ length: 1 + g.d.random.int(4) }, () => g.d.random.int(g.d.rows)));
      return {
        columns: Object.fromEntries(
          Object.entries(g.columns).map(([name, cells], at) => [
            name,
            // A row of the twin keeps its target and its first feature.
            cells.map((cell, row) => (gone.has(row) && (bad || (at > 0 && name !== 'y')) ? null : cell)),
          ]),
        ),
      };
    },
  },
  {
    rule: 'annotation-gap',
    column: 'site',
    least: 1000,
    also: [...candidate, 'target-missing'],
    plant: (g, bad) => {
      const site = g.d.column(() => `site ${g.d.random.int(5)}`);
      const labelled = bad ? between(g.d, 0.2, 0.45) : 0.8;
      return {
        columns: {
          ...g.columns,
          site,
          y: g.d.column((row) =>
            g.d.random.uniform() < (site[row] === 'site 3' ? labelled : 0.85) ? y(g, row) : null,
          ),
        },
        yaml: `${two}${gated}`,
      };
    },
  },
];

const links: readonly Fault[] = [
  {
    rule: 'proxy-feature',
    column: 'title',
    least: 1000,
    also: candidate,
    plant: (g, bad) => {
      const sex = g.d.level('f', 'm');
      // Told by three values, the AUC is 1 - other² / 2.
      const other = bad ? between(g.d, 0.1, 0.45) : between(g.d, 0.75, 0.9);
      return {
        columns: {
          ...g.columns,
          sex,
          title: sex.map((each) => (g.d.random.uniform() < other ? 'Dr' : each === 'f' ? 'Ms' : 'Mr')),
        },
        yaml: `${two}${gated}`,
      };
    },
  },
  {
    rule: 'suspicious-name',
    plant: (g, bad) => ({
      columns: put(
        g,
        bad
          ? pick(g.d, 'cancel_reason', 'closed_by', 'final_state', 'ResultCode', 'case resolution')
          : pick(g.d, 'reason', 'opened_by', 'first_state', 'StateCode', 'case kind'),
        () => `k${g.d.random.int(5)}`,
      ),
    }),
  },
  {
    rule: 'after-outcome-feature',
    column: 'refund',
    plant: (g, bad) => ({
      columns: put(g, 'refund', () => g.d.random.int(90)),
      yaml: `${contract(`refund: {available: ${bad ? 'after' : 'before'}}`)}features: [${Object.keys(g.columns)[0]}, refund]\n`,
    }),
  },
  {
    rule: 'after-outcome-feature',
    column: 'sent',
    least: 300,
    plant: (g, bad) => {
      const day = days(g.d);
      const share = bad ? between(g.d, 0.05, 1) : 0;
      const sent = day.map((each) => {
        const away = 86_400_000 * (1 + g.d.random.int(20));
        const late = g.d.random.uniform() < share;
        return new Date(Date.parse(String(each)) + (late ? away : -away)).toISOString().slice(0, 10);
      });
      return {
        columns: { ...g.columns, day, sent },
        yaml: 'data: {source: data.csv, time: day}\ntarget: y\n',
      };
    },
  },
  {
    rule: 'time-tie',
    column: 'day',
    least: 300,
    // Of more rows the last of the training file validate, so that none of training stands beside the cut.
    most: 3000,
    // Given files that are cut within a day.
    plant: (g, bad) => {
      const day = days(g.d);
      const at = floor(0.7 * g.d.rows);
      const last = day[at - 1] ?? '';
      const moved = day.map((each, row) => (row >= at && each === last ? '2024-12-31' : each));
      const cut = bad ? day.map((each, row) => (row === at ? last : each)) : moved;
      const inOrder = cut.toSorted();
      const { columns, files = {} } = inFiles({ ...g.columns, day: inOrder }, (test) => test);
      return {
        columns,
        files,
        yaml: 'data: {source: {train: data.csv, test: test.csv}, time: day}\ntarget: y\n',
      };
    },
  },
];

export const contractFaults: readonly Fault[] = [...promises, ...links];
