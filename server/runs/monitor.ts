/** A model watched: the log of its deployment, or a file, window by window against the test rows that its run kept. */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { columnsOf } from '../config/expression/check.ts';
import { parseExpression } from '../config/expression/parse.ts';
import { valueAt } from '../config/valueAt.ts';
import type { Table } from '../data/table.ts';
import { openTable } from '../data/tables/openTable.ts';
import { logTime, openLog } from '../data/tables/readLog.ts';
import { checkContract } from '../engines/checkContract.ts';
import { compareSamples } from '../monitoring/compare.ts';
import { keepCheck } from '../monitoring/lastCheck.ts';
import { isWatched, type MonitorSettings, readMonitorSettings } from '../monitoring/monitorSettings.ts';
import { replay } from '../monitoring/replay.ts';
import { type ColumnSample, readSample, type Sample, sampleSizes } from '../monitoring/sample.ts';
import { alarmed, cutWindows, leastWindowRows } from '../monitoring/windows.ts';
import { type ModelLineage, readLineage } from '../onnx/lineage.ts';
import { readModel } from '../onnx/model.ts';
import type { DriftReport } from '../protocol/drift.ts';
import type { MonitorDocument } from '../protocol/monitor.ts';
import type { Outside } from '../protocol/outside.ts';
import { type Deployment, deploymentFolder, listDeployments } from '../serving/deployments.ts';
import { logSegments } from '../serving/predictionLog.ts';
import { hasStore } from '../store/place.ts';
import { openStore, type Store } from '../store/store.ts';
import { type RunRecord, readRun } from '../tracking/runs.ts';
import { kindsOf, listed, refuseStrangers } from './drift.ts';
import { findModel, type ModelReference, specForModel } from './modelReference.ts';
import { readReference } from './readReference.ts';
import { answerName } from './reference.ts';
import { replayAnswers } from './replayAnswers.ts';

export interface MonitorRequest {
  readonly workspace: string;
  /** Id of a deployment or its start, a model that is served, or the path of a table. */
  readonly subject: string;
  /** A model reference: what a table is compared with. */
  readonly model: string | null;
  /** Also find how often this configuration alarms where nothing has drifted. */
  readonly replay: boolean;
  readonly signal: AbortSignal;
}

/** Throws `monitor-not-found`, `monitor-without-model`, `monitor-log-empty` and what the reference and the reader throw. */
export async function monitor(request: MonitorRequest): Promise<MonitorDocument> {
  const deployment = findDeployment(request);
  return deployment === undefined ? monitorFile(request) : monitorLog(request, deployment);
}

interface Watched {
  readonly run: RunRecord;
  readonly settings: MonitorSettings;
  /** Columns that are watched. */
  readonly reference: Sample;
  readonly importance: ReadonlyMap<string, number>;
}

function watch(workspace: string, run: RunRecord): Watched {
  const settings = readMonitorSettings(run.request.experiment);
  const reference = readReference(workspace, run);
  const [explanation] = run.document?.explanations ?? [];
  const found = explanation?.importance ?? [];
  const importance = new Map(found.map(({ column, value }) => [column, Number(value)]));
  const matter = withSources(
    run,
    found.filter(({ low }) => Number(low) > 0).map(({ column }) => column),
  );
  const columns = reference.columns.filter((column) => isWatched(settings, column, matter));
  if (settings.features !== 'all' && !columns.some(isInput))
    throw new ModelwrightError('monitor-nothing-watched', {
      features: [settings.features].flat().join(', '),
      id: run.head.id,
      columns: listed(reference.columns.filter(isInput)),
    });
  return { run, settings, reference: { ...reference, columns }, importance };
}

/** A feature that the file computes matters by the columns that it reads. */
function withSources({ request }: RunRecord, columns: readonly string[]): ReadonlySet<string> {
  const experiment = request.experiment as unknown as Experiment; // Stored by createRun from an Experiment.
  const made = new Map(experiment.features.derive.map(({ name, expr }) => [name, expr]));
  const matter = new Set<string>();
  const open = [...columns];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (matter.has(name)) continue;
    matter.add(name);
    const { ast } = parseExpression(made.get(name) ?? '');
    if (ast !== undefined) open.push(...columnsOf(ast));
  }
  return matter;
}

function isInput({ role }: ColumnSample): boolean {
  return role === undefined;
}

async function monitorLog(request: MonitorRequest, found: Found): Promise<MonitorDocument> {
  const { deployment, model, run, segments } = found;
  const watched = watch(request.workspace, run);
  const { settings, reference } = watched;
  const document = run.document;
  const path = join(request.workspace, document?.artifacts.model ?? '');
  const lineage = await lineageOf(path);
  const inputs = (document?.features ?? []).flatMap(({ name }) => {
    // What is not compared with the test is still held against the contract.
    const known = [...reference.columns, ...(lineage?.features ?? [])].find((own) => own.name === name);
    return known === undefined ? [] : [{ name, kind: known.kind, input: 'string' as const }];
  });
  const answer = reference.columns.find(({ role }) => role === 'prediction');
  const name = answer?.name ?? answerName(inputs.map((input) => input.name));
  const kind = answer?.kind ?? 'numeric';
  const field = document?.task === 'binary' ? 'score' : 'prediction';
  const log = await openLog(
    { segments, model: model.name, version: model.version, inputs, answer: { field, name, kind } },
    { signal: request.signal },
  );
  try {
    if (log.rowCount === 0)
      throw new ModelwrightError('monitor-log-empty', { id: deployment.id, model: model.name });
    const held = new Set(log.columns.map((column) => column.name));
    const columns = new Set(reference.columns.map((column) => column.name).filter((own) => held.has(own)));
    if (columns.size === 0)
      throw new ModelwrightError('monitor-log-bare', {
        id: deployment.id,
        columns: listed(reference.columns),
      });
    const windows = cutWindows(await log.numbers(logTime), settings.window);
    const reports: DriftReport[] = [];
    for (const { rows } of windows) {
      const side = {
        most: sampleSizes.current,
        seed: settings.drift.seed,
        side: 'current',
        columns,
        against: reference,
      } as const;
      const current = await readSample(log, { ...side, rows, roles: { [name]: 'prediction' } });
      reports.push(
        await compareSamples(reference, current, settings.drift, { ...watched, signal: request.signal }),
      );
    }
    const places = windows.map(({ from, to, rows }) => ({
      from: instant(from),
      to: instant(to),
      rows: rows.length,
    }));
    const subject = {
      subject: deployment.id,
      deployment: deployment.id,
      model: `${model.name}/${model.version}`,
    };
    const outside = await outsideOf(lineage, log, settings);
    const told = await documentOf(request, watched, { ...subject, places, reports, outside });
    const replayed = comparesServing(run)
      ? await replayAnswers({ segments, model: model.name, version: model.version, path })
      : undefined;
    keepCheck(found.folder, { ...checkOf(told, settings), ...(replayed && { replayed }) });
    return told;
  } finally {
    await log.close();
  }
}

async function monitorFile(request: MonitorRequest): Promise<MonitorDocument> {
  const path = resolve(request.workspace, request.subject);
  if (request.subject === '' || !existsSync(path))
    throw new ModelwrightError('monitor-not-found', { subject: request.subject });
  if (request.model === null)
    throw new ModelwrightError('monitor-without-model', { subject: request.subject });
  const model = findModel(request.workspace, request.model);
  const run = runOf(model);
  const watched = watch(request.workspace, run);
  const inputs = watched.reference.columns.filter(isInput);
  const reference = { ...watched.reference, columns: inputs };
  const spec = specForModel(model, path, { withTarget: false });
  const kinds = { ...spec.kinds, ...kindsOf(reference) };
  const table = await openTable({ ...spec, kinds }, { signal: request.signal });
  try {
    refuseStrangers({ reference: request.model, current: request.subject }, inputs, table.columns);
    const { seed } = watched.settings.drift;
    const columns = new Set(inputs.map(({ name }) => name));
    const side = { most: sampleSizes.current, seed, side: 'current', columns, against: reference } as const;
    const current = await readSample(table, side);
    const { importance, settings } = watched;
    const report = await compareSamples(reference, current, settings.drift, {
      importance,
      signal: request.signal,
    });
    const places = [{ from: null, to: null, rows: table.rowCount }];
    const subject = { subject: request.subject, deployment: null, model: request.model };
    const outside = await outsideOf(await lineageOf(model.path), table, settings);
    return await documentOf(request, watched, { ...subject, places, reports: [report], outside });
  } finally {
    await table.close();
  }
}

function runOf({ run, name }: ModelReference): RunRecord {
  if (run === undefined) throw new ModelwrightError('reference-missing', { id: name });
  return run;
}

/** Undefined where the file is gone. */
async function lineageOf(path: string): Promise<ModelLineage | undefined> {
  const bytes = await readFile(path).catch(() => undefined);
  return bytes === undefined ? undefined : readLineage(readModel(bytes).metadata);
}

/** By the contract in the model's file. What `monitor.quality` leaves out is left out here too. */
async function outsideOf(
  lineage: ModelLineage | undefined,
  table: Table,
  { drift }: MonitorSettings,
): Promise<Outside[]> {
  if (lineage === undefined) return [];
  const rows = Int32Array.from({ length: table.rowCount }, (_, row) => row);
  const outside = await checkContract(lineage, table, { rows });
  return outside.filter(({ check }) => drift.quality[check]);
}

/** `features.validate.skew`. */
function comparesServing({ request: { experiment } }: RunRecord): boolean {
  return valueAt(experiment, ['features', 'validate', 'skew']) !== false;
}

interface Seen extends Pick<MonitorDocument, 'subject' | 'deployment' | 'model'> {
  readonly places: readonly Pick<MonitorDocument['windows'][number], 'from' | 'to' | 'rows'>[];
  readonly reports: readonly DriftReport[];
  readonly outside: readonly Outside[];
}

async function documentOf(
  { replay: wanted, signal }: MonitorRequest,
  { run, settings, reference }: Watched,
  { places, reports, outside, ...subject }: Seen,
): Promise<MonitorDocument> {
  const drifted = reports.map((report) => report.drifted);
  // A file is one window: there are none before it that could have drifted too.
  const persist = subject.deployment === null ? 1 : settings.persist;
  const windows = places.map((place, index) => ({
    ...place,
    tested: (reports[index]?.columns ?? []).some(({ verdict }) => verdict !== 'unknown'),
    drifted: drifted[index] ?? false,
    alarm: alarmed(drifted.slice(0, index + 1), persist),
    columns: (reports[index]?.columns ?? []).filter((column) => column.drifted).map(({ column }) => column),
  }));
  const rows = 'rows' in settings.window ? settings.window.rows : (places.at(-1)?.rows ?? leastWindowRows);
  return {
    ...subject,
    run: run.head.id,
    reference: { rows: reference.rows, sampled: reference.sampled },
    window: settings.windowText,
    persist,
    windows,
    report: reports.at(-1) ?? null,
    alarm: windows.at(-1)?.alarm ?? false,
    outside: [...outside],
    replay: wanted ? await replay(reference, settings, rows, signal) : null,
  };
}

function checkOf({ model, run, persist, windows, report }: MonitorDocument, { drift }: MonitorSettings) {
  const watched = report?.columns.length ?? 0;
  return { time: new Date().toISOString(), model, run, persist, windows, effect: drift.effect, watched };
}

function instant(seconds: number): string {
  return new Date(1000 * seconds).toISOString();
}

interface Found {
  readonly deployment: Deployment;
  readonly model: Deployment['models'][number];
  readonly run: RunRecord;
  readonly segments: readonly string[];
  /** Of the deployment. */
  readonly folder: string;
}

/** The newest that is meant, one that runs before one that has ended; undefined where a file may be meant. */
function findDeployment({ workspace, subject }: MonitorRequest): Found | undefined {
  if (!hasStore(workspace)) return undefined;
  const store = openStore(workspace);
  try {
    const all = listDeployments(store);
    const named = all.filter(
      ({ id, models }) =>
        (subject !== '' && id.startsWith(subject)) || models.some(({ name }) => name === subject),
    );
    const deployment = named.find(({ status }) => status === 'running') ?? named[0];
    const model = deployment?.models.find(({ name }) => name === subject) ?? deployment?.models[0];
    return deployment === undefined || model === undefined ? undefined : foundIn(store, deployment, model);
  } finally {
    store.close();
  }
}

function foundIn(store: Store, deployment: Deployment, model: Deployment['models'][number]): Found {
  if (model.run === null) throw new ModelwrightError('reference-missing', { id: model.reference });
  const folder = deploymentFolder(store, deployment.id);
  const segments = logSegments(join(folder, 'log'));
  if (segments.length === 0)
    throw new ModelwrightError('monitor-log-empty', { id: deployment.id, model: model.name });
  return { deployment, model, run: readRun(store, model.run), segments, folder };
}
