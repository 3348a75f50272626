/**
 * Where things lie in the memory of a network's fit: read by the kernels (AssemblyScript) and by TypeScript alike. The
 * slots of the threads come first, as gradient boosting's layout has them.
 */

/** First byte that kernelMemory.ts may hand out: the tables of exp and log that the compiler adds lie before it. */
export const HEAP = 32768;

// Jobs, beside the one that ends the threads.
/** Steps FIRST_STEP .. LAST_STEP - 1 of an epoch. */
export const JOB_TRAIN = 101;
/** Raw outputs of the rows at X, without dropout. */
export const JOB_PREDICT = 102;

// 32-bit slots: sizes.
export const ROWS = 8;
/** Rows of a batch, and rows that its arrays have room for (a multiple of four). */
export const BATCH = 9;
export const BATCH_ROOM = 10;
/** Hidden layers and the output layer. */
export const LAYERS = 11;
/** Numeric columns rounded up to eight. */
export const NUMERIC = 12;
export const EMBEDDINGS = 13;
export const OUTPUTS = 14;
export const OBJECTIVE = 15;
export const ACTIVATION = 16;
export const BATCH_NORM = 17;
/** Parameters in all, and the first of them that penalties hold small; multiples of eight. */
export const PARAMETER_COUNT = 18;
export const DECAYED_COUNT = 19;
export const OPTIMIZER = 20;
export const FIRST_STEP = 21;
export const LAST_STEP = 22;
export const DROPOUT_SEED = 23;
/** Steps before this epoch: dropout goes on from there. */
export const STEPS_BEFORE = 24;
/** 1: losses of classes are focal. */
export const FOCAL = 25;

// 32-bit slots: addresses.
/** float32 [rows, NUMERIC]. */
export const X = 32;
/** int32 [rows, EMBEDDINGS]. */
export const CODES = 33;
/** float32: class index or value. */
export const TARGET = 34;
/** float32, mean 1; 0 where all are. */
export const WEIGHT = 35;
/** uint32: the rows of the epoch in the order of its steps. */
export const ORDER = 36;
/** float32 a step: learning rate, and the corrections of the two moments. */
export const RATES = 37;
export const FIRST_CORRECTION = 38;
export const SECOND_CORRECTION = 39;
export const PARAMETERS = 40;
export const GRADIENT = 41;
export const FIRST_MOMENT = 42;
export const SECOND_MOMENT = 43;
/** LAYER_BYTES for each layer. */
export const LAYER_TABLE = 44;
/** EMBEDDING_BYTES for each embedding. */
export const EMBEDDING_TABLE = 45;
/** Inputs of the first layer: panels of eight columns. */
export const INPUT = 46;
/** Gradient of those. */
export const INPUT_GRADIENT = 47;
/** float64 a row of the batch. */
export const LOSSES = 48;
/** float64 a CHUNK of parameters. */
export const CHUNK_SUMS = 49;
/** float32 [rows, OUTPUTS]: what JOB_PREDICT writes. */
export const RAW = 50;
/** With mixup: uint32, the row that each of ORDER is mixed with, and float32 a step, the share of its own; else 0. */
export const PARTNERS = 51;
export const SHARES = 52;

// 64-bit slots.
/** Sum over the rows of an epoch, of weight times loss. */
export const LOSS = 0;
export const DROPOUT = 1;
export const SMOOTHING = 2;
export const MOMENTUM = 3;
export const BETA1 = 4;
export const BETA2 = 5;
export const EPSILON = 6;
export const WEIGHT_DECAY = 7;
export const L1 = 8;
export const L2 = 9;
/** Largest norm of the whole gradient; 0: any. */
export const CLIP = 10;
export const QUANTILE = 11;

/** Parameters whose squares are summed together, so that the norm does not depend on the threads. */
export const CHUNK = 1024;

// A layer: 32-bit words.
export const LAYER_BYTES = 128;
/** Inputs and outputs, rounded up to eight. */
export const L_IN = 0;
export const L_OUT = 4;
/** Outputs as they are: dropout numbers its units by them. */
export const L_UNITS = 8;
/** Addresses: weights as panels of eight outputs [out / 8][in][8], and transposed [in / 8][out][8]. */
export const L_WEIGHTS = 12;
export const L_TRANSPOSED = 16;
export const L_BIAS = 20;
/** Panels [out / 8][BATCH_ROOM][8]: before and after the activation, and the gradient before it. */
export const L_BEFORE = 24;
export const L_AFTER = 28;
export const L_DELTA = 32;
/** Batch normalisation: scale and shift, batch mean, 1 / deviation, running mean and variance, normalised values. */
export const L_SCALE = 36;
export const L_SHIFT = 40;
export const L_MEAN = 44;
export const L_INVERSE = 48;
export const L_RUNNING_MEAN = 52;
export const L_RUNNING_VARIANCE = 56;
export const L_NORMAL = 60;

// An embedding: 32-bit words.
export const EMBEDDING_BYTES = 16;
export const E_LEVELS = 0;
export const E_WIDTH = 4;
/** Address of its table [levels, width], and its first column among the inputs. */
export const E_TABLE = 8;
export const E_COLUMN = 12;

// OBJECTIVE.
export const BINARY = 0;
export const MULTICLASS = 1;
export const SQUARED = 2;
/** Of counts, by their log; of a quantile, QUANTILE. */
export const POISSON = 3;
export const PINBALL = 4;

// ACTIVATION.
export const RELU = 0;
export const GELU = 1;
export const SILU = 2;
export const TANH = 3;

// OPTIMIZER.
export const ADAMW = 0;
export const ADAM = 1;
export const SGD = 2;
export const RMSPROP = 3;
