/** What `monitor` last found in the log of a deployment, kept beside that log: lint tells it to whoever edits the experiment. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { monitorDocumentSchema } from '../protocol/monitor.ts';
import { replaceFile } from '../store/artifacts.ts';

const checkSchema = monitorDocumentSchema
  .pick({ model: true, run: true, persist: true, windows: true })
  .extend({
    /** ISO instant. */
    time: z.string(),
    effect: z.union([z.enum(['small', 'medium', 'large']), z.number()]),
    /** Columns that were compared. */
    watched: z.int(),
    /** Logged rows that were asked again of the run's model file; `largest` difference of one that differs. */
    replayed: z.object({ rows: z.int(), differing: z.int(), largest: z.number() }).optional(),
  });
export type MonitorCheck = z.infer<typeof checkSchema>;

const fileName = 'checked.json';

/** `folder`: of the deployment. A reader sees the old file or the new one; one that cannot be written costs no comparison. */
export function keepCheck(folder: string, check: MonitorCheck): void {
  try {
    replaceFile(join(folder, fileName), JSON.stringify(check));
  } catch {
    // A full disk or a folder that may only be read: what was found is still told.
  }
}

/** Undefined where nobody has looked yet. */
export function readCheck(folder: string): MonitorCheck | undefined {
  try {
    return checkSchema.parse(JSON.parse(readFileSync(join(folder, fileName), 'utf8')));
  } catch {
    return undefined;
  }
}
