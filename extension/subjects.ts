/** What a command is about: the line of a tree, the editor in front, or what a person chooses from a list. */
import { type QuickPickItem, Uri, window } from 'vscode';
import type { DeploymentEntry } from '../server/protocol/deployments.ts';
import type { ModelEntry, VersionEntry } from '../server/protocol/models.ts';
import type { RunStatus } from '../server/protocol/run.ts';
import type { RunEntry, RunPlace } from '../server/protocol/workbench.ts';
import type { RunList } from './runList.ts';
import type { DeploymentNode } from './views/deploymentsView.ts';
import type { ModelNode } from './views/modelsView.ts';
import { age, headline, printable } from './wording.ts';

interface RunItem extends QuickPickItem {
  readonly run: RunEntry;
}

/** Undefined when nothing was chosen. `statuses`: only such runs are offered; that there is none is told. */
export async function chooseRun(
  list: RunList,
  given: unknown,
  statuses?: readonly RunStatus[],
): Promise<RunPlace | undefined> {
  const named = placeOf(given);
  if (named !== undefined) return named;
  const items = itemsOf(list, statuses);
  if (items.length === 0) {
    void window.showInformationMessage(noneWords(statuses));
    return undefined;
  }
  const chosen = await window.showQuickPick(items, { placeHolder: 'Which run?', matchOnDescription: true });
  return chosen && { workspace: chosen.run.workspace, id: chosen.run.id };
}

function noneWords(statuses: readonly RunStatus[] | undefined): string {
  if (statuses?.join() === 'running') return 'No run is going on.';
  if (statuses?.join() === 'finished') return 'No run has finished yet.';
  return 'There is no run for this yet.';
}

/** Two or more of one workspace, the oldest first: later ones are compared with it. */
export async function chooseRuns(
  list: RunList,
  given: unknown,
  selected: unknown,
): Promise<{ workspace: string; ids: string[] } | undefined> {
  const named = (Array.isArray(selected) ? selected : [given])
    .map(placeOf)
    .filter((place) => place !== undefined);
  const places = named.length >= 2 ? named : await pickRuns(list, named);
  const [first] = places;
  if (first === undefined || places.length < 2) return undefined;
  const age = new Map(list.runs.map(({ id, started }) => [id, started]));
  const ids = places.filter(({ workspace }) => workspace === first.workspace).map(({ id }) => id);
  return {
    workspace: first.workspace,
    ids: ids.sort((a, b) => (age.get(a) ?? '').localeCompare(age.get(b) ?? '')),
  };
}

async function pickRuns(list: RunList, named: readonly RunPlace[]): Promise<RunPlace[]> {
  const items = itemsOf(list, ['finished']).map((item) => ({
    ...item,
    picked: named.some(({ id }) => id === item.run.id),
  }));
  const options = {
    placeHolder: 'Which runs? Choose two or more.',
    canPickMany: true,
    matchOnDescription: true,
  } as const;
  const chosen = await window.showQuickPick(items, options);
  return (chosen ?? []).map(({ run: { workspace, id } }) => ({ workspace, id }));
}

function itemsOf(list: RunList, statuses: readonly RunStatus[] | undefined): RunItem[] {
  const now = Date.now();
  return list.runs
    .filter(({ status }) => statuses === undefined || statuses.includes(status))
    .slice(0, 200)
    .map((run) => ({
      run,
      label: run.id,
      description: `${printable(run.experiment)} · ${run.status} · ${age(run.started, now)}`,
      detail: run.metric === null ? '' : `${run.metric} ${headline(run)}`,
    }));
}

/** The three lines that trees of models and deployments have. They are our own objects, so the kind says it all. */
export function versionOf(given: unknown): VersionEntry | undefined {
  return isNode(given, 'version') ? (given as ModelNode & { kind: 'version' }).version : undefined;
}

export function modelOf(given: unknown): ModelEntry | undefined {
  return isNode(given, 'model') ? (given as ModelNode & { kind: 'model' }).model : undefined;
}

export function deploymentOf(given: unknown): DeploymentEntry | undefined {
  return isNode(given, 'deployment')
    ? (given as DeploymentNode & { kind: 'deployment' }).deployment
    : undefined;
}

function isNode(given: unknown, kind: string): given is { readonly kind: string } {
  return typeof given === 'object' && given !== null && 'kind' in given && given.kind === kind;
}

/** A line of the runs tree, a version made by a run, or a place as panels hand it over. */
export function placeOf(given: unknown): RunPlace | undefined {
  if (typeof given !== 'object' || given === null) return undefined;
  const version = versionOf(given);
  if (version !== undefined) return { workspace: version.workspace, id: version.run };
  const inner: unknown = 'run' in given ? given.run : given;
  if (typeof inner !== 'object' || inner === null) return undefined;
  if (!('workspace' in inner && 'id' in inner)) return undefined;
  return { workspace: String(inner.workspace), id: String(inner.id) };
}

/** Of a lens, a tree's line or a Uri: the experiment file that is meant, and its variant. */
export function experimentOf(given: unknown): { file: string; variant: string | null } | undefined {
  if (given instanceof Uri) return { file: given.fsPath, variant: null };
  if (typeof given === 'string') {
    return { file: given.startsWith('file:') ? Uri.parse(given).fsPath : given, variant: null };
  }
  if (typeof given !== 'object' || given === null || !('experiment' in given)) return undefined;
  const { experiment } = given;
  if (typeof experiment !== 'object' || experiment === null || !('file' in experiment)) return undefined;
  const variant = 'variant' in given ? String(given.variant) : null;
  return { file: String(experiment.file), variant };
}
