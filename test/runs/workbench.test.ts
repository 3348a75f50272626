import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { answerSchema, type Call, calls, runsChanged } from '../../server/protocol/workbench.ts';
import { serveWorkbench } from '../../server/runs/workbench.ts';
import { temporaryFolder } from '../temporary.ts';

/** The server's end of the connection, as the editor's end sees it. */
function connect() {
  const answers = new Map<string, (params: unknown, token: never) => Promise<unknown>>();
  const changes: unknown[] = [];
  serveWorkbench({
    onRequest: (method, answer) => answers.set(method, answer as never), // Only the token's type is narrower.
    sendNotification: async (method, params) => {
      if (method === runsChanged.method) changes.push(runsChanged.params.parse(params));
    },
  });
  const token = { isCancellationRequested: false, onCancellationRequested: () => {} };
  async function ask<Params, Result>(call: Call<Params, Result>, params: Params): Promise<Result> {
    const answer = answerSchema.parse(await answers.get(call.method)?.(params, token as never)); // As above.
    if ('failure' in answer) throw new Error(answer.failure.code);
    return call.result.parse(answer.result);
  }
  return { ask, changes, methods: answers };
}

function workspaceWithTable(): { workspace: string; file: string } {
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

describe('the editor asks the server', () => {
  it('and every call has its answer', () => {
    const { methods } = connect();
    expect([...methods.keys()].sort()).toEqual(
      Object.values(calls)
        .map(({ method }) => method)
        .sort(),
    );
  });

  it('to list runs of a folder without a store: there are none, and none is made', async () => {
    const { workspace } = workspaceWithTable();
    const { ask } = connect();
    expect(await ask(calls.listRuns, { workspaces: [workspace], limit: 10 })).toEqual({ runs: [] });
    await expect(ask(calls.showRun, { workspace, id: 'x', after: 0 })).rejects.toThrow('run-not-found');
    expect(existsSync(join(workspace, '.modelwright'))).toBe(false);
  });

  it('to run, show, compare and delete, and hears when a run comes and ends', async () => {
    const { workspace, file } = workspaceWithTable();
    const { ask, changes } = connect();
    const listed = async () => (await ask(calls.listRuns, { workspaces: [workspace], limit: 10 })).runs;
    expect((await ask(calls.listExperiments, { workspaces: [workspace] })).experiments).toMatchObject([
      { file, path: 'churn.experiment.yaml', variants: ['short'] },
    ]);
    await listed();

    const { id } = await ask(calls.startRun, { workspace, file, variant: null });
    const { id: other } = await ask(calls.startRun, { workspace, file, variant: 'short' });
    while ((await listed()).some(({ status }) => status === 'running')) await sleep(50);

    const [second, first] = await listed();
    expect([second?.id, first?.id, first?.status]).toEqual([other, id, 'finished']);
    expect([first?.settings['metric'], second?.settings['metric']]).not.toEqual([undefined, undefined]);
    expect(second?.settings['target']).toBeUndefined();

    const shown = await ask(calls.showRun, { workspace, id: other, after: 0 });
    expect(shown.before).toBe(id);
    expect(shown.settings.find(({ path }) => path === 'metric')?.value).toBe('f1');
    const last = shown.events.at(-1)?.sequence ?? 0;
    expect((await ask(calls.showRun, { workspace, id: other, after: last })).events).toEqual([]);

    const { parameters, metrics } = await ask(calls.compareRuns, { workspace, ids: [id, other] });
    expect(parameters.map(({ path }) => path)).toContain('metric');
    expect(metrics.find(({ name }) => name === 'roc_auc')).toMatchObject({ difference: 0 });

    const { card } = await ask(calls.card, { workspace, id });
    expect(card.sections.map(({ id: section }) => section)).toContain('quality');

    await ask(calls.deleteRun, { workspace, id });
    expect((await listed()).map((run) => run.id)).toEqual([other]);
    await ask(calls.restoreRun, { workspace, id });
    expect(await listed()).toHaveLength(2);
    await expect(ask(calls.cancelRun, { workspace, id })).rejects.toThrow('run-not-running');
    await sleep(1500);
    expect(changes).toContainEqual({ workspace, listed: true, running: [] });
  });

  it('for what cannot run, and gets the failure of the terminal', async () => {
    const { workspace, file } = workspaceWithTable();
    writeFileSync(file, 'data: rows.csv\ntarget: nothing\n');
    await expect(connect().ask(calls.startRun, { workspace, file, variant: null })).rejects.toThrow(
      'target-not-found',
    );
  });

  it('to draft an experiment from a table', async () => {
    const { workspace } = workspaceWithTable();
    const { ask } = connect();
    const data = join(workspace, 'rows.csv');
    const { targets } = await ask(calls.guessTargets, { data });
    expect(targets[0]).toBe('y');
    const { text } = await ask(calls.draftExperiment, { data, target: 'y', folder: workspace });
    expect(text).toContain('source: rows.csv');
  });
});
