/** The engines that a network can be trained on, the best for it first, and why. */
import { allows, engines, type NetworkEngineId, networkEngines } from '../../catalog/engines.ts';
import { ModelwrightError } from '../../catalog/errors.ts';
import { type Choice, chooseEngine, type EngineSpeed } from '../../engines/choose.ts';
import { detectNetworkEngine, type EngineReport, found, missing, whyNoCuda } from '../../engines/detect.ts';
import { type MeasuredEngine, readMeasured, saveMeasured } from '../../engines/measured.ts';
import type { EngineChoice, EngineWish } from './mlp.ts';
import { measureEngine } from './probe.ts';
import type { NetworkEngine } from './problem.ts';
import { describeEngine, tensorEngine } from './tensorEngine.ts';
import { wasmEngine } from './wasmEngine.ts';

function engineOf(id: NetworkEngineId, threads: number): NetworkEngine {
  return id === 'wasm' ? wasmEngine(threads) : tensorEngine(id);
}

/**
 * Nothing is loaded where only our own kernels and plain JavaScript are there. Otherwise each engine that could work is
 * measured, once a machine. @throws ModelwrightError engine-missing where `device` names what is not there
 */
export async function chooseEngines({ device, threads, operations }: EngineWish): Promise<EngineChoice> {
  const { reports, speeds } = await measureEngines(threads, { only: device });
  const usable = reports.filter(({ available }) => available).map(({ id }) => id);
  const { order, reason } = chooseEngine(usable, speeds, operations);
  if (order.length === 0) {
    const why = reports.map(({ id, reason: each }) => `${engines[id].title}: ${each}`).join(' ');
    throw new ModelwrightError('engine-missing', { device, reason: why, fix: fixesOf(reports) });
  }
  return {
    engines: order.map((id) => engineOf(id, threads)),
    deviceOf: (id) => reports.find((report) => report.id === id)?.device ?? '',
    reason,
  };
}

function fixesOf(reports: readonly EngineReport[]): string {
  const fixes = reports.map(({ fix }) => fix).filter((fix) => fix !== '');
  return [...fixes, 'Or write `train.device: auto`.'].join(' ');
}

export interface MeasuredEngines {
  readonly reports: readonly (EngineReport & { readonly id: NetworkEngineId })[];
  readonly speeds: ReadonlyMap<NetworkEngineId, EngineSpeed>;
}

/** `only`: a value of `train.device`. `again`: what was measured before does not count. */
export async function measureEngines(
  threads: number,
  { only, again = false }: { only: string; again?: boolean },
): Promise<MeasuredEngines> {
  const ids = networkEngines.filter((id) => allows(only, id));
  const seen = ids.map((id) => ({ ...detectNetworkEngine(id), id }));
  const speeds = new Map<NetworkEngineId, EngineSpeed>();
  // Two that need no telling apart: nothing to measure.
  if (seen.every(({ id, available }) => !available || id === 'wasm' || id === 'cpu'))
    return { reports: seen, speeds };
  const known = new Map(again ? [] : readMeasured());
  const reports: MeasuredEngines['reports'][number][] = [];
  for (const report of seen) {
    const { id, available } = report;
    if (!available || id === 'cpu') {
      reports.push(report);
      continue;
    }
    const measured = known.get(id) ?? (await measure(id, threads));
    known.set(id, measured);
    if (measured.speed) speeds.set(id, measured.speed);
    if (!measured.speed) reports.push({ ...missing(id, measured.reason), id });
    else if (only === 'cuda' && measured.device !== 'CUDA')
      reports.push({ ...missing(id, ''), ...whyNoCuda(), id });
    else reports.push({ ...found(id, measured.device || report.device, report.reason), id });
  }
  saveMeasured(known);
  return { reports, speeds };
}

async function measure(id: NetworkEngineId, threads: number): Promise<MeasuredEngine> {
  try {
    const device = id === 'wasm' ? '' : await describeEngine(id);
    return { device, speed: await measureEngine(engineOf(id, threads)), reason: 'It was measured.' };
  } catch (error) {
    return { device: '', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** The choice for a network of two layers of 128 units, as `doctor` shows it. */
export function chooseForShow({ reports, speeds }: MeasuredEngines): Choice {
  const usable = reports.filter(({ available }) => available).map(({ id }) => id);
  return chooseEngine(usable, speeds, 31e6);
}
