/** What was measured on this machine, kept in the user's cache so that it is measured once. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, hostname } from 'node:os';
import { dirname, join } from 'node:path';
import * as z from 'zod';
import { hasNvidia } from './detect.ts';
import { cacheFolder, tfjsNodeWithAddon } from './installed.ts';

const speed = z.object({ small: z.number().positive(), large: z.number().positive() });
const entrySchema = z.object({
  device: z.string(),
  /** Absent where the engine did not work. */
  speed: speed.optional(),
  reason: z.string(),
});
const fileSchema = z.object({ machine: z.string(), engines: z.record(z.string(), entrySchema) });

export type MeasuredEngine = z.infer<typeof entrySchema>;

const file = () => join(cacheFolder(), 'engines.json');

/** Another processor, card, Node or addon makes what was measured worthless. */
function machine(): string {
  const model = cpus()[0]?.model ?? '';
  return [hostname(), model, cpus().length, process.version, tfjsNodeWithAddon() ?? '', hasNvidia()].join(
    '|',
  );
}

export function readMeasured(): ReadonlyMap<string, MeasuredEngine> {
  try {
    const saved = fileSchema.parse(JSON.parse(readFileSync(file(), 'utf8')));
    if (saved.machine === machine()) return new Map(Object.entries(saved.engines));
  } catch {
    // Absent, damaged or of another version: measured again.
  }
  return new Map();
}

/** A cache that cannot be written costs a measurement next time, no more. */
export function saveMeasured(measured: ReadonlyMap<string, MeasuredEngine>): void {
  try {
    mkdirSync(dirname(file()), { recursive: true });
    writeFileSync(file(), JSON.stringify({ machine: machine(), engines: Object.fromEntries(measured) }));
  } catch {
    // As above.
  }
}
