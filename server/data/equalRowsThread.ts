/** Entry of the thread that compares rows: reads the files, answers once and ends. */
import { parentPort, workerData } from 'node:worker_threads';
import { Database } from './database.ts';
import { DuckTable } from './duckTable.ts';
import { compareRows } from './equalRows.ts';
import type { EqualRowsWork } from './equalRowsBeside.ts';

// The only sender is equalRowsBeside.ts, with this very type.
const { question, relation, view, directory } = workerData as EqualRowsWork;
const database = await Database.open({ threads: 1, tempDirectory: directory });
await database.run(view);
const { whole, featured } = await compareRows(new DuckTable({ ...relation, database }), question);
// Made by compareRows, so not shared; the two may be one.
const buffers = new Set([whole, ...(featured ? [featured] : [])].map(({ buffer }) => buffer as ArrayBuffer));
parentPort?.postMessage({ whole, ...(featured ? { featured } : {}) }, [...buffers]);
database.close();
