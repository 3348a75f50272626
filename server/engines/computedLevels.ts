/** Names the computed text that a model refuses: ONNX Runtime only says that some index is out of range. */
import { ModelwrightError } from '../catalog/errors.ts';
import { withOutputs } from '../onnx/cut.ts';
import type { ModelLineage } from '../onnx/lineage.ts';
import { type OnnxSession, openSession, type TensorFeed } from './session.ts';

export interface ComputedLevels {
  /** For rows that could not be scored; undefined where no computed text is at fault. */
  refusal(feeds: ReadonlyMap<string, TensorFeed>): Promise<ModelwrightError | undefined>;
  close(): Promise<void>;
}

interface StrictModel {
  readonly lineage: ModelLineage;
  /** Columns in which levels that training did not see are refused, with those that it knows. */
  readonly knownLevels: ReadonlyMap<string, ReadonlySet<string>>;
}

/** The part of the model that computes texts is opened with the first row that is refused. */
export function createComputedLevels(
  model: Uint8Array,
  { lineage, knownLevels }: StrictModel,
): ComputedLevels {
  const computed = lineage.derived.flatMap(({ name, expr }) => {
    const levels = knownLevels.get(name);
    return levels === undefined ? [] : [{ name, expr, levels }];
  });
  let session: Promise<OnnxSession> | undefined;
  return {
    async refusal(feeds) {
      if (computed.length === 0) return undefined;
      const outputs = computed.map(({ name }) => ({ name, type: 'string' as const }));
      session ??= openSession(withOutputs(model, outputs));
      const { inputs, run } = await session;
      const texts = await run(new Map([...feeds].filter(([name]) => inputs.includes(name))));
      for (const { name, expr, levels } of computed) {
        const values = Array.from(texts.get(name)?.data ?? [], String);
        const row = values.findIndex((text) => !levels.has(text));
        if (row < 0) continue;
        const told = { column: name, expr, level: values[row] };
        return new ModelwrightError('level-unseen-computed', told, { row, column: name });
      }
      return undefined;
    },
    close: async () => (await session)?.close(),
  };
}
