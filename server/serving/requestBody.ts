/** The body of a request as the value that it says it is. */
import type { FastifyRequest } from 'fastify';
import { ModelwrightError } from '../catalog/errors.ts';
import { clip } from './guard.ts';
import { malformed } from './rows.ts';

/** Without parameters, in lower case; '' where none was sent. */
export function mediaType({ headers }: FastifyRequest): string {
  return (headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
}

/** @throws ModelwrightError request-malformed, request-media-type */
export function jsonOf(request: FastifyRequest, accepted = 'application/json'): unknown {
  const type = mediaType(request);
  if (type !== '' && type !== 'application/json' && !type.endsWith('+json'))
    throw new ModelwrightError('request-media-type', { type: clip(type), accepted });
  return parseJson(bodyOf(request));
}

/** As text. @throws ModelwrightError request-malformed, request-media-type */
export function bodyOf(request: FastifyRequest): string {
  return decode(bytesOf(request));
}

/** With `Inference-Header-Content-Length`, JSON of that length and then the bytes of tensors; else JSON alone. */
export function splitInferBody(request: FastifyRequest): { json: unknown; bytes: Buffer } {
  const written = request.headers['inference-header-content-length'];
  if (written === undefined) return { json: jsonOf(request), bytes: Buffer.alloc(0) };
  const body = bytesOf(request);
  const length = /^\d{1,10}$/.test(String(written)) ? Number(written) : Number.NaN;
  if (!(length <= body.length))
    throw malformed(
      'its Inference-Header-Content-Length is no length within it',
      'Give the bytes of the JSON part.',
    );
  return { json: parseJson(decode(body.subarray(0, length))), bytes: body.subarray(length) };
}

function bytesOf({ body, headers }: FastifyRequest): Buffer {
  const encoding = headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity')
    throw new ModelwrightError('request-media-type', {
      type: `encoding ${clip(encoding)}`,
      accepted: 'the body as it is',
    });
  return Buffer.isBuffer(body) ? body : Buffer.alloc(0);
}

function decode(bytes: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw malformed('it is not UTF-8', 'Send text in UTF-8.');
  }
}

/** Whole numbers that float64 cannot tell from their neighbours come as bigints: they may be names of levels. */
function parseJson(text: string): unknown {
  try {
    return longDigits.test(text) ? JSON.parse(text, exactly) : JSON.parse(text);
  } catch (fault) {
    const reason =
      text === '' ? 'it is empty' : `it is not JSON: ${fault instanceof Error ? fault.message : ''}`;
    throw malformed(reason, 'Send JSON; null stands for a missing value, since JSON has no NaN.');
  }
}

/** Shorter ones are below 2^53. */
const longDigits = /\d{16}/;

function exactly(_key: string, value: unknown, written?: { readonly source?: string }): unknown {
  if (typeof value !== 'number' || Number.isSafeInteger(value)) return value;
  const source = written?.source ?? '';
  return /^-?\d+$/.test(source) ? BigInt(source) : value;
}
