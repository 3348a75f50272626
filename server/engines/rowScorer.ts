/** A model file for few rows at a time, as serving asks: raw values in, the file's own outputs out. */
import { ModelwrightError } from '../catalog/errors.ts';
import { cutModel } from '../onnx/cut.ts';
import { type ModelLineage, readLineage } from '../onnx/lineage.ts';
import { readModel } from '../onnx/model.ts';
import { createComputedLevels } from './computedLevels.ts';
import { readLayout } from './outputLayout.ts';
import { openSession, type TensorFeed } from './session.ts';

/** Rows as the raw inputs take them, row-major: [rows, float inputs] and [rows, string and date inputs]. */
export interface RowInputs {
  readonly rows: number;
  readonly floats: Float32Array;
  readonly strings: readonly string[];
}

export interface RowScores {
  /** Row-major [rows, width]: the probability of each class, or the prediction alone. */
  readonly values: Float32Array;
  /** Class index of the file's own label, [rows]; absent for values. */
  readonly labels?: Int32Array;
  /** The ends of each row's interval, [rows], where the file gives them. */
  readonly lower?: Float32Array;
  readonly upper?: Float32Array;
  /** Row-major [rows, width], 1 for each class of a row's set, where the file gives sets. */
  readonly set?: Uint8Array;
}

export interface RowScorer {
  /** @throws ModelwrightError level-unseen-computed, scoring-failed */
  score(inputs: RowInputs): Promise<RowScores>;
  close(): Promise<void>;
}

/** What is known of a model file before it is opened in ONNX Runtime. */
export interface ModelShape {
  readonly lineage: ModelLineage;
  /** Columns of `values`. */
  readonly width: number;
  /** Of the positive class in `values`; 0 where there is none. */
  readonly positive: number;
  /** Name of the output that `values` are, and of the label with its texts, by class index. */
  readonly score: string;
  readonly label?: { readonly output: string; readonly texts: readonly string[] };
  /** Names of the outputs that say how sure the model is, where the file has them. */
  readonly lower?: string;
  readonly upper?: string;
  readonly set?: string;
  /** Columns in which the model refuses levels that training did not see, with those that it knows. */
  readonly knownLevels: ReadonlyMap<string, ReadonlySet<string>>;
}

/** @throws ModelwrightError model-unreadable, model-foreign */
export function readShape(model: Uint8Array): ModelShape {
  const file = readModel(model);
  const lineage = readLineage(file.metadata);
  const layout = readLayout(model, file.outputs, lineage);
  const derived = lineage.derived.map(({ name }) => name);
  const { inputs } = cutModel(model, [{ name: layout.score, type: 'float' }], derived);
  const strict = inputs.flatMap((input) =>
    input.feed === 'code' && input.levels.refusesUnseen
      ? [[input.column, new Set(input.levels.codes.keys())] as const]
      : [],
  );
  const { labels } = layout;
  return {
    lineage,
    width: layout.width,
    positive: layout.columns[0] ?? 0,
    score: layout.score,
    ...(labels !== undefined && { label: { output: labels.output, texts: labels.texts } }),
    ...layout.bounds,
    ...(layout.set !== undefined && { set: layout.set }),
    knownLevels: new Map(strict),
  };
}

/** Opens the file in this thread, which `score` blocks. @throws ModelwrightError model-unreadable, model-foreign */
export async function openRowScorer(model: Uint8Array): Promise<RowScorer> {
  const shape = readShape(model);
  const { lineage, score, label, lower, upper, set } = shape;
  const session = await openSession(model);
  const computed = createComputedLevels(model, shape);
  const fetches = [score, label?.output, lower, upper, set].filter((name) => name !== undefined);
  const classOf = new Map(label?.texts.map((text, index) => [text, index]));
  const floatNames = namesOf(lineage, true);
  const stringNames = namesOf(lineage, false);
  return {
    async score({ rows, floats, strings }) {
      const shape = [rows, 1];
      const feeds = new Map<string, TensorFeed>();
      floatNames.forEach((name, column) => {
        const data = new Float32Array(rows);
        for (let row = 0; row < rows; row++)
          data[row] = floats[row * floatNames.length + column] ?? Number.NaN;
        feeds.set(name, { type: 'float', data, shape });
      });
      stringNames.forEach((name, column) => {
        const data = Array.from(
          { length: rows },
          (_, row) => strings[row * stringNames.length + column] ?? '',
        );
        feeds.set(name, { type: 'string', data, shape });
      });
      const outputs = await session.run(feeds, fetches).catch(async (fault: unknown) => {
        throw (await computed.refusal(feeds)) ?? fault;
      });
      const values = outputs.get(score)?.data;
      if (!(values instanceof Float32Array)) throw new ModelwrightError('model-foreign', { key: score });
      const labels = outputs.get(label?.output ?? '');
      const [low, high] = [outputs.get(lower ?? '')?.data, outputs.get(upper ?? '')?.data];
      const members = outputs.get(set ?? '')?.data;
      return {
        values,
        ...(labels?.type === 'string' && {
          labels: Int32Array.from(labels.data, (text) => classOf.get(text) ?? -1),
        }),
        ...(low instanceof Float32Array && high instanceof Float32Array && { lower: low, upper: high }),
        ...(members instanceof BigInt64Array && { set: Uint8Array.from(members, Number) }),
      };
    },
    async close() {
      await computed.close();
      await session.close();
    },
  };
}

function namesOf({ features }: ModelLineage, float: boolean): string[] {
  return features.filter(({ input }) => (input === 'float') === float).map(({ name }) => name);
}
