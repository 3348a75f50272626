/** Commands about deployments: serve a model, try it, load it, look at it, stop it. */
import { commands, ProgressLocation, type QuickPickItem, window, workspace } from 'vscode';
import { type DeploymentEntry, deploymentCalls, type LoadFigures } from '../server/protocol/deployments.ts';
import type { RunPlace } from '../server/protocol/workbench.ts';
import { plain } from './failures.ts';
import { ServerFailure } from './serverFailure.ts';
import { deploymentOf, modelOf, placeOf, versionOf } from './subjects.ts';
import { age, headline, number4, printable, servingText } from './wording.ts';
import type { World } from './world.ts';

type Handler = (...given: readonly unknown[]) => unknown;

export function deploymentCommands(world: World): Readonly<Record<string, Handler>> {
  const about =
    (work: (deployment: DeploymentEntry) => unknown, options: { readonly ended?: boolean } = {}): Handler =>
    async (given) => {
      const deployment = deploymentOf(given) ?? (await chooseDeployment(world, options.ended === true));
      if (deployment !== undefined) await work(deployment);
    };
  return {
    'modelwright.model.serve': (given) => serve(world, given),
    'modelwright.deployment.open': about(
      ({ workspace: place, id, models }) =>
        world.pages.show(
          { kind: 'deployment', workspace: place, id },
          `Deployment of ${models[0]?.name ?? id}`,
        ),
      { ended: true },
    ),
    'modelwright.deployment.stop': about((deployment) => stop(world, deployment)),
    'modelwright.deployment.tryIt': about((deployment) => world.requests.open(deployment)),
    'modelwright.deployment.send': () => world.requests.sendInFront(),
    'modelwright.deployment.loadTest': about((deployment) => loadTest(world, deployment)),
    'modelwright.deployment.showLogs': about(
      ({ workspace: place, id, models }) =>
        world.pages.show({ kind: 'log', workspace: place, id }, `Predictions of ${models[0]?.name ?? id}`),
      { ended: true },
    ),
  };
}

interface Served {
  readonly workspace: string;
  /** A model reference (cli.md). */
  readonly model: string;
}

async function serve(world: World, given: unknown): Promise<void> {
  const served = servedBy(given) ?? (await chooseModel(world));
  if (served === undefined) return;
  const port = workspace.getConfiguration('modelwright').get<number | null>('serve.port', null);
  const options = {
    location: ProgressLocation.Window,
    title: `Serving ${printable(served.model)}`,
    cancellable: true,
  };
  try {
    const { id, url } = await window.withProgress(options, (_, token) =>
      world.server.ask(deploymentCalls.serve, { ...served, port }, token),
    );
    await world.deployments.refresh();
    const name = printable(served.model);
    const chosen = await window.showInformationMessage(`${name} is served at ${url}.`, 'Try it');
    const deployment = world.deployments.entries.find((each) => each.id === id);
    if (chosen !== undefined && deployment !== undefined) await world.requests.open(deployment);
  } catch (error) {
    if (!(error instanceof ServerFailure) || error.failure.code !== 'port-busy') throw error;
    // Here the port comes from a setting, not from a flag.
    const sentence = `${plain(error.failure.message)} The setting modelwright.serve.port asks for it; without one a free port is taken.`;
    if ((await window.showErrorMessage(sentence, 'Open setting')) !== undefined)
      await commands.executeCommand('workbench.action.openSettings', 'modelwright.serve.port');
  }
}

/** Of a version, a model (its version in production, or else its newest) or a run. */
function servedBy(given: unknown): Served | undefined {
  const model = modelOf(given);
  const version =
    versionOf(given) ?? model?.versions.find(({ stage }) => stage === 'production') ?? model?.versions[0];
  if (version !== undefined)
    return { workspace: version.workspace, model: `${version.name}/${version.version}` };
  const run: RunPlace | undefined = placeOf(given);
  return run && { workspace: run.workspace, model: `run:${run.id}` };
}

async function chooseModel(world: World): Promise<Served | undefined> {
  await world.models.refresh();
  const now = Date.now();
  const versions = world.models.entries.flatMap((model) => model.versions);
  const runs = world.list.runs.filter(({ status }) => status === 'finished').slice(0, 100);
  const items: (QuickPickItem & { served: Served })[] = [
    ...versions.map((version) => ({
      served: { workspace: version.workspace, model: `${version.name}/${version.version}` },
      label: `${printable(version.name)}, version ${version.version}`,
      description: [version.stage, ...version.aliases.filter((each) => each !== version.stage)].join(', '),
      detail: version.metric === null ? '' : `${version.metric} ${headline(version)}`,
    })),
    ...runs.map((run) => ({
      served: { workspace: run.workspace, model: `run:${run.id}` },
      label: `Run ${run.id}`,
      description: `${printable(run.experiment)} · ${age(run.started, now)}`,
      detail: run.metric === null ? '' : `${run.metric} ${headline(run)}`,
    })),
  ];
  if (items.length === 0) {
    await window.showInformationMessage('There is no model to be served yet: no run has finished.');
    return undefined;
  }
  return (
    await window.showQuickPick(items, {
      placeHolder: 'Which model is to be served?',
      matchOnDescription: true,
    })
  )?.served;
}

async function stop({ server, deployments }: World, deployment: DeploymentEntry): Promise<void> {
  const { workspace: place, id, models } = deployment;
  const title = `Stopping ${printable(models[0]?.name ?? id)}`;
  await window.withProgress({ location: ProgressLocation.Window, title }, () =>
    server.ask(deploymentCalls.stop, { workspace: place, id }),
  );
  await deployments.refresh();
}

/** Seconds. */
const loadSeconds = 10;

async function loadTest(world: World, { workspace: place, id, models }: DeploymentEntry): Promise<void> {
  const name = printable(models[0]?.name ?? id);
  const items = [1, 8, 32].map((connections) => ({
    connections,
    label: `${connections} ${connections === 1 ? 'connection' : 'connections'}`,
    description: connections === 1 ? 'how fast one caller is answered' : 'how many callers it can take',
  }));
  const chosen = await window.showQuickPick(items, {
    title: `Load test of ${name}, ${loadSeconds} s`,
    placeHolder: 'How many requests at a time?',
  });
  if (chosen === undefined) return;
  const { connections } = chosen;
  const options = {
    location: ProgressLocation.Notification,
    title: `Load test of ${name}`,
    cancellable: true,
  };
  const figures = await window.withProgress(options, async (progress, token) => {
    const listening = world.server.onLoadProgress(({ id: of, figures: sofar }) => {
      if (of === id) progress.report({ message: figuresText(sofar), increment: 100 / loadSeconds });
    });
    try {
      const params = { workspace: place, id, seconds: loadSeconds, connections };
      return await world.server.ask(deploymentCalls.loadTest, params, token);
    } finally {
      listening.dispose();
    }
  });
  const sentence = `${name} answered ${figuresText(figures)} over ${items.find((item) => item === chosen)?.label}.`;
  world.log.info(sentence);
  if ((await window.showInformationMessage(sentence, 'Show log')) !== undefined) world.log.show();
}

function figuresText({ rate, p50, p95, p99, errors }: LoadFigures): string {
  const latencies = [p50, p95, p99].map((value) => (value === null ? '–' : `${number4(value)} ms`));
  const [median, most, nearlyAll] = latencies;
  const failed = errors === 0 ? 'no errors' : `${errors} errors`;
  return `${number4(rate)} requests/s: p50 ${median}, p95 ${most}, p99 ${nearlyAll}, ${failed}`;
}

async function chooseDeployment(world: World, ended: boolean): Promise<DeploymentEntry | undefined> {
  await world.deployments.refresh();
  const offered = world.deployments.entries.filter(({ status }) => ended || status === 'running');
  const [only] = offered;
  if (offered.length === 0) {
    const serveOne = await window.showInformationMessage('Nothing is being served.', 'Serve a model');
    if (serveOne !== undefined) await commands.executeCommand('modelwright.model.serve');
    return undefined;
  }
  if (offered.length === 1) return only;
  const items = offered.map((deployment) => ({
    deployment,
    label: printable(deployment.models.map(({ name }) => name).join(', ')),
    description:
      deployment.status === 'running'
        ? servingText(deployment)
        : `${deployment.status} · ${age(deployment.started, Date.now())}`,
  }));
  return (await window.showQuickPick(items, { placeHolder: 'Which deployment?' }))?.deployment;
}
