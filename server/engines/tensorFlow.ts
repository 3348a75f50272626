/** Loads TensorFlow.js on one of its backends. Only ever called in the process that trains: it is large and may crash. */
import { createRequire } from 'node:module';
import { tfjsNodeWithAddon } from './installed.ts';

export type TensorFlow = typeof import('@tensorflow/tfjs');

export interface LoadedTensorFlow {
  readonly tf: TensorFlow;
  /** The processor or card, in words. */
  readonly device: string;
  /** Resolves with the driver's words when the device is lost; absent where none can be. */
  readonly lost?: Promise<string>;
}

/** Throws an error that says what is missing. */
export async function loadTensorFlow(id: string): Promise<LoadedTensorFlow> {
  if (id === 'tensorflow') return loadNative();
  const { default: whole, ...named } = await import('@tensorflow/tfjs');
  // A CommonJS build has everything in its default; the bundle has named exports.
  const tf = (whole ?? named) as TensorFlow;
  if (id === 'webgpu') return { tf, ...(await startWebGpu(tf)) };
  if (!(await tf.setBackend('cpu'))) throw new Error('TensorFlow.js has no cpu backend');
  return { tf, device: 'this processor' };
}

async function startWebGpu(tf: TensorFlow): Promise<Omit<LoadedTensorFlow, 'tf'>> {
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  const gpu = create([]);
  Object.defineProperty(globalThis.navigator, 'gpu', { value: gpu, configurable: true });
  // Without an adapter setBackend says false, but the backend stays and its first operation throws.
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (!adapter) throw new Error('there is no GPU with a Vulkan driver');
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new Error('the GPU cannot be used by TensorFlow.js');
  await tf.ready();
  const { device, description, vendor, architecture } = adapter.info;
  // The backend's declarations leave out what it runs on.
  const { device: own } = tf.backend() as unknown as { device: GPUDevice };
  return {
    device: device || description || `${vendor} ${architecture}`.trim() || 'a GPU',
    lost: own.lost.then(({ message, reason }) => message || reason),
  };
}

/** What TensorFlow and CUDA read of the environment when they load. */
const nativeEnvironment = {
  TF_CPP_MIN_LOG_LEVEL: '2',
  // As much of the card's memory as is needed: trials, other programs and the screen want some.
  TF_FORCE_GPU_ALLOW_GROWTH: 'true',
  // The same sums in the same order, and of whole 32 bits: tensor cores would round factors to 10 bits of fraction.
  TF_DETERMINISTIC_OPS: '1',
  NVIDIA_TF32_OVERRIDE: '0',
};

async function loadNative(): Promise<LoadedTensorFlow> {
  const folder = tfjsNodeWithAddon();
  if (folder === undefined) throw new Error('its addon is not installed');
  const util = createRequire(import.meta.url)('node:util') as Record<string, unknown>;
  // tfjs-node 4.22 calls two functions that Node 23 dropped.
  util['isNullOrUndefined'] ??= (value: unknown) => value === null || value === undefined;
  util['isArray'] ??= Array.isArray;
  Object.assign(process.env, { ...nativeEnvironment, ...process.env });
  // The package that @tensorflow/tfjs describes, with a backend more.
  const tf = createRequire(import.meta.url)(folder) as TensorFlow & { node?: { isGPU?: boolean } };
  await tf.ready();
  const backend = tf.backend() as unknown as { isUsingGpuDevice?: boolean };
  return { tf, device: backend.isUsingGpuDevice ? 'CUDA' : 'this processor' };
}
