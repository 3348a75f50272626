/** The editor's end of the connection, and a small workspace to ask about. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as z from 'zod';
import type { Call } from '../../server/protocol/call.ts';
import { answerSchema } from '../../server/protocol/workbench.ts';
import { serveWorkbench } from '../../server/runs/answers/workbench.ts';
import { temporaryFolder } from '../temporary.ts';

interface Notification<Params> {
  readonly method: string;
  readonly params: z.ZodType<Params>;
}

/** The server's end of the connection, as the editor's end sees it. */
export function connect() {
  const answers = new Map<string, (params: unknown, token: never) => Promise<unknown>>();
  const notes: { readonly method: string; readonly params: unknown }[] = [];
  serveWorkbench({
    onRequest: (method, answer) => answers.set(method, answer as never), // Only the token's type is narrower.
    sendNotification: async (method, params) => {
      notes.push({ method, params });
    },
  });
  const token = { isCancellationRequested: false, onCancellationRequested: () => {} };
  async function ask<Params, Result>(call: Call<Params, Result>, params: Params): Promise<Result> {
    const answer = answerSchema.parse(await answers.get(call.method)?.(params, token as never)); // As above.
    if ('failure' in answer) throw new Error(answer.failure.code);
    return call.result.parse(answer.result);
  }
  /** Everything that the server has told under one name so far. */
  function told<Params>({ method, params }: Notification<Params>): Params[] {
    return notes.filter((note) => note.method === method).map((note) => params.parse(note.params));
  }
  return { ask, told, methods: answers };
}

export function workspaceWithTable(): { workspace: string; file: string } {
  const workspace = temporaryFolder();
  const rows = Array.from({ length: 300 }, (_, row) => `${row},${row % 17},${row % 17 > 8 ? 1 : 0}`);
  writeFileSync(join(workspace, 'rows.csv'), `id,x,y\n${rows.join('\n')}\n`);
  const file = join(workspace, 'churn.experiment.yaml');
  writeFileSync(
    file,
    'data: {source: rows.csv, id: id}\ntarget: y\nmodel: linear\nvariants: {short: {metric: f1}}\n',
  );
  return { workspace, file };
}
