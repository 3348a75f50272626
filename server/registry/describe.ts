/** A registered model with what its versions were made from, and its files for somewhere else. */
import { join } from 'node:path';
import type { RunDocument } from '../protocol/run.ts';
import { artifactPath, copyArtifact, replaceFile } from '../store/artifacts.ts';
import type { Store } from '../store/store.ts';
import { readRun } from '../tracking/runs.ts';
import { type Change, readChanges } from './changes.ts';
import { parseReference } from './names.ts';
import { type ModelVersion, readModelVersions, resolveVersion } from './versions.ts';

/** The document of `models show`. */
export interface ShownModel {
  readonly name: string;
  readonly versions: readonly (ModelVersion & {
    readonly metric: string | null;
    readonly value: unknown;
    readonly lineage?: RunDocument['lineage'];
  })[];
  readonly audit?: readonly Change[];
}

/** @throws ModelwrightError model-not-found and what resolveVersion throws */
export function showModel(
  store: Store,
  reference: string,
  { lineage, audit }: { readonly lineage?: boolean; readonly audit?: boolean },
): ShownModel {
  const { name } = parseReference(reference);
  const versions =
    name === reference ? readModelVersions(store, name).versions : [resolveVersion(store, reference)];
  return {
    name,
    versions: versions.map((version) => {
      const { document } = readRun(store, version.run);
      const metric = document?.metric ?? null;
      return {
        ...version,
        metric,
        value: document?.metrics.test[metric ?? '']?.value ?? null,
        ...(lineage === true && document !== undefined && { lineage: document.lineage }),
      };
    }),
    ...(audit === true && { audit: readChanges(store, name) }),
  };
}

/** The model file alone where `output` ends in `.onnx`, or a folder with everything that tells where it comes from. */
export function exportVersion(
  store: Store,
  { name, version, hash, run }: ModelVersion,
  output: string,
): string[] {
  const model = { path: artifactPath(store, 'model.onnx', hash) };
  if (output.endsWith('.onnx')) {
    copyArtifact(model, output);
    return [output];
  }
  const { document } = readRun(store, run);
  const files = ['model.onnx', 'MODEL_CARD.md', 'model.json'].map((file) => join(output, file));
  const [modelFile = '', cardFile = '', describing = ''] = files;
  copyArtifact(model, modelFile);
  copyArtifact({ path: join(store.workspace, document?.artifacts.card ?? '') }, cardFile);
  replaceFile(describing, `${JSON.stringify({ name, version, hash, ...document }, null, 2)}\n`);
  return files;
}
