/** What a run leaves behind: the model file, the predictions and the card, stored under the hash of their bytes. */
import { relative } from 'node:path';
import { buildCard } from '../cards/buildCard.ts';
import { renderCardMarkdown } from '../cards/markdown.ts';
import { writeTable } from '../data/duckdb/write.ts';
import { referenceText } from '../monitoring/referenceFile.ts';
import type { Finding } from '../protocol/finding.ts';
import { toJson } from '../protocol/json.ts';
import { type RunDocument, runDocumentSchema } from '../protocol/run.ts';
import { type Artifact, copyArtifact, putArtifact, putFileAsync } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';
import type { TrainedModel } from '../training/train.ts';
import { predictionColumns } from './predictionColumns.ts';
import { referenceOf } from './reference.ts';
import type { RunRows } from './runRows.ts';
import type { ScoredRun } from './score.ts';

export interface WriteRequest extends RunRows {
  readonly store: Store;
  readonly model: TrainedModel;
  readonly scored: ScoredRun;
  /** The run's document, still without artifacts. */
  readonly described: Omit<RunDocument, 'artifacts'>;
  readonly findings: readonly Finding[];
  /** Absolute; a copy of the card is written there. */
  readonly cardOutput?: string;
}

export interface WrittenArtifacts {
  readonly document: RunDocument;
  readonly artifacts: readonly Artifact[];
}

export async function writeArtifacts(request: WriteRequest): Promise<WrittenArtifacts> {
  const { store, model, scored, described, findings, experiment, task } = request;
  const onnx = putArtifact(store, 'model.onnx', model.onnx);
  const parts = [
    { split: 'train' as const, rows: scored.train.rows },
    ...(scored.valid === undefined ? [] : [{ split: 'valid' as const, rows: scored.valid.rows }]),
    { split: 'test' as const, rows: scored.test.rows },
  ];
  const predictions = await putFileAsync(store, 'predictions.parquet', (path) =>
    writeTable(path, predictionColumns(parts, task.classes)),
  );
  const reference = await putReference(request);
  const paths = {
    model: placeOf(store, onnx),
    predictions: placeOf(store, predictions),
    card: '',
    ...(reference === undefined ? {} : { reference: placeOf(store, reference) }),
  };
  // As it will be read back: NaN is a word, and the card says the same today and tomorrow.
  const recorded = runDocumentSchema.parse(JSON.parse(toJson({ ...described, artifacts: paths })));
  const card = buildCard(recorded, experiment, findings);
  const markdown = putArtifact(store, 'MODEL_CARD.md', renderCardMarkdown(card));
  if (request.cardOutput !== undefined) copyArtifact(markdown, request.cardOutput);
  const document = { ...recorded, artifacts: { ...paths, card: placeOf(store, markdown) } };
  return {
    document,
    artifacts: [onnx, predictions, markdown, ...(reference === undefined ? [] : [reference])],
  };
}

/** What later inputs are compared with; undefined where no rows were held out for a test. */
async function putReference({
  store,
  scored,
  described,
  ...rows
}: WriteRequest): Promise<Artifact | undefined> {
  if (scored.test.positions.length === 0) return undefined;
  const inputs = described.features.map(({ name }) => name);
  return putArtifact(store, 'reference.json', referenceText(await referenceOf(rows, scored.test, inputs)));
}

/** Relative to the workspace, with forward slashes. */
function placeOf(store: Store, artifact: Artifact): string {
  return relative(store.workspace, artifact.path).replaceAll('\\', '/');
}
