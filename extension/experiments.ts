/** Runs experiments: of the editor in front, a tree's line, a lens, or chosen from a list. */
import { basename, dirname } from 'node:path';
import { ProgressLocation, type QuickPickItem, Uri, window, workspace } from 'vscode';
import { calls, type ExperimentEntry, type PlanDocument } from '../server/protocol/workbench.ts';
import { workspaceFolders } from './runList.ts';
import { experimentOf } from './subjects.ts';
import { duration, printable } from './wording.ts';
import type { World } from './world.ts';

export interface Order {
  readonly workspace: string;
  readonly file: string;
  readonly variant: string | null;
}

/** Saves the file, starts the run in a process of its own, and opens its panel as soon as it is recorded. */
export async function runExperiment(world: World, given: unknown): Promise<void> {
  const order = await orderOf(world, given);
  if (order !== undefined) await startRun(world, order);
}

/** `trials`: in place of those that the file asks for. */
export async function startRun(world: World, order: Order & { readonly trials?: number }): Promise<void> {
  const title = `Starting ${printable(basename(order.file))}`;
  const options = { location: ProgressLocation.Window, title, cancellable: false };
  const { id } = await window.withProgress(options, () =>
    world.server.ask(calls.startRun, { ...order, device: deviceSetting() }),
  );
  await world.list.refresh();
  world.panels.run({ workspace: order.workspace, id });
}

export async function runVariant(world: World, given: unknown): Promise<void> {
  const order = await orderOf(world, given);
  if (order === undefined || order.variant !== null) return runExperiment(world, given);
  const entry = (await listed(world)).find(({ file }) => file === order.file);
  if (entry === undefined || entry.variants.length === 0) {
    await window.showInformationMessage(
      `${basename(order.file)} has no variants. Write them under “variants:”.`,
    );
    return;
  }
  const variant = await window.showQuickPick(entry.variants, { placeHolder: 'Which variant?' });
  if (variant !== undefined) await runExperiment(world, { experiment: entry, variant });
}

export async function dryRun(world: World, given: unknown): Promise<void> {
  const order = await orderOf(world, given);
  if (order === undefined) return;
  const title = `Planning ${printable(basename(order.file))}`;
  const plan = await window.withProgress(
    { location: ProgressLocation.Window, title, cancellable: true },
    (_, token) => world.server.ask(calls.planRun, order, token),
  );
  const items = plan.stages.map(({ stage, detail, seconds }) => ({
    label: stage,
    description: seconds < 1 ? 'less than 1 s' : `about ${duration(seconds)}`,
    detail: printable(detail, 120),
  }));
  const over = plan.over.map(({ path, message }) => ({
    label: `$(warning) ${path}`,
    detail: printable(message, 300),
  }));
  const run = { label: '$(play) Run', description: summary(plan) };
  const chosen = await window.showQuickPick([run, ...over, ...items], {
    title: `Dry run of ${printable(basename(order.file))}: nothing was run`,
    placeHolder: summary(plan),
  });
  if (chosen === run) await runExperiment(world, { experiment: order, ...variantOf(order) });
}

function summary({ seconds, memoryBytes }: PlanDocument): string {
  return `About ${duration(seconds)} and ${Number((memoryBytes / 1e9).toPrecision(2))} GB of memory`;
}

function variantOf({ variant }: Order): { variant?: string } {
  return variant === null ? {} : { variant };
}

export async function orderOf(world: World, given: unknown): Promise<Order | undefined> {
  const named = experimentOf(given) ?? inFront() ?? (await chooseExperiment(world));
  if (named === undefined) return undefined;
  const uri = Uri.file(named.file);
  // What runs is what stands on the screen.
  await workspace.textDocuments
    .find((document) => document.uri.fsPath === uri.fsPath && document.isDirty)
    ?.save();
  return { ...named, workspace: workspace.getWorkspaceFolder(uri)?.uri.fsPath ?? dirname(named.file) };
}

function inFront(): { file: string; variant: null } | undefined {
  const document = window.activeTextEditor?.document;
  const isExperiment = document?.languageId === 'experiment' && document.uri.scheme === 'file';
  return isExperiment ? { file: document.uri.fsPath, variant: null } : undefined;
}

/** From a list; undefined when nothing was chosen. */
export async function chooseExperiment(world: World): Promise<{ file: string; variant: null } | undefined> {
  const experiments = await listed(world);
  const [only] = experiments;
  if (experiments.length === 1 && only !== undefined) return { file: only.file, variant: null };
  if (experiments.length === 0) {
    await window.showInformationMessage(
      'There is no experiment here yet: no file *.experiment.yaml in this folder.',
    );
    return undefined;
  }
  const items: (QuickPickItem & { file: string })[] = experiments.map(({ name, path, file }) => ({
    label: printable(name),
    description: path,
    file,
  }));
  const chosen = await window.showQuickPick(items, { placeHolder: 'Which experiment?' });
  return chosen && { file: chosen.file, variant: null };
}

async function listed({ server }: World): Promise<ExperimentEntry[]> {
  return (await server.ask(calls.listExperiments, { workspaces: workspaceFolders() })).experiments;
}

/** `modelwright.device`; `auto` leaves it to the experiment. */
function deviceSetting(): string {
  return workspace.getConfiguration('modelwright').get<string>('device', 'auto');
}
