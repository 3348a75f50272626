/** An ONNX Runtime session with typed tensors in and out: how every model file is run. */
import type { InferenceSession, Tensor } from 'onnxruntime-node';
import { ModelwrightError } from '../catalog/errors.ts';
import './libraryEnvironment.ts';

export type TensorFeed =
  | { readonly type: 'float'; readonly data: Float32Array; readonly shape: readonly number[] }
  | { readonly type: 'double'; readonly data: Float64Array; readonly shape: readonly number[] }
  | { readonly type: 'int64'; readonly data: BigInt64Array; readonly shape: readonly number[] }
  | { readonly type: 'bool'; readonly data: Uint8Array; readonly shape: readonly number[] }
  | { readonly type: 'string'; readonly data: readonly string[]; readonly shape: readonly number[] };

export interface OnnxSession {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /**
   * Runs the graph; `fetches` names the outputs to compute (default: all). It blocks its thread: cap the rows a call.
   * @throws ModelwrightError scoring-failed with ONNX Runtime's own words
   */
  run(
    feeds: ReadonlyMap<string, TensorFeed>,
    fetches?: readonly string[],
  ): Promise<ReadonlyMap<string, TensorFeed>>;
  close(): Promise<void>;
}

/**
 * Opens a model from its bytes or a path. One thread by default: results are then independent of the machine.
 * @throws ModelwrightError model-unreadable
 */
export async function openSession(
  model: Uint8Array | string,
  options: { threads?: number } = {},
): Promise<OnnxSession> {
  const ort = await import('onnxruntime-node');
  const settings: InferenceSession.SessionOptions = {
    intraOpNumThreads: options.threads ?? 1,
    interOpNumThreads: 1,
    executionProviders: ['cpu'],
    // Faults come back as errors; nothing is printed beside them.
    logSeverityLevel: 4,
  };
  const open = () =>
    typeof model === 'string'
      ? ort.InferenceSession.create(model, settings)
      : ort.InferenceSession.create(model, settings);
  const session = await open().catch((fault: unknown) => {
    throw new ModelwrightError('model-unreadable', { reason: firstLine(fault) });
  });
  return {
    inputs: session.inputNames,
    outputs: session.outputNames,
    async run(feeds, fetches = session.outputNames) {
      // Without a prototype, so that a column may be called `__proto__`.
      const tensors: Record<string, Tensor> = Object.create(null);
      for (const [name, feed] of feeds) tensors[name] = toTensor(ort.Tensor, feed);
      const results = await session.run(tensors, fetches).catch((fault: unknown) => {
        throw new ModelwrightError('scoring-failed', { reason: firstLine(fault) });
      });
      return new Map(fetches.map((name) => [name, fromTensor(results[name])]));
    },
    close: () => session.release(),
  };
}

function toTensor(TensorOf: typeof Tensor, feed: TensorFeed): Tensor {
  switch (feed.type) {
    case 'float':
      return new TensorOf('float32', feed.data, feed.shape);
    case 'double':
      return new TensorOf('float64', feed.data, feed.shape);
    case 'int64':
      return new TensorOf('int64', feed.data, feed.shape);
    case 'bool':
      return new TensorOf('bool', feed.data, feed.shape);
    case 'string':
      return new TensorOf('string', feed.data.map(withoutNul), feed.shape);
  }
}

/** The binding cuts a string at NUL; replaced, it is an unknown level or a malformed date, as it is in Python. */
function withoutNul(text: string): string {
  return text.includes('\0') ? text.replaceAll('\0', '\uFFFD') : text;
}

function fromTensor(tensor: Tensor | undefined): TensorFeed {
  const shape = tensor?.dims ?? [];
  const data = tensor?.data;
  if (data instanceof Float32Array) return { type: 'float', data, shape };
  if (data instanceof Float64Array) return { type: 'double', data, shape };
  if (data instanceof BigInt64Array) return { type: 'int64', data, shape };
  if (data instanceof Uint8Array) return { type: 'bool', data, shape };
  if (Array.isArray(data)) return { type: 'string', data, shape };
  throw new ModelwrightError('internal-error', {
    reason: `ONNX Runtime gave a tensor of type ${tensor?.type}`,
  });
}

function firstLine(fault: unknown): string {
  return (fault instanceof Error ? fault.message : String(fault)).split('\n', 1)[0] ?? '';
}
