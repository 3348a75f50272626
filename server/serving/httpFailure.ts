/** Failures of a request as HTTP: the status, and the error document of cli.md. */
import { type ErrorCode, ModelwrightError } from '../catalog/errors.ts';

/** What is not here is the request's own fault: 400. */
const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  'request-host': 403,
  'request-path': 404,
  'model-not-served': 404,
  'request-too-large': 413,
  'request-media-type': 415,
  'server-busy': 503,
  'scoring-failed': 500,
  'internal-error': 500,
};

export interface HttpFailure {
  readonly status: number;
  readonly document: { readonly error: Readonly<Record<string, unknown>> };
}

/** `bodyLimit` in bytes, for the sentence about a request that is larger. */
export function httpFailure(fault: unknown, bodyLimit: number): HttpFailure {
  const error = asModelwrightError(fault, bodyLimit);
  const { code, message, help, place } = error;
  const { row, column } = place;
  return {
    status: statuses[code] ?? 400,
    document: {
      error: {
        code,
        message,
        help,
        ...(row !== undefined && { row }),
        ...(column !== undefined && { column }),
      },
    },
  };
}

function asModelwrightError(fault: unknown, limit: number): ModelwrightError {
  if (fault instanceof ModelwrightError) return fault;
  const reason = fault instanceof Error ? fault.message : String(fault);
  // Fastify's own complaints about a request carry a status.
  const status = fault instanceof Error && 'statusCode' in fault ? Number(fault.statusCode) : 500;
  if (status === 413) return new ModelwrightError('request-too-large', { limit });
  if (status >= 400 && status < 500)
    return new ModelwrightError('request-malformed', { reason, help: 'Send a whole HTTP request.' });
  return new ModelwrightError('internal-error', { reason });
}
