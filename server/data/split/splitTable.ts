/** Splits a table: gathers the arrays that the experiment's way of splitting depends on. */
import { createHash } from 'node:crypto';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Experiment } from '../../config/experiment.ts';
import { parseRatio } from '../../config/schema/values.ts';
import type { Table } from '../table.ts';
import type { ResolvedTask } from '../task.ts';
import { nearness } from './nearTexts.ts';
import { firstOfNear, readRowSets } from './nearTwins.ts';
import { hashSplit, planSplit, type Split, type SplitRequest } from './split.ts';
import { type SplitMethod, settleFolds, settleGap, settleMethod, smallTable } from './splitMethod.ts';
import { countRepeats, firstOfEqual } from './splitTwins.ts';

export async function splitTable(experiment: Experiment, table: Table, task: ResolvedTask): Promise<Split> {
  const plan = planSplit(await splitRequest(experiment, table, task));
  return { ...plan, hash: hashSplit(await table.rowNumbers(), plan.assignment) };
}

/** `findTwins`: `firstOfEqual` of all columns but the id, where somebody has it already. */
export async function splitRequest(
  experiment: Experiment,
  table: Table,
  task: ResolvedTask,
  findTwins?: () => Promise<Int32Array>,
): Promise<SplitRequest> {
  const files = await table.predefined();
  const settled = settleMethod(experiment, table.columns, { task: task.task, files: files !== undefined });
  const time = settled.time === undefined ? undefined : await table.numbers(settled.time);
  const gap = settled.time === undefined ? undefined : settleGap(experiment, table.column(settled.time));
  const { atoms, count } = await readAtoms(experiment, table, settled, findTwins);
  const cv = settleFolds(experiment, {
    rows: table.rowCount - task.withoutTarget,
    inTime: time !== undefined,
    validGiven: files?.includes(2) ?? false,
    atLeast: Math.min(count, ...(settled.stratify ? task.counts : [])),
  });
  return {
    target: task.values,
    ...(await readStrata(table, task, settled)),
    method: settled.method,
    test: settled.test,
    valid: experiment.split.valid ?? (cv ? 0 : 0.1),
    ...(atoms ? { atoms } : {}),
    ...(await readPlaces(experiment, table, { ...settled, ...(atoms && { atoms }) })),
    ...(time ? { time } : {}),
    ...(gap ? { gap } : {}),
    ...(files ? { files } : {}),
    ...(cv ? { cv, nested: experiment.split.cv?.nested === true } : {}),
    seed: experiment.split.seed ?? experiment.train.seed,
  };
}

/**
 * Rows of one group, or rows equal (or nearly so) in every column but the id. In a split by time equal rows have equal
 * times and need no atoms of their own; rows without a group are atoms with their twins.
 */
async function readAtoms(
  experiment: Experiment,
  table: Table,
  { group, time }: SplitMethod,
  findTwins: (() => Promise<Int32Array>) | undefined,
): Promise<{ atoms?: Int32Array; count: number }> {
  const asked = experiment.split.dedupe;
  const dedupe = asked !== 'none' && (time === undefined || group !== undefined);
  if (!dedupe && nearnessOf(asked) !== undefined) {
    throw new ModelwrightError('split-near-time', { value: String(asked) });
  }
  const twins = dedupe ? await readTwins(experiment, table, findTwins) : undefined;
  if (group === undefined) return { ...(twins ? { atoms: twins } : {}), count: table.rowCount };
  const { codes, levels } = await table.dictionary(group);
  const atoms = codes.map((code, row) => (code > 0 ? code - 1 : levels.length + (twins?.[row] ?? row)));
  return { atoms, count: table.rowCount < smallTable ? new Set(atoms).size : table.rowCount };
}

/**
 * Where each row lies between 0 and 1: the first six bytes of the SHA-256 of the seed and its key, such as `42 c-17`,
 * over 2^48; of equal rows the place of the first. A row so keeps its side however the data grows.
 */
async function readPlaces(
  { split, train }: Experiment,
  table: Table,
  { key, atoms }: SplitMethod & { readonly atoms?: Int32Array },
): Promise<{ places?: Float64Array }> {
  if (key === undefined) return {};
  const { codes, levels } = await table.dictionary(key);
  const seed = split.seed ?? train.seed;
  const placeOf = ['', ...levels].map(
    (level) => createHash('sha256').update(`${seed} ${level}`).digest().readUIntBE(0, 6) / 2 ** 48,
  );
  return { places: Float64Array.from(codes, (_, row) => placeOf[codes[atoms?.[row] ?? row] ?? 0] ?? 0) };
}

async function readTwins(
  { data, split }: Experiment,
  table: Table,
  findTwins: (() => Promise<Int32Array>) | undefined,
): Promise<Int32Array | undefined> {
  const names = table.columns.map((column) => column.name).filter((name) => name !== data.id);
  const least = nearnessOf(split.dedupe);
  if (least !== undefined) {
    const near = firstOfNear(await readRowSets(table, names), least);
    return countRepeats(near) === 0 ? undefined : near;
  }
  const first = findTwins ? await findTwins() : firstOfEqual(await table.rowHashes(names));
  return countRepeats(first) === 0 ? undefined : first;
}

/** The share that near twins have in common; undefined where only equal rows count. */
function nearnessOf(dedupe: Experiment['split']['dedupe']): number | undefined {
  if (dedupe === 'near') return nearness;
  return dedupe === 'exact' || dedupe === 'none' ? undefined : (parseRatio(dedupe) ?? nearness);
}

async function readStrata(
  table: Table,
  task: ResolvedTask,
  { stratum, stratify }: SplitMethod,
): Promise<{ strata: number; stratum?: Float64Array }> {
  if (stratum === undefined) return { strata: stratify ? task.classes.length : 0 };
  const { codes, levels } = await table.dictionary(stratum);
  return { strata: levels.length + 1, stratum: Float64Array.from(codes) };
}
