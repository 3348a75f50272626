/** Commands about registered models: which version, and what is to become of it. */
import { type QuickPickItem, Uri, window } from 'vscode';
import { type ModelEntry, modelCalls, type Stage, type VersionEntry } from '../server/protocol/models.ts';
import type { RunPlace } from '../server/protocol/workbench.ts';
import { plain } from './failures.ts';
import { ServerFailure } from './serverFailure.ts';
import { modelOf, versionOf } from './subjects.ts';
import { age, headline, printable } from './wording.ts';
import type { World } from './world.ts';

type Handler = (...given: readonly unknown[]) => unknown;

export function modelCommands(world: World): Readonly<Record<string, Handler>> {
  const aboutVersion =
    (work: (world: World, version: VersionEntry) => unknown): Handler =>
    async (given) => {
      const version = versionOf(given) ?? (await chooseVersion(world, modelOf(given)));
      if (version !== undefined) await work(world, version);
    };
  const aboutModel =
    (work: (world: World, model: ModelEntry) => unknown): Handler =>
    async (given) => {
      const named = modelOf(given)?.name ?? versionOf(given)?.name;
      const model = world.models.entries.find(({ name }) => name === named) ?? (await chooseModel(world));
      if (model !== undefined) await work(world, model);
    };
  return {
    'modelwright.model.promote': aboutVersion(promote),
    'modelwright.model.setAlias': aboutVersion(setAlias),
    'modelwright.model.export': aboutVersion(exportVersion),
    'modelwright.model.showLineage': aboutVersion(({ pages }, { workspace, name, version }) =>
      pages.show({ kind: 'lineage', workspace, name, version }, `Lineage of ${name} ${version}`),
    ),
    'modelwright.model.rollback': aboutModel(rollBack),
    'modelwright.model.showAudit': aboutModel(({ pages }, { workspace, name }) =>
      pages.show({ kind: 'audit', workspace, name }, `Audit log of ${name}`),
    ),
  };
}

/** `Register model…` of a run: under which name. */
export async function registerModel(world: World, { workspace, id }: RunPlace): Promise<void> {
  const run = world.list.find(id);
  const name = await window.showInputBox({
    title: `Register the model of run ${id}`,
    prompt: 'Name of the model; the next version is made under it',
    value: run?.experiment ?? '',
  });
  if (name === undefined) return;
  const params = { workspace, run: id, name: name.trim() === '' ? null : name.trim() };
  const made = await evenIfGatesFail('Register anyway', (force) =>
    world.server.ask(modelCalls.register, { ...params, force }),
  );
  if (made === undefined) return;
  await world.models.refresh();
  const which = `${printable(made.name)}, version ${made.version}`;
  const sentence = made.created ? `${which} is registered.` : `${which} is this very model already.`;
  if ((await window.showInformationMessage(sentence, 'Promote…')) === undefined) return;
  const version = versionsOf(world).find((each) => each.name === made.name && each.version === made.version);
  if (version !== undefined) await promote(world, version);
}

async function promote(world: World, { workspace, name, version, stage }: VersionEntry): Promise<void> {
  const items = stages.map(({ stage: to, detail }) => ({
    label: to,
    detail,
    description: to === stage ? 'where it is now' : '',
  }));
  const chosen = await window.showQuickPick(items, {
    title: `Promote ${printable(name)}, version ${version}`,
    placeHolder: 'To which stage?',
  });
  const to = stages.find((each) => each.stage === chosen?.label)?.stage;
  if (to === undefined) return;
  const done = await evenIfGatesFail('Promote anyway', (force) =>
    world.server.ask(modelCalls.promote, { workspace, name, version, stage: to, force }),
  );
  if (done !== undefined) await world.models.refresh();
}

const stages: readonly { readonly stage: Stage; readonly detail: string }[] = [
  { stage: 'production', detail: 'What the bare name stands for; the version there now is archived' },
  { stage: 'staging', detail: 'The next one to go to production; the version there now is archived' },
  { stage: 'candidate', detail: 'Registered, and not decided upon' },
  { stage: 'archived', detail: 'Kept, and no longer meant to be used' },
];

async function setAlias(world: World, { workspace, name, version }: VersionEntry): Promise<void> {
  const alias = await window.showInputBox({
    title: `Set an alias for ${printable(name)}, version ${version}`,
    prompt: `${printable(name)}@ALIAS stands for this version from now on`,
    placeHolder: 'champion',
  });
  if (alias === undefined || alias.trim() === '') return;
  const done = await evenIfGatesFail('Set anyway', (force) =>
    world.server.ask(modelCalls.setAlias, { workspace, name, version, alias: alias.trim(), force }),
  );
  if (done !== undefined) await world.models.refresh();
}

async function rollBack(world: World, { workspace, name, versions }: ModelEntry): Promise<void> {
  const aliases = [...new Set(['production', ...versions.flatMap((version) => version.aliases)])];
  const standing = aliases.filter((alias) => versions.some((each) => each.aliases.includes(alias)));
  const [only = 'production'] = standing;
  const alias =
    standing.length <= 1
      ? only
      : await window.showQuickPick(standing, {
          title: `Roll back ${printable(name)}`,
          placeHolder: 'Which alias is to stand for what it stood for before?',
        });
  if (alias === undefined) return;
  const { version } = await world.server.ask(modelCalls.rollBack, { workspace, name, alias });
  await world.models.refresh();
  await window.showInformationMessage(`${printable(name)}@${alias} is version ${version} again.`);
}

async function exportVersion({ server }: World, { workspace, name, version }: VersionEntry): Promise<void> {
  const file = { label: 'ONNX file…', detail: 'The model alone; any ONNX Runtime loads it' };
  const folder = { label: 'Folder…', detail: 'The model with its card and all that it was made from' };
  const chosen = await window.showQuickPick([file, folder], {
    title: `Export ${printable(name)}, version ${version}`,
    placeHolder: 'As what?',
  });
  if (chosen === undefined) return;
  const target =
    chosen === file
      ? await window.showSaveDialog({
          title: 'Export model',
          defaultUri: Uri.joinPath(Uri.file(workspace), `${name}-${version}.onnx`),
          filters: { ONNX: ['onnx'] },
        })
      : (
          await window.showOpenDialog({
            title: 'Export model',
            openLabel: 'Export here',
            canSelectFiles: false,
            canSelectFolders: true,
            defaultUri: Uri.file(workspace),
          })
        )?.[0];
  if (target === undefined) return;
  const output =
    chosen === file && !target.fsPath.endsWith('.onnx') ? `${target.fsPath}.onnx` : target.fsPath;
  const { files } = await server.ask(modelCalls.export, { workspace, name, version, output });
  await window.showInformationMessage(`${files.length === 1 ? files[0] : output} is written.`);
}

/** A person may overrule gates; the audit log then says so. Undefined where they do not. */
async function evenIfGatesFail<Result>(
  action: string,
  work: (force: boolean) => Promise<Result>,
): Promise<Result | undefined> {
  try {
    return await work(false);
  } catch (error) {
    if (!(error instanceof ServerFailure) || error.failure.code !== 'model-gates-failed') throw error;
    const sentence = `${plain(error.failure.message)} The audit log will say that they were overruled.`;
    if ((await window.showWarningMessage(sentence, action)) === undefined) return undefined;
    return work(true);
  }
}

function versionsOf({ models }: World): VersionEntry[] {
  return models.entries.flatMap(({ versions }) => versions);
}

/** Of one model, where it is known which. */
async function chooseVersion(world: World, of?: ModelEntry): Promise<VersionEntry | undefined> {
  await world.models.refresh();
  const versions = of?.versions ?? versionsOf(world);
  const now = Date.now();
  const items: (QuickPickItem & { version: VersionEntry })[] = versions.map((version) => ({
    version,
    label: `${printable(version.name)}, version ${version.version}`,
    description: `${[version.stage, ...version.aliases.filter((each) => each !== version.stage)].join(', ')} · ${age(version.created, now)}`,
    detail: version.metric === null ? '' : `${version.metric} ${headline(version)}`,
  }));
  if (items.length === 0) return noModels();
  return (await window.showQuickPick(items, { placeHolder: 'Which version?' }))?.version;
}

async function chooseModel(world: World): Promise<ModelEntry | undefined> {
  await world.models.refresh();
  const { entries } = world.models;
  const [only] = entries;
  if (entries.length === 0) return noModels();
  if (entries.length === 1) return only;
  const items = entries.map((model) => ({ model, label: printable(model.name) }));
  return (await window.showQuickPick(items, { placeHolder: 'Which model?' }))?.model;
}

async function noModels(): Promise<undefined> {
  await window.showInformationMessage(
    'No model is registered yet. “Register model…” makes the model of a finished run a version.',
  );
}
