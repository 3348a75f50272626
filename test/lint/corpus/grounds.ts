/** Clean tables of several trades, drawn at random: the ground on which faults are planted. */
import { type Columns, Drawing } from '../tables.ts';

export interface Ground {
  readonly trade: string;
  readonly columns: Columns;
  readonly d: Drawing;
}

const { exp, floor, log, max, round, sin } = Math;

type Trade = (d: Drawing) => { columns: Columns; logit: (row: number) => number };

const trades: Readonly<Record<string, Trade>> = {
  subscribers: (d) => {
    const tenure = d.whole(1, 72);
    const tickets = d.column(() => floor(-1.3 * log(1 - d.random.uniform())));
    const fee = d.normal(40, 12, 2);
    return {
      columns: { tenure, tickets, fee: d.holes(fee, 0.03), plan: d.level('basic', 'plus', 'pro') },
      logit: (row) => 0.5 * (tickets[row] ?? 0) - 0.02 * (tenure[row] ?? 0),
    };
  },
  payments: (d) => {
    const amount = d.column(() => Number(exp(3 + d.random.normal()).toFixed(2)));
    const channel = d.level('web', 'app', 'shop');
    return {
      columns: { amount, channel, items: d.whole(1, 12), balance: d.normal(0, 300, 2) },
      logit: (row) => 0.004 * (amount[row] ?? 0) + (channel[row] === 'web' ? 0.6 : -0.4),
    };
  },
  patients: (d) => {
    const marker = d.normal(1, 0.3);
    return {
      columns: {
        marker,
        pressure: d.normal(130, 15, 0),
        ward: d.level('Nord', 'Süd', '東', 'Øst'),
        visits: d.whole(0, 9),
      },
      logit: (row) => 2 * ((marker[row] ?? 0) - 1),
    };
  },
  sensors: (d) => {
    const vibration = d.column(() => Number(Math.abs(d.random.normal()).toFixed(4)));
    const phase = d.column(() => d.random.uniform() * 6.28);
    return {
      columns: {
        vibration,
        temperature: d.normal(20, 8, 1),
        wave: phase.map((value) => Number(sin(value).toFixed(3))),
        firmware: d.column(() => `v${1 + d.random.int(3)}.${d.random.int(4)}`),
      },
      logit: (row) => (vibration[row] ?? 0) - 0.8,
    };
  },
  homes: (d) => {
    const area = d.whole(35, 260);
    return {
      columns: {
        area,
        rooms: area.map((value) => max(1, round(value / 45 + 1.2 * d.random.normal()))),
        built: d.whole(1900, 2020),
        district: d.column(() => `district ${d.random.int(12)}`),
        rain: d.column(() => (d.random.uniform() < 0.6 ? 0 : Number((5 * d.random.uniform()).toFixed(1)))),
      },
      logit: (row) => 0.01 * ((area[row] ?? 0) - 140),
    };
  },
};

const names = Object.keys(trades);

/** A binary `y` with a third to a half of positives, at least. */
export function drawGround(seed: number, rows: number): Ground {
  const d = new Drawing(rows, seed);
  const trade = names[seed % names.length] ?? 'subscribers';
  const { columns, logit } = trades[trade]?.(d) ?? { columns: {}, logit: () => 0 };
  const lift = -0.3 + 0.5 * d.random.uniform();
  return { trade, columns: { ...columns, y: d.binary((row) => lift + logit(row)) }, d };
}
