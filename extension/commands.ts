/** One table: command id to what it does. Ids and titles stand in package.json too; a test keeps them in step. */
import { type ExtensionContext, env, window } from 'vscode';
import type { RunStatus } from '../server/protocol/run.ts';
import { calls, type RunPlace } from '../server/protocol/workbench.ts';
import { compareVariants } from './compareCommand.ts';
import { showData } from './dataCommand.ts';
import { deploymentCommands } from './deploymentCommands.ts';
import { describeInstallation } from './diagnostics.ts';
import { installEngine, showDoctor } from './doctor.ts';
import { showDrift } from './drift.ts';
import { openExample } from './example.ts';
import { editExperiment } from './experimentEdits.ts';
import { dryRun, runExperiment, runVariant } from './experiments.ts';
import { modelCommands, registerModel } from './modelCommands.ts';
import { newExperiment } from './newExperiment.ts';
import { reproduceRun } from './reproduce.ts';
import { showResolved } from './resolvedView.ts';
import { explainRule } from './rulePages.ts';
import { chooseRun, chooseRuns, deploymentOf } from './subjects.ts';
import { tuneExperiment } from './tuneCommand.ts';
import type { World } from './world.ts';

type Handler = (...given: readonly unknown[]) => unknown;

export function commandTable(context: ExtensionContext, world: World): Readonly<Record<string, Handler>> {
  const { server, list, log } = world;

  /** A command about one run: of a tree's line, a panel, or chosen from a list. */
  const aboutRun = (work: (run: RunPlace) => unknown, statuses?: readonly RunStatus[]): Handler => {
    return async (given) => {
      const run = await chooseRun(list, given, statuses);
      if (run !== undefined) await work(run);
    };
  };

  return {
    'modelwright.experiment.new': () => newExperiment(world),
    'modelwright.experiment.run': (given) => runExperiment(world, given),
    'modelwright.experiment.tune': (given) => tuneExperiment(world, given),
    'modelwright.experiment.runVariant': (given) => runVariant(world, given),
    'modelwright.experiment.dryRun': (given) => dryRun(world, given),
    'modelwright.experiment.compareVariants': (given) => compareVariants(world, given),
    'modelwright.experiment.showResolved': (given) => showResolved(world, given),
    'modelwright.experiment.fixAll': (given) => editExperiment(world, 'fixAll', given),
    'modelwright.experiment.pinData': (given) => editExperiment(world, 'pinData', given),
    'modelwright.experiment.inferColumns': (given) => editExperiment(world, 'inferColumns', given),
    'modelwright.data.show': (given, finding) => showData(world, given, finding),
    'modelwright.rule.explain': (given) => explainRule(given),
    'modelwright.example.open': () => openExample(context),
    'modelwright.runs.show': () => world.panels.runs({}),
    'modelwright.runs.showAll': (experiment) => world.showAllRuns(String(experiment)),
    'modelwright.run.open': aboutRun((run) => world.panels.run(run)),
    'modelwright.run.stop': aboutRun((run) => server.ask(calls.cancelRun, run), ['running']),
    'modelwright.run.resume': aboutRun(
      async (run) => {
        await server.ask(calls.resumeRun, run);
        world.panels.run(run);
      },
      ['interrupted', 'failed', 'cancelled'],
    ),
    'modelwright.run.compare': async (given, selected) => {
      const subject = await chooseRuns(list, given, selected);
      if (subject !== undefined) world.panels.compare(subject);
    },
    'modelwright.run.copyId': aboutRun(({ id }) => env.clipboard.writeText(id)),
    'modelwright.run.delete': aboutRun(
      (run) => deleteRun(world, run),
      ['finished', 'failed', 'cancelled', 'interrupted'],
    ),
    'modelwright.run.reproduce': aboutRun(
      (run) => reproduceRun(world, run),
      ['finished', 'failed', 'cancelled', 'interrupted'],
    ),
    'modelwright.run.register': aboutRun((run) => registerModel(world, run), ['finished']),
    'modelwright.card.show': aboutRun((run) => world.panels.card(run), ['finished']),
    'modelwright.drift.show': (given) => showDrift(world, deploymentOf(given) ?? given),
    ...modelCommands(world),
    ...deploymentCommands(world),
    'modelwright.doctor.show': () => showDoctor(),
    'modelwright.engine.install': () => installEngine(context, world),
    'modelwright.diagnostics.copy': async () => {
      await env.clipboard.writeText(describeInstallation(context, list));
      await window.showInformationMessage(
        'Diagnostics copied. They hold versions and counts, no data and no paths.',
      );
    },
    'modelwright.log.show': () => log.show(),
    'modelwright.server.restart': () => server.restart(),
  };
}

async function deleteRun({ server, list }: World, run: RunPlace): Promise<void> {
  await server.ask(calls.deleteRun, run);
  await list.refresh();
  if ((await window.showInformationMessage(`Run ${run.id} is deleted.`, 'Undo')) === undefined) return;
  await server.ask(calls.restoreRun, run);
  await list.refresh();
}
