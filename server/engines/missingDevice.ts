/** Why `train.device` cannot be had here, for lint: told from files and from what was measured before, nothing is loaded. */
import { detectNetworkEngine, whyNoCuda } from './detect.ts';
import { readMeasured } from './measured.ts';

/** Undefined where the device can be used, or where only trying it would tell. */
export function missingDevice(device: string): string | undefined {
  if (device !== 'webgpu' && device !== 'cuda') return undefined;
  const id = device === 'cuda' ? 'tensorflow' : device;
  const { available, reason } = detectNetworkEngine(id);
  if (!available) return reason;
  const measured = readMeasured().get(id);
  if (measured === undefined) return undefined;
  if (measured.speed === undefined) return measured.reason;
  return device === 'cuda' && measured.device !== 'CUDA' ? whyNoCuda().reason : undefined;
}
