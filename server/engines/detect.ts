/** What could work on this machine, told from files alone: nothing is loaded. */
import { existsSync, readdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { cpus } from 'node:os';
import { dirname, join } from 'node:path';
import { type EngineId, engines, type NetworkEngineId } from '../catalog/engines.ts';
import { boostingLibrary, tfjsNodeWithAddon } from './installed.ts';

/** One engine as `doctor` shows it. */
export interface EngineReport {
  readonly id: EngineId;
  readonly available: boolean;
  /** What it runs on; empty where that is not known before it is loaded. */
  readonly device: string;
  /** Why it is there or not, in a sentence. */
  readonly reason: string;
  /** What to do to get it; empty where it is there. */
  readonly fix: string;
}

const processor = (): string => cpus()[0]?.model.trim() || process.arch;

/** Whether a network engine is worth loading here. */
export function detectNetworkEngine(id: NetworkEngineId): EngineReport {
  switch (id) {
    case 'wasm':
      return found(id, processor(), 'Our own kernels run wherever Node does.');
    case 'cpu':
      return found(id, processor(), 'TensorFlow.js in plain JavaScript runs wherever Node does.');
    case 'tensorflow':
      return tfjsNodeWithAddon() === undefined
        ? missing(id, 'The addon of tfjs-node is not installed.')
        : found(id, '', 'The addon of tfjs-node is installed.');
    case 'webgpu':
      return detectWebGpu();
  }
}

/** Engines that train no networks. */
export function detectOtherEngines(): readonly EngineReport[] {
  const providers = onnxProviders();
  const boosting = (id: 'lightgbm' | 'xgboost') =>
    boostingLibrary(id) === undefined
      ? missing(id, 'Its library is not installed.')
      : found(id, processor(), 'Its library is installed.');
  return [
    providers === undefined
      ? missing('onnx-cpu', 'The package onnxruntime-node has no binary for this platform.')
      : found('onnx-cpu', processor(), 'The package brings its binary.'),
    providers?.some((file) => file.includes('providers_cuda'))
      ? found('onnx-cuda', 'CUDA', 'The package has the CUDA provider; models are scored on the processor.')
      : missing('onnx-cuda', 'The package has no CUDA provider; models are scored on the processor.'),
    boosting('lightgbm'),
    boosting('xgboost'),
  ];
}

export function found(id: EngineId, device: string, reason: string): EngineReport {
  return { id, available: true, device, reason, fix: '' };
}

export function missing(id: EngineId, reason: string): EngineReport {
  return { id, available: false, device: '', reason, fix: engines[id].fix };
}

/** Whether there is an NVIDIA GPU with its driver: a container may have any of several cards, Windows' Linux has none of their files. */
export function hasNvidia(): boolean {
  return ['/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'].some((path) => existsSync(path));
}

/** Why TensorFlow, which works, trains on the processor: what is told where CUDA was asked for. */
export function whyNoCuda(hasCard = hasNvidia()): Pick<EngineReport, 'reason' | 'fix'> {
  if (!hasCard) return { reason: 'There is no NVIDIA GPU with its driver here.', fix: '' };
  const folder = tfjsNodeWithAddon();
  if (folder === undefined || !existsSync(join(folder, 'deps', 'nvidia')))
    return { reason: 'TensorFlow was installed without CUDA.', fix: engines.tensorflow.fix };
  return {
    reason: 'TensorFlow sees no CUDA device.',
    fix: 'Update the NVIDIA driver (525 or later) and run `modelwright doctor --again`.',
  };
}

/** On Linux a GPU shows as a device file, or a Vulkan driver is named by hand. */
function detectWebGpu(): EngineReport {
  if (process.platform !== 'linux') return found('webgpu', '', 'This system has a graphics interface.');
  const named = process.env['VK_ICD_FILENAMES'] ?? process.env['VK_DRIVER_FILES'];
  const devices = ['/dev/dri', '/dev/nvidiactl', '/dev/dxg'].filter((path) => existsSync(path));
  if (named === undefined && devices.length === 0) return missing('webgpu', 'There is no GPU here.');
  return found('webgpu', '', `There is a GPU (${named ?? devices.join(', ')}).`);
}

function onnxProviders(): string[] | undefined {
  try {
    const entry = createRequire(import.meta.url).resolve('onnxruntime-node/package.json');
    return readdirSync(join(dirname(entry), 'bin', 'napi-v6', process.platform, process.arch));
  } catch {
    return undefined;
  }
}
