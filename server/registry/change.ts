/** Changes of registered versions: promoting, naming, going back, deleting. One transaction each, with its audit entry. */
import { ModelwrightError } from '../catalog/errors.ts';
import { type Store, writing } from '../store/store.ts';
import { readRun } from '../tracking/runs.ts';
import { readAliasHistory, recordChange } from './changes.ts';
import { aliasStages, checkAlias, type Stage, stages } from './names.ts';
import { clearAlias, moveTo, nameSo, pointTo } from './naming.ts';
import { overruled } from './register.ts';
import { type ModelVersion, readModelVersions, resolveVersion } from './versions.ts';

/**
 * Moves a version to a stage; whichever version held staging or production before is archived.
 * @throws ModelwrightError model-gates-failed, and what resolveVersion throws
 */
export function promoteVersion(
  store: Store,
  reference: string,
  { stage, force }: { readonly stage: Stage; readonly force?: boolean },
): ModelVersion {
  const { name, version, run } = resolveVersion(store, reference);
  const asksGates = aliasStages.includes(stage);
  const reason = asksGates ? overruled(readRun(store, run), force) : null;
  return writing(store, () => {
    moveTo(store, { name, version, stage, reason });
    return resolveVersion(store, `${name}/${version}`);
  });
}

/** Lets an alias stand for a version; `staging` and `production` move the version there. */
export function setAlias(
  store: Store,
  reference: string,
  { alias, force }: { readonly alias: string; readonly force?: boolean },
): ModelVersion {
  checkAlias(alias);
  const stage = stages.find((each) => each === alias);
  if (stage !== undefined) return promoteVersion(store, reference, { stage, ...(force && { force }) });
  return writing(store, () => {
    const { name, version } = resolveVersion(store, reference);
    nameSo(store, { name, version, alias });
    return resolveVersion(store, `${name}/${version}`);
  });
}

/** Takes an alias away; a version in staging or production becomes archived. */
export function removeAlias(store: Store, name: string, alias: string): ModelVersion {
  return writing(store, () => {
    const { version } = resolveVersion(store, `${name}@${alias}`);
    clearAlias(store, name, alias);
    recordChange(store, { name, version: null, action: 'unalias', alias, previous: version });
    return resolveVersion(store, `${name}/${version}`);
  });
}

/**
 * Lets an alias stand for the version that it stood for before, as far back as its history goes.
 * @throws ModelwrightError model-nothing-before, model-alias-not-found
 */
export function rollBack(store: Store, name: string, alias: string): ModelVersion {
  return writing(store, () => {
    const { versions } = readModelVersions(store, name);
    const current = versions.find(({ aliases }) => aliases.includes(alias))?.version;
    const left = new Set(versions.map(({ version }) => version));
    const before = readAliasHistory(store, name, alias).filter((version) => left.has(version));
    const target = before.findLast((version) => version !== current);
    if (target === undefined) throw new ModelwrightError('model-nothing-before', { name, alias });
    clearAlias(store, name, alias);
    pointTo(store, { name, version: target, alias });
    recordChange(store, { name, version: target, action: 'rollback', alias, previous: current ?? null });
    return resolveVersion(store, `${name}/${target}`);
  });
}

/**
 * Deletes one version (`NAME/VERSION`, `NAME@ALIAS`) or all of them (`NAME`); numbers are not given again.
 * `served` names what else uses them. @throws ModelwrightError model-in-use
 */
export function deleteVersions(
  store: Store,
  reference: string,
  { force, served }: { readonly force: boolean; served(version: ModelVersion): string | undefined },
): readonly ModelVersion[] {
  return writing(store, () => {
    const whole = !/[@/]/.test(reference);
    const versions = whole
      ? readModelVersions(store, reference).versions
      : [resolveVersion(store, reference)];
    for (const version of versions) {
      const { name, aliases } = version;
      const uses = [aliases.length === 0 ? undefined : `it is ${aliases.join(', ')}`, served(version)];
      const use = uses.filter((each) => each !== undefined).join('; ');
      if (use !== '' && !force)
        throw new ModelwrightError('model-in-use', { name, version: version.version, use });
      for (const alias of aliases) clearAlias(store, name, alias);
      store.database
        .prepare('UPDATE model_versions SET deleted = ? WHERE name = ? AND version = ?')
        .run(new Date().toISOString(), name, version.version);
      recordChange(store, { name, version: version.version, action: 'delete', reason: use || null });
    }
    return versions;
  });
}
