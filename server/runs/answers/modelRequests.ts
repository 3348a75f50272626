/** Answers the extension about registered models: lists, registers, promotes, names, goes back, exports, explains. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { type ModelEntry, modelCalls, type VersionEntry, type VersionPlace } from '../../protocol/models.ts';
import { promoteVersion, rollBack, setAlias } from '../../registry/change.ts';
import { readChanges } from '../../registry/changes.ts';
import { exportVersion } from '../../registry/describe.ts';
import { registerRun } from '../../registry/register.ts';
import { listModels, type ModelVersion, resolveVersion } from '../../registry/versions.ts';
import { runningDeploymentsOf } from '../../serving/deployments.ts';
import type { Store } from '../../store/store.ts';
import { readHeadline } from '../../tracking/overview.ts';
import { readRun } from '../../tracking/runs.ts';
import { inStores, type RequestWorld, withStore } from './requests.ts';

export function answerModels({ register, watch }: RequestWorld): void {
  register(modelCalls.list, ({ workspaces }) => {
    for (const workspace of workspaces) watch.add(workspace);
    return { models: inStores(workspaces, listEntries) };
  });
  register(modelCalls.register, ({ workspace, run, name, force }) =>
    withStore(
      workspace,
      () => new ModelwrightError('run-not-found', { id: run }),
      (store) => {
        const { version, created } = registerRun(store, run, { ...(name !== null && { name }), force });
        return { name: version.name, version: version.version, created };
      },
    ),
  );
  register(modelCalls.promote, ({ stage, force, ...place }) =>
    ofVersion(place, (store, reference) => {
      promoteVersion(store, reference, { stage, force });
      return {};
    }),
  );
  register(modelCalls.setAlias, ({ alias, force, ...place }) =>
    ofVersion(place, (store, reference) => {
      setAlias(store, reference, { alias, force });
      return {};
    }),
  );
  register(modelCalls.rollBack, ({ workspace, name, alias }) =>
    withStore(workspace, missing(name), (store) => ({ version: rollBack(store, name, alias).version })),
  );
  register(modelCalls.export, ({ output, ...place }) =>
    ofVersion(place, (store, reference) => ({
      files: exportVersion(store, resolveVersion(store, reference), output),
    })),
  );
  register(modelCalls.lineage, (place) =>
    ofVersion(place, (store, reference) => lineageOf(store, resolveVersion(store, reference))),
  );
  register(modelCalls.audit, ({ workspace, name }) =>
    withStore(workspace, missing(name), (store) => ({ changes: readChanges(store, name) })),
  );
}

const missing = (reference: string) => () => new ModelwrightError('model-not-found', { reference });

function ofVersion<Result>(
  { workspace, name, version }: VersionPlace,
  work: (store: Store, reference: string) => Result,
): Promise<Result> {
  const reference = `${name}/${version}`;
  return withStore(workspace, missing(reference), (store) => work(store, reference));
}

function listEntries(store: Store, workspace: string): ModelEntry[] {
  return listModels(store).map(({ name, versions }) => ({
    workspace,
    name,
    versions: versions.map((version) => entryOf(store, workspace, version)),
  }));
}

function entryOf(store: Store, workspace: string, { hash: _hash, ...version }: ModelVersion): VersionEntry {
  return {
    workspace,
    ...version,
    aliases: [...version.aliases],
    ...readHeadline(store, version.run),
  };
}

function lineageOf(store: Store, version: ModelVersion) {
  const { request, document, head } = readRun(store, version.run);
  if (document === undefined)
    throw new ModelwrightError('run-without-model', { id: head.id, status: head.status });
  const { data, config, code, environment, seed } = document.lineage;
  return {
    ...{ run: version.run, file: request.file, created: version.created, hash: version.hash },
    ...{ data, config, code, environment, seed },
    servedBy: runningDeploymentsOf(store, version).map(({ id, url }) => ({ id, url })),
  };
}
