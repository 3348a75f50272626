/** LightGBM itself, called through its C API: training step by step, the model as text, and its own raw scores. */
import { ModelwrightError } from '../catalog/errors.ts';
import './libraryEnvironment.ts';
import { requireBoostingLibrary } from './installed.ts';

/** Column-major float32 [rows, columns]. */
export interface DenseColumns {
  readonly values: Float32Array;
  readonly rows: number;
  readonly columns: number;
}

export interface LabelledColumns extends DenseColumns {
  readonly label: Float32Array;
  readonly weight?: Float32Array;
}

export interface LightGbmTraining {
  /** Grows one tree an output; true where nothing is left to split. */
  step(): boolean;
  /** Scores of the validation rows after the last step, output by output, as the objective turns them (probabilities, rates). */
  validScores(): Float64Array;
  /** The first `iterations` steps as LightGBM's own text; all of them for 0. */
  saveText(iterations: number): string;
  close(): void;
}

export interface LightGbm {
  /** `parameters` as LightGBM's command line writes them. */
  train(
    parameters: string,
    rows: { readonly train: LabelledColumns; readonly valid?: LabelledColumns },
  ): LightGbmTraining;
  /** Raw scores of a model's text, row-major [rows, outputs]. */
  score(text: string, rows: DenseColumns, outputs: number): Float64Array;
}

type Handle = unknown;
type Call = (...values: unknown[]) => number;

/** @throws ModelwrightError model-setting where it is not installed */
export async function openLightGbm(): Promise<LightGbm> {
  opened ??= load(requireBoostingLibrary('lightgbm'));
  return await opened;
}
let opened: Promise<LightGbm> | undefined;

const float32 = 0;
const rawScore = 1;

async function load(file: string): Promise<LightGbm> {
  const { default: koffi } = await import('koffi');
  const library = koffi.load(file);
  const lastError = library.func('const char* LGBM_GetLastError()');
  /** Every call answers 0, or leaves its fault as text. */
  const bind = (signature: string): Call => {
    const call = library.func(`int LGBM_${signature}`);
    return (...values) => {
      if (call(...values) === 0) return 0;
      throw new ModelwrightError('engine-failed', { engine: 'LightGBM', reason: String(lastError()) });
    };
  };
  const createDataset = bind(
    'DatasetCreateFromMat(const void*, int, int32_t, int32_t, int, const char*, void*, _Out_ void**)',
  );
  const setField = bind('DatasetSetField(void*, const char*, const void*, int, int)');
  const freeDataset = bind('DatasetFree(void*)');
  const createBooster = bind('BoosterCreate(void*, const char*, _Out_ void**)');
  const addValid = bind('BoosterAddValidData(void*, void*)');
  const update = bind('BoosterUpdateOneIter(void*, _Out_ int*)');
  const predictLength = bind('BoosterGetNumPredict(void*, int, _Out_ int64_t*)');
  const getPredict = bind('BoosterGetPredict(void*, int, _Out_ int64_t*, void*)');
  const saveModel = bind('BoosterSaveModelToString(void*, int, int, int, int64_t, _Out_ int64_t*, void*)');
  const loadModel = bind('BoosterLoadModelFromString(const char*, _Out_ int*, _Out_ void**)');
  const predict = bind(
    'BoosterPredictForMat(void*, const void*, int, int32_t, int32_t, int, int, int, int, const char*, _Out_ int64_t*, void*)',
  );
  const freeBooster = bind('BoosterFree(void*)');

  function openDataset(rows: LabelledColumns, parameters: string, reference: Handle): Handle {
    const out: [Handle] = [null];
    createDataset(rows.values, float32, rows.rows, rows.columns, 0, parameters, reference, out);
    setField(out[0], 'label', rows.label, rows.rows, float32);
    if (rows.weight) setField(out[0], 'weight', rows.weight, rows.rows, float32);
    return out[0];
  }

  return {
    train(parameters, { train, valid }) {
      const data = openDataset(train, parameters, null);
      const held = valid && openDataset(valid, parameters, data);
      const booster: [Handle] = [null];
      createBooster(data, parameters, booster);
      if (held) addValid(booster[0], held);
      return {
        step() {
          const finished: [number] = [0];
          update(booster[0], finished);
          return finished[0] === 1;
        },
        validScores() {
          const length: [number] = [0];
          predictLength(booster[0], 1, length);
          const scores = new Float64Array(Number(length[0]));
          getPredict(booster[0], 1, length, scores);
          return scores;
        },
        saveText(iterations) {
          const length: [number] = [0];
          saveModel(booster[0], 0, iterations, 0, 0, length, null);
          const text = Buffer.alloc(Number(length[0]));
          saveModel(booster[0], 0, iterations, 0, text.length, length, text);
          return text.toString('utf8', 0, text.length - 1);
        },
        close() {
          freeBooster(booster[0]);
          if (held) freeDataset(held);
          freeDataset(data);
        },
      };
    },
    score(text, { values, rows, columns }, outputs) {
      const scores = new Float64Array(rows * outputs);
      if (rows === 0) return scores;
      const booster: [Handle] = [null];
      loadModel(text, [0], booster);
      const options = [float32, rows, columns, 0, rawScore, 0, -1, 'verbosity=-1', [0]];
      predict(booster[0], values, ...options, scores);
      freeBooster(booster[0]);
      return scores;
    },
  };
}
