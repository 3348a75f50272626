/**
 * Where things lie in the memory of a linear fit: read by the kernels (AssemblyScript) and by TypeScript alike. The
 * slots of the threads come first, as gradient boosting's layout has them.
 */

/** First byte that machine.ts may hand out: the tables of log that the compiler adds lie before it. */
export const HEAP = 32768;

/** Rows that are looked at together: with 20 to 50 columns they fit the second-level cache. Even. */
export const BLOCK = 512;

// Jobs, beside the one that ends the threads.
/** Loss and gradient at POINT, a sum a chunk in PARTIALS. */
export const JOB_EVALUATE = 201;
/** XᵀDX at POINT, the sums of a chunk in PARTIALS. */
export const JOB_CURVATURE = 202;

// 32-bit slots: sizes.
/** Rows in memory, and of a chunk of them: chunks are summed apart, so that the bits do not depend on the threads. */
export const ROWS = 8;
export const CHUNK_ROWS = 9;
export const NUMERIC = 10;
export const CATEGORIES = 11;
/** Coefficients of one output, and where its intercept stands; -1 without one. */
export const WIDTH = 12;
export const INTERCEPT = 13;
export const OUTPUTS = 14;
export const OBJECTIVE = 15;
/** What JOB_CURVATURE sums: FULL, DIAGONAL or JOINT. */
export const CURVATURE = 16;
/** float64 numbers of a chunk in PARTIALS. */
export const PARTIAL_SIZE = 17;
/** The next chunk that no thread has taken. */
export const NEXT_CHUNK = 18;
/** Rows between two columns. */
export const PITCH = 19;
/** Of each chunk the first block and every so many-th after it are looked at. */
export const EVERY = 20;

// 32-bit slots: addresses.
/** float32 [NUMERIC, PITCH]. */
export const X = 32;
/** float64 [NUMERIC]: subtracted from the columns. */
export const CENTER = 33;
/** uint32 [CATEGORIES, PITCH]. */
export const CODES = 34;
/** uint32 [CATEGORIES]: the coefficient of code 0. */
export const STARTS = 35;
/** float64: class index or value. */
export const TARGET = 36;
/** float64; 0 where all rows weigh 1. */
export const WEIGHT = 37;
/** float64 [OUTPUTS, WIDTH]. */
export const POINT = 38;
export const PARTIALS = 39;
/** THREAD_BYTES for each thread: its RAW, CURVES and panels. */
export const AREA = 40;
export const THREAD_BYTES = 41;
/** Parts of an area, in bytes from its start: float64 [OUTPUTS, BLOCK] raw outputs, then residuals or curvatures. */
export const AREA_RAW = 42;
/** float64 [BLOCK]: weights of rows in XᵀDX. */
export const AREA_WEIGHTS = 43;
/** float64 [DENSE, BLOCK]: centred columns and the ones of the intercept; then the same weighted, row by row. */
export const AREA_COLUMNS = 44;
export const AREA_WEIGHTED = 45;

// 64-bit slots.
export const QUANTILE = 0;
/** Width over which the corner of the pinball loss is rounded. */
export const SMOOTHING = 1;

// OBJECTIVE.
export const BINARY = 0;
export const MULTICLASS = 1;
export const SQUARED = 2;
export const POISSON = 3;
export const PINBALL = 4;

// CURVATURE: a matrix [WIDTH, WIDTH] an output (lower triangle), its diagonal alone, or a matrix for each pair of
// outputs k >= l in the order (0, 0), (1, 0), (1, 1), (2, 0), …
export const FULL = 0;
export const DIAGONAL = 1;
export const JOINT = 2;
