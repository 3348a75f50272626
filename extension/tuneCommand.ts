/** Looks for better settings: as the file says, or as many trials as are asked for, told beforehand how long they take. */

import { basename } from 'node:path';
import { InputBoxValidationSeverity, ProgressLocation, window } from 'vscode';
import { grouped } from '../server/protocol/grouped.ts';
import { calls } from '../server/protocol/workbench.ts';
import { orderOf, startRun } from './experiments.ts';
import { duration, printable } from './wording.ts';
import type { World } from './world.ts';

const usualTrials = 30;
const mostTrials = 100_000;

/** A file with `tune` is run as it is; else the space is that of the model's family. */
export async function tuneExperiment(world: World, given: unknown): Promise<void> {
  const order = await orderOf(world, given);
  if (order === undefined) return;
  const name = printable(basename(order.file));
  const options = { location: ProgressLocation.Window, title: `Planning ${name}`, cancellable: true };
  const tuneStage = ({ stages }: { stages: readonly { stage: string; seconds: number }[] }) =>
    stages.find(({ stage }) => stage === 'tune');
  const secondsOfTrial = await window.withProgress(options, async (_, token) => {
    if (tuneStage(await world.server.ask(calls.planRun, order, token)) !== undefined) return undefined;
    const plan = await world.server.ask(calls.planRun, { ...order, trials: usualTrials }, token);
    return (tuneStage(plan)?.seconds ?? 0) / usualTrials;
  });
  if (secondsOfTrial === undefined) return startRun(world, order);
  const answer = await window.showInputBox({
    title: `Tune ${name}`,
    prompt: 'How many trials? Each trains the model with other settings, judged by held-out training rows.',
    value: String(usualTrials),
    validateInput(text) {
      const trials = trialsIn(text);
      if (trials === undefined) return `A whole number from 1 to ${grouped(mostTrials)}.`;
      const message = `${trials === 1 ? '1 trial takes' : `${trials} trials take`} ${lengthOf(trials * secondsOfTrial)}.`;
      return { message, severity: InputBoxValidationSeverity.Info };
    },
  });
  const trials = trialsIn(answer ?? '');
  if (trials !== undefined) await startRun(world, { ...order, trials });
}

function lengthOf(seconds: number): string {
  return seconds < 1 ? 'less than a second' : `about ${duration(seconds)}`;
}

function trialsIn(text: string): number | undefined {
  const trials = Number(text.trim());
  return /^\d+$/.test(text.trim()) && trials >= 1 && trials <= mostTrials ? trials : undefined;
}
