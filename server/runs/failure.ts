/** Any thrown value as the failure that is recorded, sent between processes and printed. */
import { ModelwrightError } from '../catalog/errors.ts';
import type { Failure } from '../protocol/runMessages.ts';

/** A failure that another process has already put into words. */
export class ReportedFailure extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Faults of ours keep their stack, for `--log-level debug`. */
export function failureOf(error: unknown): Failure {
  if (error instanceof ReportedFailure) return error.failure;
  if (error instanceof ModelwrightError) {
    const { runId, ...place } = error.place;
    const run = runId === undefined ? {} : { run: { id: runId } };
    return { code: error.code, message: error.message, help: error.help, exit: error.exit, ...place, ...run };
  }
  const reason = error instanceof Error ? error.message : String(error);
  if (isOutOfMemory(error)) return failureOf(new ModelwrightError('out-of-memory', { reason }));
  const stack = error instanceof Error ? error.stack : undefined;
  return { ...failureOf(new ModelwrightError('internal-error', { reason })), stack };
}

/** V8's words where the machine gives no more memory, or an array would be larger than it can hold, and ONNX Runtime's. */
function isOutOfMemory(error: unknown): boolean {
  return (
    error instanceof Error &&
    /^(Array buffer allocation failed|Invalid (typed )?array (buffer )?length|WebAssembly\.Memory.*could not allocate|.*\bbad[ _]alloc)/.test(
      error.message,
    )
  );
}
