/** Measured inside the extension host for bench/editor.ts: what activation costs, and how soon the server answers. */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { extensions } from 'vscode';

/** What the extension gives to whoever activates it (extension/main.ts). */
interface Activated {
  readonly ready: Promise<void>;
}

/** Appends one line of JSON: milliseconds. The folder holds no experiment, so nothing has activated it before. */
export async function run(): Promise<void> {
  const extension = extensions.getExtension<Activated>('modelwright.modelwright');
  if (extension === undefined || extension.isActive) throw new Error('there is nothing to measure');
  // What it costs by itself: a window that has just opened keeps all processors busy for seconds.
  await sleep(5000);
  const begun = performance.now();
  const { ready } = await extension.activate();
  const activated = performance.now() - begun;
  await ready;
  const line = { activated, ready: performance.now() - begun };
  appendFileSync(process.env['MODELWRIGHT_BENCH_REPORT'] ?? '', `${JSON.stringify(line)}\n`);
}
