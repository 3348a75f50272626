/** Failures of a request as HTTP: the status, and the error document of cli.md. */
import { type IncomingMessage, maxHeaderSize, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { type ErrorCode, ModelwrightError } from '../catalog/errors.ts';
import { clip } from './guard.ts';

/** What is not here is the request's own fault: 400. */
const statuses: Partial<Readonly<Record<ErrorCode, number>>> = {
  'request-host': 403,
  'request-path': 404,
  'model-not-served': 404,
  'request-too-large': 413,
  'request-media-type': 415,
  'request-slow': 408,
  'request-headers-too-large': 431,
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

/** Of bytes that are no request, or not yet one: there is nothing to reply to but the connection, which then ends. */
export function refuseConnection(fault: Error & { readonly code?: string }, socket: Socket, seconds: number) {
  if (fault.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const { status, document } = httpFailure(connectionError(fault, seconds), 0);
  const body = JSON.stringify(document);
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'connection: close',
    'content-type: application/json; charset=utf-8',
    `content-length: ${Buffer.byteLength(body)}`,
  ];
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroy());
}

/** Of an `Expect` other than 100-continue (RFC 9110, 10.1.1): Node asks before anything of ours sees the request. */
export function refuseExpectation({ headers }: IncomingMessage, response: ServerResponse): void {
  const reason = `it expects \`${clip(headers.expect ?? '')}\`, of which this server knows nothing`;
  const help = 'Leave the header `Expect` out, or send `Expect: 100-continue`.';
  const { document } = httpFailure(new ModelwrightError('request-malformed', { reason, help }), 0);
  const body = JSON.stringify(document);
  response.writeHead(417, {
    connection: 'close',
    'content-type': 'application/json; charset=utf-8',
    'content-length': Buffer.byteLength(body),
  });
  response.end(body);
}

function connectionError({ code, message }: Error & { readonly code?: string }, seconds: number) {
  if (code === 'ERR_HTTP_REQUEST_TIMEOUT') return new ModelwrightError('request-slow', { seconds });
  if (code === 'HPE_HEADER_OVERFLOW')
    return new ModelwrightError('request-headers-too-large', { limit: maxHeaderSize });
  const reason = message.replace('Parse Error: ', '');
  return new ModelwrightError('request-malformed', { reason, help: 'Send a whole HTTP/1.1 request.' });
}

function asModelwrightError(fault: unknown, limit: number): ModelwrightError {
  if (fault instanceof ModelwrightError) return fault;
  const reason = fault instanceof Error ? fault.message : String(fault);
  // Only what a request nests can be so deep.
  if (fault instanceof RangeError && reason.includes('call stack'))
    return new ModelwrightError('request-malformed', {
      reason: 'it nests deeper than any request of this kind',
      help: 'Send plain values in plain lists.',
    });
  // Fastify's own complaints about a request carry a status.
  const status = fault instanceof Error && 'statusCode' in fault ? Number(fault.statusCode) : 500;
  if (status === 413) return new ModelwrightError('request-too-large', { limit });
  if (status >= 400 && status < 500)
    return new ModelwrightError('request-malformed', { reason, help: 'Send a whole HTTP request.' });
  return new ModelwrightError('internal-error', { reason });
}
