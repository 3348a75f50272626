/** Asks the terminal's own `doctor`, so that the server neither loads nor measures an engine itself. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { ModelwrightError } from '../../catalog/errors.ts';
import { type Diagnosis, diagnosisSchema } from '../../protocol/doctor.ts';
import { entryUrl } from '../../protocol/entry.ts';

/** @throws ModelwrightError internal-error with what the process said */
export async function askDoctor(workspace: string, signal: AbortSignal): Promise<Diagnosis> {
  const entry = fileURLToPath(entryUrl('cli'));
  const arguments_ = [entry, 'doctor', '--json', '--workspace', workspace];
  try {
    const { stdout } = await promisify(execFile)(process.execPath, arguments_, { signal });
    return diagnosisSchema.parse(JSON.parse(stdout));
  } catch (fault) {
    if (signal.aborted) throw new ModelwrightError('cancelled');
    const reason = fault instanceof Error ? (fault.message.split('\n', 1)[0] ?? '') : String(fault);
    throw new ModelwrightError('internal-error', { reason });
  }
}
