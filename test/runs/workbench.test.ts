import { appendFileSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { deploymentCalls } from '../../server/protocol/deployments.ts';
import { diagnoseCall } from '../../server/protocol/doctor.ts';
import { modelCalls } from '../../server/protocol/models.ts';
import { driftCalls } from '../../server/protocol/monitor.ts';
import { calls, runsChanged } from '../../server/protocol/workbench.ts';
import { connect, workspaceWithTable } from './editorSide.ts';

describe('the editor asks the server', () => {
  it('and every call has its answer', () => {
    const { methods } = connect();
    expect([...methods.keys()].sort()).toEqual(
      [calls, modelCalls, deploymentCalls, driftCalls]
        .flatMap((table) => Object.values(table))
        .concat(diagnoseCall)
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
    const { ask, told } = connect();
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
    expect(told(runsChanged)).toContainEqual({ workspace, listed: true, running: [] });
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

  it('to reproduce a run: a run of its own with the same files, as long as the data is the same', async () => {
    const { workspace, file } = workspaceWithTable();
    const { ask } = connect();
    const ended = async (id: string) => {
      for (;;) {
        const { head } = await ask(calls.showRun, { workspace, id, after: 0 });
        if (head.status !== 'running') return head.status;
        await sleep(50);
      }
    };
    const { id } = await ask(calls.startRun, { workspace, file, variant: null });
    expect(await ended(id)).toBe('finished');
    // What the file says by now does not matter.
    writeFileSync(file, 'data: rows.csv\ntarget: nothing\n');
    const { id: again } = await ask(calls.reproduceRun, { workspace, id });
    expect(again).not.toBe(id);
    expect(await ended(again)).toBe('finished');
    const same = await ask(calls.sameFiles, { workspace, ids: [id, again] });
    expect(same).toEqual({ model: true, predictions: true });

    appendFileSync(join(workspace, 'rows.csv'), '300,3,0\n');
    await expect(ask(calls.reproduceRun, { workspace, id })).rejects.toThrow('run-data-changed');
  });
});
