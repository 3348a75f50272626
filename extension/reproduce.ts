/** `Reproduce`: the same experiment on the same data once more, and whether it gives the same files. */
import { ProgressLocation, window } from 'vscode';
import { calls, type RunPlace } from '../server/protocol/workbench.ts';
import { telling } from './failures.ts';
import type { World } from './world.ts';

export async function reproduceRun(world: World, original: RunPlace): Promise<void> {
  const { server, list, panels, log } = world;
  const options = { location: ProgressLocation.Window, title: `Reproducing run ${original.id}` };
  const { id } = await window.withProgress(options, () => server.ask(calls.reproduceRun, original));
  const listening = list.onListed(() => {
    const status = list.find(id)?.status;
    if (status === 'running') return;
    listening.dispose();
    if (status === 'finished') void telling(log, () => tellSame(world, original, id));
  });
  await list.refresh();
  panels.run({ workspace: original.workspace, id });
}

async function tellSame(
  { server, panels }: World,
  { workspace, id }: RunPlace,
  again: string,
): Promise<void> {
  const { model, predictions } = await server.ask(calls.sameFiles, { workspace, ids: [id, again] });
  const sentence =
    model && predictions
      ? `Run ${again} gives the same model file and the same predictions as run ${id}, byte for byte.`
      : model
        ? `Run ${again} gives the same model file as run ${id}, but other predictions.`
        : `Run ${again} gives another model file than run ${id}.`;
  if ((await window.showInformationMessage(sentence, 'Compare')) !== undefined)
    panels.compare({ workspace, ids: [id, again] });
}
