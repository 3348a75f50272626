/** Show drift…: which rows are compared with which model's test rows, from a deployment's line, a run, or chosen from lists. */
import { type QuickPickItem, Uri, window } from 'vscode';
import * as z from 'zod';
import { type DeploymentEntry, deploymentCalls } from '../server/protocol/deployments.ts';
import { workspaceFolders } from './runList.ts';
import { chooseRun } from './subjects.ts';
import { age, printable } from './wording.ts';
import type { World } from './world.ts';

interface SourceItem extends QuickPickItem {
  /** Absent: a file. */
  readonly deployment?: DeploymentEntry;
}

/** `given`: a deployment's place (`workspace` and `id`, from its tree) where it comes from one. */
export async function showDrift({ server, list, panels }: World, given: unknown): Promise<void> {
  const { deployments } = await server.ask(deploymentCalls.list, { workspaces: workspaceFolders() });
  const named = placeOf(given);
  const own = deployments.find(({ workspace, id }) => id === named?.id && workspace === named.workspace);
  if (own !== undefined) return panels.drift({ workspace: own.workspace, subject: own.id, model: null });
  const source = named === undefined ? await chooseSource(deployments) : fileItem;
  if (source === undefined) return;
  const { deployment } = source;
  if (deployment !== undefined)
    return panels.drift({ workspace: deployment.workspace, subject: deployment.id, model: null });
  const run = await chooseRun(list, given, ['finished']);
  if (run === undefined) return;
  const file = named?.file ?? (await chooseFile(run.workspace));
  if (file !== undefined) panels.drift({ workspace: run.workspace, subject: file, model: `run:${run.id}` });
}

async function chooseFile(folder: string): Promise<string | undefined> {
  const [file] =
    (await window.showOpenDialog({
      title: 'Which rows are to be compared with the test rows of the run?',
      openLabel: 'Compare',
      defaultUri: Uri.file(folder),
      filters: { Tables: ['csv', 'tsv', 'parquet', 'json', 'jsonl', 'arrow', 'feather', 'sqlite', 'xlsx'] },
    })) ?? [];
  return file?.fsPath;
}

const fileItem: SourceItem = {
  label: '$(table) A file…',
  description: 'compared with the test rows of a run',
};

async function chooseSource(deployments: readonly DeploymentEntry[]): Promise<SourceItem | undefined> {
  if (deployments.length === 0) return fileItem;
  const now = Date.now();
  const items = deployments.map((deployment): SourceItem => {
    const models = deployment.models.map(({ name, version }) => `${name}/${version}`).join(', ');
    return {
      deployment,
      label: `$(server) ${printable(models)}`,
      description: `${deployment.status} · ${deployment.requests} requests · ${age(deployment.started, now)}`,
      detail: deployment.id,
    };
  });
  return window.showQuickPick([...items, fileItem], { placeHolder: 'Which rows are to be looked at?' });
}

/** Of a deployment's line or a run's; `file` where it is known what the run is compared with. */
const placeSchema = z.object({ workspace: z.string(), id: z.string(), file: z.string().optional() });

function placeOf(given: unknown): z.infer<typeof placeSchema> | undefined {
  const line = z.union([
    placeSchema,
    z.object({ deployment: placeSchema }).transform(({ deployment }) => deployment),
    z.object({ run: placeSchema }).transform(({ run }) => run),
  ]);
  const parsed = line.safeParse(given);
  return parsed.success ? parsed.data : undefined;
}
