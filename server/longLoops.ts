/** Imported by processes that pass over millions of rows in loops which run once. */
import { expectLongLoops } from './data/facts/loopFlags.ts';

expectLongLoops();
