/** Composition root of the data worker: answers the server's questions about tables, and ends with it. */
import './longLoops.ts';
import { createHash } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { carriedError } from './catalog/carriedError.ts';
import { openAhead } from './data/facts/glimpse.ts';
import { createAnswerer } from './data/worker/answer.ts';
import { type DataReply, dataRequestSchema } from './protocol/dataMessages.ts';

const [, , directory = tmpdir(), use] = process.argv;
// The bundle names its parts by their content, so that its entry changes whenever the code does.
const version = createHash('sha256')
  .update(readFileSync(fileURLToPath(import.meta.url)))
  .digest('hex');
const answer = createAnswerer(directory, version);
if (use === 'glimpses') openAhead(directory);

process.on('message', async (message) => {
  const answered = await reply(message);
  // Who has the answer may end this process at once: what has been compiled is kept for the next one before that.
  flushCompileCache();
  process.send?.(answered);
});

process.once('disconnect', () => {
  if (directory !== tmpdir()) rmSync(directory, { recursive: true, force: true });
  process.exit();
});

async function reply(message: unknown): Promise<DataReply> {
  try {
    return { kind: 'result', result: await answer(dataRequestSchema.parse(message)) };
  } catch (error) {
    return { kind: 'failure', failure: carriedError(error, 'internal-error') };
  }
}
