/** A load test of a deployment: connections that are kept alive and each send the next request when they have the answer. */
import { connect } from 'node:net';
import { ModelwrightError } from '../catalog/errors.ts';
import type { LoadFigures } from '../protocol/deployments.ts';

export interface LoadRequest {
  readonly url: URL;
  /** Sent as JSON, the same each time. */
  readonly body: string;
  readonly connections: number;
  readonly seconds: number;
}

interface LoadOptions {
  readonly signal?: AbortSignal;
  /** Once a second. */
  readonly onProgress?: (figures: LoadFigures) => void;
}

/** What came back: milliseconds of each answered request, and how many were not answered with 200. */
interface Tally {
  readonly latencies: number[];
  errors: number;
}

/**
 * Sends as fast as the deployment answers. An abort ends it early, with what was measured so far.
 * @throws ModelwrightError deployment-unreachable
 */
export async function loadTest(request: LoadRequest, options: LoadOptions = {}): Promise<LoadFigures> {
  const tally: Tally = { latencies: [], errors: 0 };
  const begun = performance.now();
  const end = begun + request.seconds * 1000;
  const passed = () => (performance.now() - begun) / 1000;
  const timer = setInterval(() => options.onProgress?.(figuresOf(tally, passed())), 1000);
  try {
    const goesOn = () => performance.now() < end && options.signal?.aborted !== true;
    const connections = Array.from({ length: request.connections }, () => send(request, tally, goesOn));
    await Promise.all(connections);
  } finally {
    clearInterval(timer);
  }
  return figuresOf(tally, passed());
}

/** A raw socket: an HTTP client of the library would take longer over a request than the server over its answer. */
function send({ url, body }: LoadRequest, tally: Tally, goesOn: () => boolean): Promise<void> {
  const request = Buffer.from(
    `POST ${url.pathname} HTTP/1.1\r\nHost: ${url.host}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
  return new Promise((resolve, reject) => {
    const socket = connect({ host: url.hostname, port: Number(url.port), noDelay: true });
    const fail = (reason: string) => {
      socket.destroy();
      reject(new ModelwrightError('deployment-unreachable', { url: url.origin, reason }));
    };
    let sent = 0;
    let received = '';
    const next = () => {
      if (!goesOn()) {
        socket.end();
        resolve();
        return;
      }
      received = '';
      sent = performance.now();
      socket.write(request);
    };
    socket.on('connect', next);
    socket.on('error', ({ message }) => fail(message));
    socket.on('close', () => fail('it closed the connection'));
    socket.setEncoding('latin1').on('data', (text: string) => {
      received += text;
      if (!isWhole(received)) return;
      if (received.startsWith('HTTP/1.1 200')) tally.latencies.push(performance.now() - sent);
      else tally.errors++;
      next();
    });
  });
}

function isWhole(received: string): boolean {
  const head = received.indexOf('\r\n\r\n');
  const length = Number(/content-length: (\d+)/i.exec(received)?.[1] ?? Number.NaN);
  return head >= 0 && received.length >= head + 4 + length;
}

function figuresOf({ latencies, errors }: Tally, seconds: number): LoadFigures {
  const sorted = Float64Array.from(latencies).sort();
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
  const requests = sorted.length + errors;
  return {
    seconds,
    requests,
    errors,
    rate: seconds > 0 ? requests / seconds : 0,
    p50: at(0.5),
    p95: at(0.95),
    p99: at(0.99),
  };
}
