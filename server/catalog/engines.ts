/** What can train a network or run a model on a machine: one table that detection, choice, `doctor` and the editor read. */

export interface EngineEntry {
  readonly title: string;
  /** Values of `train.device` that allow it. Absent: it trains no networks. */
  readonly devices?: readonly ('cpu' | 'webgpu' | 'cuda')[];
  readonly doc: string;
  /** How to get it where it is missing. */
  readonly fix: string;
}

// biome-ignore format: a row a line reads as a table.
export const engines = {
  tensorflow: { title: 'TensorFlow', devices: ['cpu', 'cuda'], doc: 'The library of Python users, through tfjs-node', fix: 'Run `modelwright engine install tensorflow`.' },
  webgpu: { title: 'WebGPU', devices: ['webgpu'], doc: "Any vendor's GPU, without CUDA", fix: 'It needs a GPU with a Vulkan driver, libvulkan1 and glibc 2.34 or later.' },
  wasm: { title: 'WebAssembly', devices: ['cpu'], doc: 'Our own kernels: nothing to install', fix: '' },
  cpu: { title: 'Plain JavaScript', devices: ['cpu'], doc: 'When all else fails', fix: '' },
  'onnx-cpu': { title: 'ONNX Runtime', doc: 'Runs every model file', fix: 'Install the package onnxruntime-node for this platform.' },
  'onnx-cuda': { title: 'ONNX Runtime on CUDA', doc: 'Not used: models are scored where the bits are the same everywhere', fix: 'Nothing to do.' },
  lightgbm: { title: 'LightGBM', doc: 'The real library, through its C interface', fix: 'Run `modelwright engine install lightgbm`.' },
  xgboost: { title: 'XGBoost', doc: 'The real library, through its C interface', fix: 'Run `modelwright engine install xgboost`.' },
} as const satisfies Record<string, EngineEntry>;

export type EngineId = keyof typeof engines;

/** Those that train networks; of equals, the first is taken. */
export const networkEngines = ['tensorflow', 'webgpu', 'wasm', 'cpu'] as const satisfies readonly EngineId[];

export type NetworkEngineId = (typeof networkEngines)[number];

/** Whether `train.device` allows an engine; `auto` allows all. */
export function allows(device: string, id: NetworkEngineId): boolean {
  return device === 'auto' || (engines[id].devices as readonly string[]).includes(device);
}
