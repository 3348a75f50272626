/** The sample that a run has kept (reference.ts), for those who compare with it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import { parseReference } from '../monitoring/referenceFile.ts';
import type { Sample } from '../monitoring/sample.ts';
import type { RunRecord } from '../tracking/runs.ts';

/** Throws `reference-missing`, `reference-unreadable`. */
export function readReference(workspace: string, { document, head }: RunRecord): Sample {
  const place = document?.artifacts.reference;
  if (place === undefined) throw new ModelwrightError('reference-missing', { id: head.id });
  const path = join(workspace, place);
  try {
    return parseReference(readFileSync(path, 'utf8'), path);
  } catch (error) {
    if (error instanceof ModelwrightError) throw error;
    throw new ModelwrightError('reference-unreadable', { path }, { file: path });
  }
}
