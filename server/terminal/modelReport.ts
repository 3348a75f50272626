/** Registered models in words. */
import type { ShownModel } from '../registry/describe.ts';
import type { ModelVersion, RegisteredModel } from '../registry/versions.ts';
import { printable, table } from './style.ts';

export function versionName({ name, version }: { readonly name: string; readonly version: number }): string {
  return `${name}/${version}`;
}

export function nextStep(version: ModelVersion): string {
  return version.stage === 'production'
    ? `Next: modelwright serve ${version.name}`
    : `Next: modelwright models promote ${versionName(version)}`;
}

export function renderModels(models: readonly RegisteredModel[]): string {
  if (models.length === 0) return 'No models yet.\nNext: modelwright models register run:ID';
  const rows = models.flatMap(({ versions }) =>
    versions.map(({ name, version, stage, aliases, run, created }) => [
      name,
      String(version),
      stage,
      aliases.join(', ') || '–',
      run,
      created.slice(0, 16).replace('T', ' '),
    ]),
  );
  return table([['model', 'version', 'stage', 'aliases', 'run', 'registered (UTC)'], ...rows], [1]).join(
    '\n',
  );
}

export function renderModel({ name, versions, audit }: ShownModel): string {
  const lines = table(
    [
      ['version', 'stage', 'aliases', 'run', 'metric'],
      ...versions.map(({ version, stage, aliases, run, metric, value }) => [
        String(version),
        stage,
        aliases.join(', ') || '–',
        run,
        metric === null ? '–' : `${metric} ${String(value)}`,
      ]),
    ],
    [0],
  );
  const lineage = versions.flatMap(({ version, lineage: of }) =>
    of === undefined
      ? []
      : [
          `version ${version}: data ${of.data}, config ${of.config}, code ${of.code}, environment ${of.environment}, seed ${of.seed}`,
          ...(of.joins ?? []).map(
            ({ name, source, hash, newest }) =>
              `  joined ${printable(name, 40)}: ${printable(source, 200)} ${hash}${newest === null ? '' : `, newest of ${newest}`}`,
          ),
        ],
  );
  const changes = (audit ?? []).map(({ time, user, version, action, alias, previous, reason }) =>
    [
      `${time.slice(0, 19).replace('T', ' ')}  ${printable(user, 24)}  ${action}`,
      version === null ? '' : ` version ${version}`,
      alias === null ? '' : ` as ${alias}`,
      previous === null ? '' : ` (before: ${previous})`,
      reason === null ? '' : `: ${printable(reason, 200)}`,
    ].join(''),
  );
  return [name, ...lines, ...lineage, ...changes].join('\n');
}
