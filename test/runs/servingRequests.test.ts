/** What the editor asks about registered models and deployments, over one run of a small table. */
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { deploymentCalls, deploymentsChanged, loadProgress } from '../../server/protocol/deployments.ts';
import { modelCalls, modelsChanged } from '../../server/protocol/models.ts';
import { calls } from '../../server/protocol/workbench.ts';
import { connect, workspaceWithTable } from './editorSide.ts';

const { ask, told } = connect();
const { workspace, file } = workspaceWithTable();
let run = '';

beforeAll(async () => {
  ({ id: run } = await ask(calls.startRun, { workspace, file, variant: null }));
  const { id: other } = await ask(calls.startRun, { workspace, file, variant: 'short' });
  for (const id of [run, other])
    while ((await ask(calls.showRun, { workspace, id, after: 0 })).head.status === 'running') await sleep(50);
  await ask(modelCalls.register, { workspace, run, name: null, force: false });
  await ask(modelCalls.register, { workspace, run: other, name: 'other', force: false });
});

const listed = async () => (await ask(modelCalls.list, { workspaces: [workspace] })).models;
const served = async () => (await ask(deploymentCalls.list, { workspaces: [workspace] })).deployments;

afterAll(async () => {
  for (const { id, status } of await served())
    if (status === 'running') await ask(deploymentCalls.stop, { workspace, id });
});

/** Waits until the server has told more than so many. */
async function toldMore(count: () => number, than: number): Promise<void> {
  while (count() <= than) await sleep(50);
}

describe('registered models', () => {
  it('are listed with the headline of their run, promoted, named and followed', async () => {
    const [churn, other] = await listed();
    expect(churn).toMatchObject({
      workspace,
      name: 'churn',
      versions: [{ version: 1, stage: 'candidate', aliases: [], run, metric: 'roc_auc' }],
    });
    expect(churn?.versions[0]?.value).toBeGreaterThan(0.9);
    expect(other?.name).toBe('other');

    const changes = told(modelsChanged).length;
    const place = { workspace, name: 'churn', version: 1 };
    await ask(modelCalls.promote, { ...place, stage: 'production', force: false });
    await ask(modelCalls.setAlias, { ...place, alias: 'champion', force: false });
    await toldMore(() => told(modelsChanged).length, changes);
    expect((await listed())[0]?.versions[0]).toMatchObject({
      stage: 'production',
      aliases: ['production', 'champion'],
    });
    await expect(ask(modelCalls.rollBack, { workspace, name: 'churn', alias: 'production' })).rejects.toThrow(
      'model-nothing-before',
    );
    await expect(ask(modelCalls.setAlias, { ...place, alias: 'v1', force: false })).rejects.toThrow(
      'alias-unusable',
    );

    const { changes: audit } = await ask(modelCalls.audit, { workspace, name: 'churn' });
    expect(audit.map(({ action }) => action)).toEqual(['register', 'promote', 'alias']);
    const lineage = await ask(modelCalls.lineage, place);
    expect(lineage).toMatchObject({ run, file, servedBy: [] });
    expect(lineage.data).toMatch(/^sha256:/);
  });

  it('are exported as a file, or with their card', async () => {
    const place = { workspace, name: 'churn', version: 1 };
    const output = join(workspace, 'out', 'churn.onnx');
    expect((await ask(modelCalls.export, { ...place, output })).files).toEqual([output]);
    expect(readFileSync(output).length).toBeGreaterThan(100);
    const { files } = await ask(modelCalls.export, { ...place, output: join(workspace, 'whole') });
    expect(files.every((each) => existsSync(each))).toBe(true);
    expect(files).toHaveLength(3);
  });
});

describe('a deployment', () => {
  it('is served, tried with a real row, loaded, followed and stopped', async () => {
    const { id, url } = await ask(deploymentCalls.serve, { workspace, model: 'churn', port: 0 });
    const place = { workspace, id };
    expect((await served())[0]).toMatchObject({
      id,
      url,
      status: 'running',
      requests: 0,
      rate: 0,
      p95: null,
    });
    const { path, record, origin } = await ask(deploymentCalls.example, place);
    expect([path, record]).toEqual(['/predict', { x: 0 }]);
    expect(origin).toBe(`row 0 of the data of run ${run}`);

    const answer = await ask(deploymentCalls.ask, { ...place, path, body: JSON.stringify(record) });
    expect(answer.status).toBe(200);
    expect(JSON.parse(answer.body)).toMatchObject({ prediction: 0 });
    const refused = await ask(deploymentCalls.ask, { ...place, path, body: '{"x": "many"}' });
    expect(refused.status).toBe(400);
    expect(JSON.parse(refused.body).error).toMatchObject({ code: 'request-value', column: 'x' });

    const changes = told(deploymentsChanged).length;
    const figures = await ask(deploymentCalls.loadTest, { ...place, seconds: 1.5, connections: 2 });
    expect(figures).toMatchObject({ errors: 0 });
    expect(figures.requests).toBeGreaterThan(20);
    expect(figures.rate).toBeCloseTo(figures.requests / figures.seconds, 6);
    const { p50, p95, p99 } = figures;
    expect([p50, p95, p99]).toEqual([p50, p95, p99].map(Number).sort((a, b) => a - b));
    expect(told(loadProgress).every((each) => each.id === id && each.figures.requests > 0)).toBe(true);
    expect(told(loadProgress).length).toBeGreaterThan(0);
    await toldMore(() => told(deploymentsChanged).length, changes);

    const { records } = await ask(deploymentCalls.logs, { ...place, limit: 5 });
    expect(records).toHaveLength(5);
    expect(records[4]).toMatchObject({ model: 'churn', version: '1', inputs: { x: 0 }, prediction: 0 });
    while ((await served())[0]?.requests !== figures.requests + 2) await sleep(50);
    expect((await served())[0]).toMatchObject({ errors: 1, models: [{ name: 'churn', version: '1', run }] });
    expect((await ask(modelCalls.lineage, { workspace, name: 'churn', version: 1 })).servedBy).toEqual([
      { id, url },
    ]);

    await ask(deploymentCalls.stop, place);
    expect((await served())[0]).toMatchObject({ id, status: 'stopped', rate: 0 });
    for (const again of [
      ask(deploymentCalls.ask, { ...place, path, body: '{}' }),
      ask(deploymentCalls.loadTest, { ...place, seconds: 1, connections: 1 }),
      ask(deploymentCalls.stop, place),
    ])
      await expect(again).rejects.toThrow('deployment-not-running');
  });

  it('whose data is gone is tried with the last row of its log, and before there is one with missing values', async () => {
    const { id } = await ask(deploymentCalls.serve, { workspace, model: `run:${run}`, port: 0 });
    const place = { workspace, id };
    renameSync(join(workspace, 'rows.csv'), join(workspace, 'moved.csv'));
    expect(await ask(deploymentCalls.example, place)).toMatchObject({
      record: { x: null },
      origin: 'no row is at hand: the values are missing ones',
    });
    await ask(deploymentCalls.ask, { ...place, path: '/predict', body: '{"x": 7}' });
    expect(await ask(deploymentCalls.example, place)).toMatchObject({
      record: { x: 7 },
      origin: 'the last request in its log',
    });
    renameSync(join(workspace, 'moved.csv'), join(workspace, 'rows.csv'));
  });

  it('that was killed is told without anybody asking', async () => {
    const { id } = await ask(deploymentCalls.serve, { workspace, model: 'churn@production', port: 0 });
    const pid = (await served()).find((each) => each.id === id)?.pid ?? 0;
    const changes = told(deploymentsChanged).length;
    process.kill(pid, 'SIGKILL');
    await toldMore(() => told(deploymentsChanged).length, changes);
    while ((await served()).find((each) => each.id === id)?.status !== 'died') await sleep(50);
  });

  it('on a port that was named and is taken is one failure', async () => {
    const { url } = await ask(deploymentCalls.serve, { workspace, model: 'churn', port: 0 });
    const port = Number(new URL(url).port);
    await expect(ask(deploymentCalls.serve, { workspace, model: 'churn', port })).rejects.toThrow(
      'port-busy',
    );
  });
});
