/** A failure in words, as the server gives it or the extension finds it. */
import type { Failure } from '../server/protocol/runMessages.ts';

export class ServerFailure extends Error {
  readonly failure: Pick<Failure, 'code' | 'message' | 'help'> & Readonly<Record<string, unknown>>;

  constructor(failure: ServerFailure['failure']) {
    super(failure.message);
    this.failure = failure;
  }
}
