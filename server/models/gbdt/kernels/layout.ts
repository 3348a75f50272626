/** Where things lie in the memory that all threads share: read by the kernels (AssemblyScript) and by TypeScript alike. */

/** Bytes from here on hold the 32-bit slots, then the 64-bit slots, then what `memory.ts` lays out. */
export const HEADER = 1024;
/** 64-bit float slots start here. */
export const REALS = 1536;
/** First byte that `memory.ts` may hand out. */
export const HEAP = 2048;

// 32-bit slots: the threads.
export const THREADS = 0;
export const JOB = 1;
export const JOB_NUMBER = 2;
export const ARRIVED = 3;
export const PHASE = 4;
export const SLEEPERS = 5;

// 32-bit slots: sizes.
export const ROWS = 8;
export const VALID_ROWS = 9;
export const COLUMNS = 10;
/** Bytes between two rows of row-major bins: `COLUMNS` rounded up to 16. */
export const STRIDE = 11;
/** Bytes between two columns of column-major bins. */
export const PITCH = 12;
export const OUTPUTS = 13;
export const OBJECTIVE = 14;
export const MAX_LEAVES = 15;
export const MAX_DEPTH = 16;
export const MIN_LEAF = 17;
/** 1: a leaf's histogram is kept, so that the larger child is a subtraction; 0: both children are counted. */
export const KEEP = 18;
/** 1: leaf values are set from outside before they are added to raw scores (JOB_ADD). */
export const RENEW = 19;

// 32-bit slots: one tree.
export const OUTPUT = 20;
/** Columns of this tree. */
export const CHOSEN = 21;
/** A row is in the bag when its hash is at most this (unsigned); all bits set: every row. */
export const BAG_LIMIT = 22;
export const BAG_SEED = 23;
/** Written by the kernels: nodes of the tree just grown. */
export const NODE_COUNT = 24;
/** 1: some column is monotone. */
export const MONOTONE = 25;
/** Address of a sign a column: 1 the prediction may only rise with it, -1 only fall, 0 either. */
export const MONOTONE_SIGNS = 26;

// 32-bit slots: a forest. Parts of a thread's area as offsets, then what its growth keeps to.
export const FOREST_ROWS = 72;
export const FOREST_DRAWS = 73;
export const FOREST_PAIRS = 74;
export const FOREST_SPARE = 75;
export const FOREST_COLUMNS = 76;
export const FOREST_NODES = 77;
/** Columns tried at a split. */
export const TRIED = 78;
/** A node of fewer rows is not split. */
export const MIN_SPLIT = 79;
/** Sums and numbers of the answers to rows outside the bag, [rows, outputs]. */
export const OOB_SUMS = 80;
export const OOB_COUNTS = 81;

// 32-bit slots: addresses.
export const ROW_BINS = 32;
export const COLUMN_BINS = 33;
export const VALID_BINS = 34;
export const RAW = 35;
export const VALID_RAW = 36;
export const TARGET = 37;
/** 0 when all weights are 1. */
export const WEIGHT = 38;
export const PROBABILITY = 39;
export const PACKED = 40;
export const BLOCK_SUMS = 41;
export const ROW_LIST = 42;
export const ROW_SPARE = 43;
export const BIN_COUNTS = 44;
export const IS_CATEGORY = 45;
/** Column numbers of this tree, ascending, then the gather plan: 32 bytes a 16-column block. */
export const CHOSEN_LIST = 46;
export const GATHER_PLAN = 47;
export const GATHER_BLOCKS = 48;
export const POOL = 49;
export const NODES = 50;
export const THREAD_AREA = 51;
export const THREAD_BYTES = 52;
export const GATHER_ROWS = 53;
export const SAMPLES = 54;
export const SAMPLE_BYTES = 55;

// 32-bit slots: arguments of the binning jobs.
export const ARGUMENT = 56;

// 64-bit slots.
export const LEARNING_RATE = 0;
export const L1 = 1;
export const L2 = 2;
/** The share that a quantile objective asks for. */
export const QUANTILE_LEVEL = 3;
/** Errors beyond this count linearly under the Huber objective. */
export const HUBER_DELTA = 4;

// Jobs.
export const JOB_QUIT = 0;
export const JOB_SORT = 1;
export const JOB_BIN = 2;
export const JOB_INTERLEAVE = 3;
export const JOB_GROW = 4;
export const JOB_APPLY = 5;
/** Adds the values of the tree just grown, as its nodes hold them. */
export const JOB_ADD = 6;
export const JOB_FOREST = 7;
export const JOB_OUT_OF_BAG = 8;

// Objectives.
export const BINARY = 0;
export const MULTICLASS = 1;
export const SQUARED = 2;
export const POISSON = 3;
export const QUANTILE = 4;
export const HUBER = 5;
export const FOCAL = 6;
export const FOCAL_MULTICLASS = 7;

/** Rows of a block: threads own whole blocks, and sums are formed block by block, so that their number changes no bit. */
export const BLOCK = 4096;

/** A histogram: 256 bins of 8 bytes a column. */
export const HISTOGRAM_BYTES = 2048;

// A node: 64 bytes.
export const NODE_BYTES = 64;
/** -1: a leaf. */
export const NODE_COLUMN = 0;
export const NODE_LEFT = 4;
export const NODE_RIGHT = 8;
/** Numeric: the last bin that goes left. */
export const NODE_CUT = 12;
/** Rows of the bag that reach it. */
export const NODE_ROWS = 20;
export const NODE_VALUE = 24;
/** 256 bits: bin b goes left. */
export const NODE_SET = 32;

// A thread's own area, in this order; leaves, counted histogram and gather buffers follow.
/** Two children x two parities of local row counts. */
export const AREA_COUNTS = 0;
/** Best splits of up to two leaves among this thread's columns. */
export const AREA_BEST = 16;
export const AREA_GO_LEFT = 160;
export const AREA_PREFIX = 416;
export const AREA_LEVELS = 2496;
export const AREA_LEAVES = 4608;

// A thread's own area when it grows trees of a forest: the number of nodes, then a stack; the other parts follow.
export const FOREST_COUNT = 0;
export const FOREST_AREA = 16;
/** Entries of the stack: more than the deepest tree has levels, each of 16 bytes. */
export const FOREST_STACK = 320;
/** Weight and weighted sum as doubles, rows. */
export const FOREST_BIN_BYTES = 32;

// A split candidate: 64 bytes.
export const SPLIT_BYTES = 64;
export const SPLIT_GAIN = 0;
/** Place in the list of chosen columns. */
export const SPLIT_COLUMN = 8;
export const SPLIT_CUT = 12;
export const SPLIT_LEFT_SUM = 16;
export const SPLIT_SET = 32;

// A leaf: 128 bytes.
export const LEAF_BYTES = 128;
export const LEAF_BEGIN = 0;
export const LEAF_LOCAL = 4;
export const LEAF_NODE = 8;
export const LEAF_DEPTH = 12;
export const LEAF_SLOT = 16;
/** How often a split of it had too few rows on a side: the demanded share of hessian doubles each time. */
export const LEAF_STRICT = 20;
export const LEAF_SUM = 24;
export const LEAF_ROWS = 32;
export const LEAF_SPLIT = 40;
/** Rows outside the bag: listed apart, they only go along. */
export const LEAF_OUT_BEGIN = 104;
export const LEAF_OUT_LOCAL = 108;
/** Between these its value must lie. */
export const LEAF_LOW = 112;
export const LEAF_HIGH = 120;
