/** XGBoost itself, called through its C API: training step by step, the model as JSON, and its own raw scores. */
import type { LibraryHandle } from 'koffi';
import { ModelwrightError } from '../catalog/errors.ts';
import './libraryEnvironment.ts';
import { requireBoostingLibrary } from './installed.ts';

/** Row-major float32 [rows, kinds.length]; `c` columns hold codes from 0, `q` columns numbers, NaN where missing. */
export interface DenseRows {
  readonly values: Float32Array;
  readonly rows: number;
  readonly kinds: readonly ('q' | 'c')[];
}

export interface LabelledDenseRows extends DenseRows {
  readonly label: Float32Array;
  readonly weight?: Float32Array;
}

export interface XgboostTraining {
  /** Grows one tree an output. */
  step(): void;
  /** Raw scores of the validation rows after the last step, row-major [rows, outputs]. */
  validRaw(): Float32Array;
  /** The first `iterations` steps as XGBoost's own JSON; all of them for 0. */
  saveJson(iterations: number): string;
  close(): void;
}

export interface Xgboost {
  /** `parameters` by the names that its documentation has. */
  train(
    parameters: Readonly<Record<string, string | number>>,
    rows: { readonly train: LabelledDenseRows; readonly valid?: LabelledDenseRows },
  ): XgboostTraining;
  /** Raw scores of a model's JSON, row-major [rows, outputs]. */
  score(json: string, rows: DenseRows): Float32Array;
}

type Handle = unknown;
type Call = (...values: unknown[]) => number;

/** @throws ModelwrightError model-setting where it is not installed */
export async function openXgboost(): Promise<Xgboost> {
  opened ??= load(requireBoostingLibrary('xgboost'));
  return await opened;
}
let opened: Promise<Xgboost> | undefined;

const asJson = '{"format": "json"}';
/** Type 1: margins; of all trees. */
const rawScores =
  '{"type": 1, "training": false, "iteration_begin": 0, "iteration_end": 0, "strict_shape": false}';

/** The functions that are called, by what they do. */
function bindCalls(library: LibraryHandle) {
  const lastError = library.func('const char* XGBGetLastError()');
  /** Every call answers 0, or leaves its fault as text: a sentence, then a stack. */
  const bind = (signature: string): Call => {
    const call = library.func(`int ${signature}`);
    return (...values) => {
      if (call(...values) === 0) return 0;
      const [reason = ''] = String(lastError()).split('\nStack trace');
      throw new ModelwrightError('engine-failed', { engine: 'XGBoost', reason: reason.trim() });
    };
  };
  return {
    configure: bind('XGBSetGlobalConfig(const char*)'),
    createMatrix: bind('XGDMatrixCreateFromMat(const void*, uint64_t, uint64_t, float, _Out_ void**)'),
    setKinds: bind('XGDMatrixSetStrFeatureInfo(void*, const char*, const char**, uint64_t)'),
    setField: bind('XGDMatrixSetFloatInfo(void*, const char*, const void*, uint64_t)'),
    freeMatrix: bind('XGDMatrixFree(void*)'),
    createBooster: bind('XGBoosterCreate(void**, uint64_t, _Out_ void**)'),
    setParameter: bind('XGBoosterSetParam(void*, const char*, const char*)'),
    update: bind('XGBoosterUpdateOneIter(void*, int, void*)'),
    predict: bind(
      'XGBoosterPredictFromDMatrix(void*, void*, const char*, _Out_ void**, _Out_ uint64_t*, _Out_ void**)',
    ),
    slice: bind('XGBoosterSlice(void*, int, int, int, _Out_ void**)'),
    saveModel: bind('XGBoosterSaveModelToBuffer(void*, const char*, _Out_ uint64_t*, _Out_ void**)'),
    loadModel: bind('XGBoosterLoadModelFromBuffer(void*, const void*, uint64_t)'),
    freeBooster: bind('XGBoosterFree(void*)'),
  };
}

async function load(file: string): Promise<Xgboost> {
  const { default: koffi } = await import('koffi');
  const call = bindCalls(koffi.load(file));
  call.configure('{"verbosity": 0}');

  function openMatrix({ values, rows, kinds }: DenseRows): Handle {
    const out: [Handle] = [null];
    call.createMatrix(values, rows, kinds.length, Number.NaN, out);
    call.setKinds(out[0], 'feature_type', kinds, kinds.length);
    return out[0];
  }

  function openLabelled(rows: LabelledDenseRows): Handle {
    const matrix = openMatrix(rows);
    call.setField(matrix, 'label', rows.label, rows.rows);
    if (rows.weight) call.setField(matrix, 'weight', rows.weight, rows.rows);
    return matrix;
  }

  /** Copied: the library's own memory is overwritten by the next call. */
  function rawOf(booster: Handle, matrix: Handle): Float32Array {
    const [shape, dimensions, result]: [[Handle], [number], [Handle]] = [[null], [0], [null]];
    call.predict(booster, matrix, rawScores, shape, dimensions, result);
    const sizes: unknown[] = koffi.decode(shape[0], 'uint64_t', Number(dimensions[0]));
    const length = sizes.reduce<number>((product, size) => product * Number(size), 1);
    // The documented type of a decoded array of floats.
    return (koffi.decode(result[0], koffi.array('float', length, 'Typed')) as Float32Array).slice();
  }

  function jsonOf(booster: Handle): string {
    const [length, text]: [[number], [Handle]] = [[0], [null]];
    call.saveModel(booster, asJson, length, text);
    const bytes = koffi.decode(text[0], koffi.array('uint8_t', Number(length[0]), 'Typed'));
    return Buffer.from(bytes).toString('utf8');
  }

  return {
    train(parameters, { train, valid }) {
      const data = openLabelled(train);
      const held = valid && openLabelled(valid);
      // Of matrices that it is made with, a booster keeps the scores from step to step.
      const known = held === undefined ? [data] : [data, held];
      const booster: [Handle] = [null];
      call.createBooster(known, known.length, booster);
      for (const [name, value] of Object.entries(parameters))
        call.setParameter(booster[0], name, String(value));
      let done = 0;
      return {
        step() {
          call.update(booster[0], done, data);
          done++;
        },
        validRaw: () => rawOf(booster[0], held),
        saveJson(iterations) {
          if (iterations === 0 || iterations === done) return jsonOf(booster[0]);
          const first: [Handle] = [null];
          call.slice(booster[0], 0, iterations, 1, first);
          const text = jsonOf(first[0]);
          call.freeBooster(first[0]);
          return text;
        },
        close() {
          call.freeBooster(booster[0]);
          for (const matrix of known) call.freeMatrix(matrix);
        },
      };
    },
    score(json, rows) {
      if (rows.rows === 0) return new Float32Array();
      const bytes = Buffer.from(json);
      const booster: [Handle] = [null];
      call.createBooster([], 0, booster);
      call.loadModel(booster[0], bytes, bytes.length);
      const matrix = openMatrix(rows);
      const scores = rawOf(booster[0], matrix);
      call.freeMatrix(matrix);
      call.freeBooster(booster[0]);
      return scores;
    },
  };
}
