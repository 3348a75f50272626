/** A stranger with scikit-learn and ONNX Runtime checks what runs leave behind (oracle/outside.py), where Python is at hand. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cli } from '../built.ts';

/** A Python with scikit-learn, pandas, pyarrow and onnxruntime. */
const python = process.env['MODELWRIGHT_PYTHON'];

test.runIf(python !== undefined)(
  'metrics, rows, labels and scores agree on every kind of table',
  {
    timeout: 1_800_000,
  },
  () => {
    const script = join(import.meta.dirname, 'oracle', 'outside.py');
    const { status, stdout, stderr } = spawnSync(python ?? '', [script, cli], { encoding: 'utf8' });
    expect(status, stdout + stderr).toBe(0);
  },
);
