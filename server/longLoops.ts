/**
 * Imported by processes that pass over millions of rows in loops which run once. V8's middle compiler (Node 24.21)
 * takes such a loop over while it runs and often never hands it on: one of 400 million steps took .56 s or 2.8 s by
 * chance. Without it every loop reaches the last compiler. That one works beside the loop by default, which on two busy
 * processors crawls on until it has had its turn; for the few milliseconds that it takes the loop had better wait.
 */
import { setFlagsFromString } from 'node:v8';

setFlagsFromString('--no-maglev');
setFlagsFromString('--no-concurrent-osr');
