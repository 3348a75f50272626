import { describe, expect, it } from 'vitest';
import {
  deleteVersions,
  promoteVersion,
  removeAlias,
  rollBack,
  setAlias,
} from '../../server/registry/change.ts';
import { readChanges } from '../../server/registry/changes.ts';
import { registerRun } from '../../server/registry/register.ts';
import { listModels, resolveVersion } from '../../server/registry/versions.ts';
import { putArtifact } from '../../server/store/artifacts.ts';
import { openStore, type Store } from '../../server/store/store.ts';
import { createRun, finishRun } from '../../server/tracking/runs.ts';
import { shopDocument } from '../cards/documents.ts';
import { temporaryFolder } from '../temporary.ts';

/** A finished run whose model file has these bytes. */
function finishedRun(
  store: Store,
  bytes: string,
  { gates = true, registry }: { gates?: boolean; registry?: Record<string, unknown> } = {},
): string {
  const lease = createRun(store, 'shop', {
    file: '/shop.experiment.yaml',
    directory: '/',
    text: '',
    experiment: { name: 'shop', ...(registry && { registry }) },
    configHash: '',
    dataHash: '',
    overrides: [],
    variant: null,
  });
  const run = { id: lease.runId, experiment: 'shop', status: 'finished' as const, started: '', ended: '' };
  const gate = { gate: 'roc_auc >= 0.9', passed: gates, value: 0.8, low: 0.7, high: 0.9, reason: '' };
  finishRun(
    lease,
    { ...shopDocument(), run, gates: [gate] },
    { metric: 'roc_auc', value: 0.8, low: 0.7, high: 0.9 },
    [putArtifact(store, 'model.onnx', bytes)],
  );
  return lease.runId;
}

function storeWith(models: number): Store {
  const store = openStore(temporaryFolder());
  for (let version = 1; version <= models; version++)
    registerRun(store, finishedRun(store, `model ${version}`));
  return store;
}

const versionOf = (store: Store, reference: string) => resolveVersion(store, reference).version;

const errorOf = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    return error instanceof Error && 'code' in error ? String(error.code) : String(error);
  }
  return 'no error';
};

describe('registering', () => {
  it('numbers versions from 1 and gives the same file its version back', () => {
    const store = storeWith(2);
    const again = registerRun(store, finishedRun(store, 'model 1'));
    expect(again).toMatchObject({
      created: false,
      version: { name: 'shop', version: 1, stage: 'candidate' },
    });
    expect(registerRun(store, finishedRun(store, 'model 1'), { name: 'other' }).created).toBe(true);
    expect(
      listModels(store).map(({ name, versions }) => [name, versions.map(({ version }) => version)]),
    ).toEqual([
      ['other', [1]],
      ['shop', [2, 1]],
    ]);
  });

  it('takes name and stage from the experiment', () => {
    const store = openStore(temporaryFolder());
    const run = finishedRun(store, 'm', { registry: { name: 'basket', stage: 'staging' } });
    expect(registerRun(store, run).version).toMatchObject({
      name: 'basket',
      stage: 'staging',
      aliases: ['staging'],
    });
  });

  it('refuses a run whose gates failed unless forced, and the audit log says so', () => {
    const store = openStore(temporaryFolder());
    const run = finishedRun(store, 'm', { gates: false });
    expect(errorOf(() => registerRun(store, run))).toBe('model-gates-failed');
    expect(listModels(store)).toEqual([]);
    registerRun(store, run, { force: true });
    expect(readChanges(store, 'shop')).toMatchObject([
      { action: 'register', version: 1, reason: 'gates overruled: roc_auc >= 0.9' },
    ]);
    expect(errorOf(() => promoteVersion(store, 'shop/1', { stage: 'production' }))).toBe(
      'model-gates-failed',
    );
  });

  it.each(['a/b', 'a@b', '', '../x', 'x.onnx', ' x', 'x'.repeat(201), 'a\nb', 'run:1'])(
    'refuses the name %j',
    (name) => {
      const store = openStore(temporaryFolder());
      const run = finishedRun(store, 'm');
      expect(errorOf(() => registerRun(store, run, { name }))).toBe('model-name-unusable');
    },
  );
});

describe('names of versions', () => {
  it('resolve: a number, an alias, and a bare name to production', () => {
    const store = storeWith(3);
    expect(errorOf(() => resolveVersion(store, 'shop'))).toBe('model-without-production');
    promoteVersion(store, 'shop/2', { stage: 'production' });
    setAlias(store, 'shop/3', { alias: 'champion' });
    expect(
      ['shop', 'shop@production', 'shop@champion', 'shop/1'].map((each) => versionOf(store, each)),
    ).toEqual([2, 2, 3, 1]);
    expect(errorOf(() => resolveVersion(store, 'shop/9'))).toBe('model-version-not-found');
    expect(errorOf(() => resolveVersion(store, 'shop@nobody'))).toBe('model-alias-not-found');
    expect(errorOf(() => resolveVersion(store, 'nothing'))).toBe('model-not-found');
  });

  it('stand for one version at a time; the one before in production is archived', () => {
    const store = storeWith(2);
    promoteVersion(store, 'shop/1', { stage: 'production' });
    setAlias(store, 'shop/2', { alias: 'production' });
    expect(resolveVersion(store, 'shop/1')).toMatchObject({ stage: 'archived', aliases: [] });
    expect(resolveVersion(store, 'shop/2')).toMatchObject({ stage: 'production', aliases: ['production'] });
    removeAlias(store, 'shop', 'production');
    expect(errorOf(() => resolveVersion(store, 'shop'))).toBe('model-without-production');
  });

  it.each(['candidate', 'latest', 'v3', '1', 'a b', ''])('cannot be %j', (alias) => {
    const store = storeWith(1);
    expect(errorOf(() => setAlias(store, 'shop/1', { alias }))).toBe('alias-unusable');
  });
});

describe('going back', () => {
  it.each(['production', 'champion'])('walks the history of %s, step by step', (alias) => {
    const store = storeWith(3);
    for (const version of [1, 2, 3]) setAlias(store, `shop/${version}`, { alias });
    expect(rollBack(store, 'shop', alias).version).toBe(2);
    expect(rollBack(store, 'shop', alias).version).toBe(1);
    expect(errorOf(() => rollBack(store, 'shop', alias))).toBe('model-nothing-before');
    setAlias(store, 'shop/3', { alias });
    expect(rollBack(store, 'shop', alias).version).toBe(1);
    expect(versionOf(store, `shop@${alias}`)).toBe(1);
  });

  it('passes over versions that were deleted, and brings back what was taken out', () => {
    const store = storeWith(3);
    for (const version of [1, 2, 3]) promoteVersion(store, `shop/${version}`, { stage: 'production' });
    deleteVersions(store, 'shop/2', { force: false, served: () => undefined });
    expect(rollBack(store, 'shop', 'production').version).toBe(1);
    removeAlias(store, 'shop', 'production');
    expect(rollBack(store, 'shop', 'production').version).toBe(1);
  });
});

describe('deleting', () => {
  it('refuses what is in use unless forced, and never gives a number again', () => {
    const store = storeWith(2);
    promoteVersion(store, 'shop/2', { stage: 'production' });
    const free = { force: false, served: () => undefined };
    expect(errorOf(() => deleteVersions(store, 'shop/2', free))).toBe('model-in-use');
    expect(errorOf(() => deleteVersions(store, 'shop/1', { force: false, served: () => 'it runs' }))).toBe(
      'model-in-use',
    );
    // One of them is in use, so none is deleted.
    expect(errorOf(() => deleteVersions(store, 'shop', free))).toBe('model-in-use');
    expect(listModels(store)[0]?.versions).toHaveLength(2);
    deleteVersions(store, 'shop', { ...free, force: true });
    expect(listModels(store)).toEqual([]);
    expect(registerRun(store, finishedRun(store, 'model 2')).version.version).toBe(3);
  });

  it('leaves an audit entry for every change, none for what failed or changed nothing', () => {
    const store = storeWith(2);
    setAlias(store, 'shop/1', { alias: 'champion' });
    setAlias(store, 'shop/1', { alias: 'champion' });
    promoteVersion(store, 'shop/1', { stage: 'production' });
    promoteVersion(store, 'shop/1', { stage: 'production' });
    promoteVersion(store, 'shop/2', { stage: 'production' });
    rollBack(store, 'shop', 'production');
    errorOf(() => rollBack(store, 'shop', 'production'));
    expect(
      readChanges(store, 'shop').map(({ action, version, alias, previous }) => [
        action,
        version,
        alias,
        previous,
      ]),
    ).toEqual([
      ['register', 1, null, null],
      ['register', 2, null, null],
      ['alias', 1, 'champion', null],
      ['promote', 1, 'production', null],
      ['promote', 2, 'production', 1],
      ['rollback', 1, 'production', 2],
    ]);
  });
});
