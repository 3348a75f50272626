/** `run:ID`, a registered name or a path to a file: which model is meant, and the run that made it. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import type { Experiment } from '../config/experiment.ts';
import { plainSpec, tableSpec } from '../data/spec.ts';
import type { TableSpec } from '../data/table.ts';
import { type ModelVersion, resolveVersion } from '../registry/versions.ts';
import { artifactPath } from '../store/artifacts.ts';
import { hasStore } from '../store/place.ts';
import { openStore } from '../store/store.ts';
import { type RunRecord, readRun } from '../tracking/runs.ts';

export interface ModelReference {
  /** As written. */
  readonly name: string;
  /** Absolute path of the ONNX file. */
  readonly path: string;
  /** The run that made it; absent for a bare file. */
  readonly run?: RunRecord;
  /** What it is in the registry, where it was named so. */
  readonly version?: ModelVersion;
}

/** Throws `run-not-found`, `run-without-model`, and what resolveVersion throws. */
export function findModel(workspace: string, reference: string): ModelReference {
  if (reference.startsWith('run:')) return modelOfRun(workspace, reference);
  const path = resolve(workspace, reference);
  if (reference.endsWith('.onnx') && existsSync(path)) return { name: reference, path };
  return registeredModel(workspace, reference);
}

function registeredModel(workspace: string, reference: string): ModelReference {
  if (reference.endsWith('.onnx') || !hasStore(workspace))
    throw new ModelwrightError('model-not-found', { reference });
  const store = openStore(workspace);
  try {
    const version = resolveVersion(store, reference);
    const path = artifactPath(store, 'model.onnx', version.hash);
    return { name: reference, path, run: readRun(store, version.run), version };
  } finally {
    store.close();
  }
}

function modelOfRun(workspace: string, reference: string): ModelReference {
  const id = reference.slice('run:'.length);
  if (!hasStore(workspace)) throw new ModelwrightError('run-not-found', { id });
  const store = openStore(workspace);
  try {
    const run = readRun(store, id);
    if (run.document === undefined)
      throw new ModelwrightError('run-without-model', { id: run.head.id, status: run.head.status });
    return { name: reference, path: join(workspace, run.document.artifacts.model), run };
  } finally {
    store.close();
  }
}

/**
 * How to read another table for this model: with its `data.read` and `data.derive`, not its filter, so that every row
 * is scored. What lies before its first row is taken from the run's own data. A bare file brings no such settings.
 */
export function specForModel(
  { run }: ModelReference,
  data: string,
  options: { readonly withTarget: boolean },
): TableSpec {
  if (run === undefined) return { ...plainSpec(data), optionalFeatures: true };
  const experiment = run.request.experiment as unknown as Experiment; // Stored by createRun from an Experiment.
  const { filter: _filter, asOf: _asOf, ...spec } = tableSpec(experiment, run.request.directory);
  const { format, source } = spec;
  const looksBack = spec.features !== undefined || spec.joins !== undefined;
  return {
    ...spec,
    source: [data],
    optionalDerive: !options.withTarget,
    optionalFeatures: true,
    ...(looksBack && { before: { source, format } }),
  };
}
