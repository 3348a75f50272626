/** What a deployment says of itself, in a file of its own beside its log: written by its process, read by all others. */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import type { Store } from '../store/store.ts';
import { deploymentFolder } from './deployments.ts';
import type { Model } from './model.ts';

const figuresSchema = z.object({
  requests: z.int(),
  /** Requests answered with 4xx, and with 5xx. */
  rejected: z.int(),
  failed: z.int(),
  rows: z.int(),
  /** Rows answered although a value lay outside the contract; older processes do not tell. */
  outside: z.int().default(0),
  rate: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
/** Latencies in milliseconds. One entry a model, in the order of the deployment. */
export type Figures = z.infer<typeof figuresSchema>;

/** What a deployment has last said of itself; at most a tenth of a second old while it runs. */
export function readFigures(store: Store, id: string): Figures[] {
  try {
    const text = readFileSync(join(deploymentFolder(store, id), 'figures.json'), 'utf8');
    return z.array(figuresSchema).parse(JSON.parse(text));
  } catch {
    // It has not answered anything yet.
    return [];
  }
}

/** How often figures that have changed are written. A file of its own: a busy store must not keep requests waiting. */
const figuresInterval = 100;

/** Writes them to `path` whenever they are others, until it is stopped. */
export function keepFigures(models: readonly Model[], path: string) {
  let written = '';
  let writing = Promise.resolve();
  const write = async () => {
    const text = JSON.stringify(models.map(({ statistics }) => figuresSchema.parse(statistics.snapshot())));
    if (text === written) return;
    written = text;
    // A reader sees the old file or the new one. A full disk costs figures, not answers.
    await writeFile(`${path}.new`, text)
      .then(() => rename(`${path}.new`, path))
      .catch(() => undefined);
  };
  const next = () => {
    writing = writing.then(write);
    return writing;
  };
  const timer = setInterval(next, figuresInterval);
  return {
    async stop() {
      clearInterval(timer);
      await next();
    },
  };
}
