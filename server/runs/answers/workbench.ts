/** Answers the extension: lists, shows, starts, stops and compares runs through the store, and builds their cards. */
import { relative, sep } from 'node:path';
import type * as z from 'zod';
import { ModelwrightError } from '../../catalog/errors.ts';
import { metricNamed } from '../../catalog/metrics.ts';
import type { Experiment } from '../../config/experiment.ts';
import { findExperimentFiles } from '../../config/findFiles.ts';
import { loadExperiment } from '../../config/load.ts';
import type { Profile } from '../../data/profile/columnProfile.ts';
import { guessTargets } from '../../data/profile/guessTargets.ts';
import { plainSpec } from '../../data/spec.ts';
import { startDataClient } from '../../data/worker/client.ts';
import type { Call } from '../../protocol/call.ts';
import type { Card } from '../../protocol/card.ts';
import { deploymentsChanged } from '../../protocol/deployments.ts';
import { diagnoseCall } from '../../protocol/doctor.ts';
import { toJson } from '../../protocol/json.ts';
import { modelsChanged } from '../../protocol/models.ts';
import { runEventSchema } from '../../protocol/runMessages.ts';
import {
  calls,
  type ExperimentEntry,
  type RunDetail,
  type RunEntry,
  type RunPlace,
  runsChanged,
  type TimedEvent,
} from '../../protocol/workbench.ts';
import type { Store } from '../../store/store.ts';
import { listRunLines, readFrozenExperiment, runBefore } from '../../tracking/overview.ts';
import {
  artifactHashes,
  deleteRun,
  readEvents,
  readRun,
  requestCancel,
  restoreRun,
} from '../../tracking/runs.ts';
import { failureOf } from '../failure.ts';
import { launchRun } from '../launch.ts';
import { trialTable } from '../search/trialTable.ts';
import { differingPaths, flatSettings } from '../settings.ts';
import { answerDeployments } from './deploymentRequests.ts';
import { askDoctor } from './doctorProcess.ts';
import { answerDrift } from './driftRequests.ts';
import { answerModels } from './modelRequests.ts';
import { type Handler, inStores, withStore } from './requests.ts';
import { watchStores } from './watchStores.ts';

/** What this needs of an LSP connection. */
export interface WorkbenchConnection {
  onRequest(method: string, answer: (params: unknown, token: Cancellation) => Promise<unknown>): unknown;
  sendNotification(method: string, params: unknown): Promise<void>;
}

interface Cancellation {
  readonly isCancellationRequested: boolean;
  onCancellationRequested(listener: () => void): unknown;
}

type Handlers = {
  readonly [Name in keyof typeof calls]: Handler<
    z.infer<(typeof calls)[Name]['params']>,
    z.infer<(typeof calls)[Name]['result']>
  >;
};

/**
 * Every request is answered by a result or a failure in words; none of them trains in this process. What only some
 * requests need (cards, plans, comparisons, with DuckDB and ONNX behind them) is loaded by the first of them: an editor
 * waits for this process to start.
 */
export function serveWorkbench(connection: WorkbenchConnection): void {
  const notify = (method: string, params: unknown) => void connection.sendNotification(method, params);
  const watch = watchStores({
    runs: (change) => notify(runsChanged.method, change),
    models: (workspace) => notify(modelsChanged.method, { workspace }),
    deployments: (workspace) => notify(deploymentsChanged.method, { workspace }),
  });
  const handlers: Handlers = {
    ...runHandlers,
    listRuns({ workspaces, limit }) {
      for (const workspace of workspaces) watch.add(workspace);
      return { runs: listEntries(workspaces, limit) };
    },
  };
  const register = <Params, Result>(call: Call<Params, Result>, handler: Handler<Params, Result>) => {
    connection.onRequest(call.method, async (params, token) => {
      const control = new AbortController();
      token.onCancellationRequested(() => control.abort());
      try {
        return { result: plain(await handler(call.params.parse(params), control.signal)) };
      } catch (error) {
        return { failure: plain(failureOf(error)) };
      }
    });
  };
  register(calls.listExperiments, handlers.listExperiments);
  register(calls.guessTargets, handlers.guessTargets);
  register(calls.draftExperiment, handlers.draftExperiment);
  register(calls.listRuns, handlers.listRuns);
  register(calls.showRun, handlers.showRun);
  register(calls.startRun, handlers.startRun);
  register(calls.planRun, handlers.planRun);
  register(calls.cancelRun, handlers.cancelRun);
  register(calls.resumeRun, handlers.resumeRun);
  register(calls.reproduceRun, handlers.reproduceRun);
  register(calls.sameFiles, handlers.sameFiles);
  register(calls.deleteRun, handlers.deleteRun);
  register(calls.restoreRun, handlers.restoreRun);
  register(calls.compareRuns, handlers.compareRuns);
  register(calls.compareExperiments, handlers.compareExperiments);
  register(calls.card, handlers.card);
  register(calls.exportCard, handlers.exportCard);
  register(diagnoseCall, ({ workspace }, signal) => askDoctor(workspace, signal));
  answerModels({ register, watch, notify });
  answerDeployments({ register, watch, notify });
  answerDrift({ register });
}

const runHandlers: Omit<Handlers, 'listRuns'> = {
  listExperiments: ({ workspaces }) => ({ experiments: workspaces.flatMap(listExperiments) }),
  guessTargets: async ({ data }, signal) => ({ targets: guessTargets(await profileOf(data, signal)) }),
  async draftExperiment({ data, target, folder }, signal) {
    const place = relative(folder, data).split(sep).join('/');
    const source = place.startsWith('..') ? data : place;
    const { draftExperiment } = await import('../draftExperiment.ts');
    return { text: draftExperiment(await profileOf(data, signal), source, target) };
  },
  showRun: (place) => ofRun(place, (store) => showRun(store, place)),
  startRun: async ({ device = 'auto', trials, ...order }, signal) => {
    // The editor's setting; `auto` leaves it to the experiment.
    const overrides = [...(device === 'auto' ? [] : [`train.device=${device}`]), ...trialsOf(trials)];
    return { id: await launchRun({ kind: 'run', overrides, ...order }, { signal }) };
  },
  async planRun({ trials, ...order }, signal) {
    const { planRun } = await import('../estimate/plan.ts');
    const plan = await planRun({ overrides: trialsOf(trials), ...order }, signal);
    return { ...plan, stages: [...plan.stages], over: [...plan.over] };
  },
  cancelRun: (place) =>
    ofRun(place, (store) => {
      const { head } = readRun(store, place.id);
      if (!requestCancel(store, head.id))
        throw new ModelwrightError('run-not-running', { id: head.id, status: head.status });
      return {};
    }),
  async resumeRun({ workspace, id }) {
    await launchRun({ kind: 'resume', workspace, id });
    return {};
  },
  reproduceRun: async ({ workspace, id }) => ({ id: await launchRun({ kind: 'reproduce', workspace, id }) }),
  sameFiles: ({ workspace, ids: [first, second] }) =>
    ofRun({ workspace, id: first }, (store) => {
      const [a, b] = [artifactHashes(store, first), artifactHashes(store, second)];
      const same = (name: string) => a.has(name) && a.get(name) === b.get(name);
      return { model: same('model.onnx'), predictions: same('predictions.parquet') };
    }),
  deleteRun: (place) =>
    ofRun(place, (store) => {
      deleteRun(store, place.id);
      return {};
    }),
  restoreRun: (place) =>
    ofRun(place, (store) => {
      restoreRun(store, place.id);
      return {};
    }),
  compareRuns: ({ workspace, ids }) =>
    ofRun({ workspace, id: ids[0] ?? '' }, async (store) => {
      const { compareRuns } = await import('../compare.ts');
      const compared = await compareRuns(
        ids.map((id) => readRun(store, id)),
        workspace,
      );
      return calls.compareRuns.result.parse(plain(compared));
    }),
  async compareExperiments(sides) {
    const { compareExperiments } = await import('./compareExperiments.ts');
    return calls.compareExperiments.result.parse(plain(await compareExperiments(sides)));
  },
  card: (place) => ofRun(place, async (store) => ({ card: await cardOf(store, place.id) })),
  exportCard: ({ format, ...place }) =>
    ofRun(place, async (store) => ({ text: await cardRenderers[format](await cardOf(store, place.id)) })),
};

async function profileOf(data: string, signal: AbortSignal): Promise<Profile> {
  const client = startDataClient();
  try {
    return await client.profile(plainSpec(data), {}, signal);
  } finally {
    client.stop();
  }
}

const cardRenderers = {
  md: async (card: Card) => (await import('../../cards/markdown.ts')).renderCardMarkdown(card),
  html: async (card: Card) => (await import('../../cards/html.ts')).renderCardHtml(card),
  json: async (card: Card) => (await import('../../cards/json.ts')).renderCardJson(card),
} as const;

async function cardOf(store: Store, id: string): Promise<Card> {
  const { document, request, findings, head } = readRun(store, id);
  if (document === undefined) throw new ModelwrightError('run-without-model', { id, status: head.status });
  const experiment = request.experiment as unknown as Experiment; // Stored by createRun from an Experiment.
  const { buildCard } = await import('../../cards/buildCard.ts');
  return buildCard(document, experiment, findings);
}

function ofRun<Result>(
  { workspace, id }: RunPlace,
  work: (store: Store) => Result | Promise<Result>,
): Promise<Result> {
  return withStore(workspace, () => new ModelwrightError('run-not-found', { id }), work);
}

/** What was frozen at the start of a run never changes, so it is flattened once. */
const frozen = new Map<string, ReadonlyMap<string, string>>();

function settingsOf(store: Store, id: string): ReadonlyMap<string, string> {
  const key = `${store.directory} ${id}`;
  const known = frozen.get(key) ?? flatSettings(JSON.parse(readFrozenExperiment(store, id)));
  frozen.set(key, known);
  return known;
}

/** A person's words in the card and the experiment's name say nothing about results. */
const telling = (path: string) => !/^(card|name|description|tags)(\.|$)/.test(path);

function listEntries(workspaces: readonly string[], limit: number): RunEntry[] {
  const listed = inStores(workspaces, (store, workspace) =>
    listRunLines(store, limit).map((line) => ({ line, workspace, all: settingsOf(store, line.id) })),
  );
  const paths = differingPaths(listed.map(({ all }) => all)).filter(telling);
  return listed
    .sort((a, b) => b.line.started.localeCompare(a.line.started))
    .map(({ line, workspace, all }) => ({
      ...line,
      workspace,
      settings: Object.fromEntries(paths.flatMap((path) => entryAt(all, path))),
    }));
}

function entryAt(settings: ReadonlyMap<string, string>, path: string): [string, string][] {
  const value = settings.get(path);
  return value === undefined ? [] : [[path, value.length > 200 ? `${value.slice(0, 199)}…` : value]];
}

function showRun(store: Store, { id, workspace, after }: RunPlace & { after: number }): RunDetail {
  const record = readRun(store, id);
  const before = runBefore(store, record.head);
  const earlier = before === undefined ? undefined : settingsOf(store, before);
  const events = thinned(eventsOf(store, record.head.id, after));
  return {
    head: record.head,
    workspace,
    file: record.request.file,
    document: record.document ?? null,
    error: record.error ?? null,
    findings: record.findings.map(({ rule, severity, message }) => ({ rule, severity, message })),
    events,
    settings: [...settingsOf(store, record.head.id)].map(([path, value]) => ({
      path,
      value,
      before: earlier?.get(path) ?? null,
    })),
    before: before ?? null,
    lowerIsBetter: lowerOf(events),
    trials: trialTable(store, record.head.id),
  };
}

function trialsOf(trials: number | undefined): string[] {
  return trials === undefined ? [] : [`tune.trials=${trials}`];
}

function eventsOf(store: Store, id: string, after: number): TimedEvent[] {
  return readEvents(store, id, after).map(({ sequence, time, body }) => ({
    sequence,
    time,
    event: runEventSchema.parse(body),
  }));
}

function lowerOf(events: readonly TimedEvent[]): string[] {
  const names = new Set(events.map(({ event }) => event.score?.metric));
  return [...names].filter((name) => name !== undefined).filter(isLower);
}

function isLower(name: string): boolean {
  return metricNamed(name.replace(/@\d+$/, '@k'))?.direction === 'lower';
}

/** At most 1,000 of them, evenly chosen, the last one always. */
function thinned<Item>(items: Item[], most = 1000): Item[] {
  if (items.length <= most) return items;
  const step = items.length / most;
  return Array.from({ length: most }, (_, index) => items[Math.ceil((index + 1) * step) - 1]).filter(
    (item) => item !== undefined,
  );
}

function listExperiments(workspace: string): ExperimentEntry[] {
  return findExperimentFiles(workspace).map((file) => {
    const path = relative(workspace, file).split(sep).join('/');
    const unread = { workspace, file, path, name: path, variants: [] };
    try {
      const { experiment, value } = loadExperiment({ file, workspace, environment: process.env });
      return { ...unread, name: experiment?.name ?? path, variants: variantsOf(value) };
    } catch {
      // A file that cannot be read stays in the list; opening it says why.
      return unread;
    }
  });
}

function variantsOf(value: unknown): string[] {
  const given =
    typeof value === 'object' && value !== null && 'variants' in value ? value.variants : undefined;
  return typeof given === 'object' && given !== null && !Array.isArray(given) ? Object.keys(given) : [];
}

/** As JSON would carry it: NaN and infinities as words. */
function plain(value: unknown): unknown {
  return JSON.parse(toJson(value));
}
