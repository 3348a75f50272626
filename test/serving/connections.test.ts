/** Bytes on a connection that are no proper request: each gets one sentence with its code, and the next caller an answer. */
import { connect } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Served, serveExample } from './served.ts';

let served: Served;
let port = 0;
beforeAll(async () => {
  served = await serveExample({}, { patienceMilliseconds: 600 });
  port = Number(new URL(await served.app.listen({ host: '127.0.0.1', port: 0 })).port);
});
afterAll(() => served.close());

/** What comes back until the server ends the connection; nothing more is sent. */
function send(bytes: string | Buffer): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(bytes));
    let got = '';
    socket.setEncoding('utf8').on('data', (text) => {
      got += text;
    });
    // What was not read any more resets the connection.
    socket.on('error', () => undefined).on('close', () => resolve(got));
  });
}

/** Status and code of each answer on the connection, or the document where it is none of an error. */
function answersIn(text: string): unknown[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+) .*?\r\n\r\n(\{.*?\})(?=HTTP|$)/gs)].map(([, status, body]) => {
    const document = JSON.parse(body ?? '');
    if (document.error === undefined) return [Number(status), document];
    const { code, message, help } = document.error;
    expect(`${message} ${help}`).toMatch(/^[A-Z].+\. .+\.$/s);
    expect(message.length).toBeLessThan(400);
    return [Number(status), code];
  });
}

const host = 'Host: localhost\r\n';
const json = 'Content-Type: application/json\r\n';
const post = (more: string) => `POST /predict HTTP/1.1\r\n${host}${json}${more}`;
const close = 'Connection: close\r\n';

it.each<[string, string | Buffer, number, string]>([
  ['no host', `GET /v2/health/live HTTP/1.1\r\n${close}\r\n`, 403, 'request-host'],
  [
    'a host of 5,000 letters',
    `GET / HTTP/1.1\r\nHost: ${'x'.repeat(5_000)}\r\n${close}\r\n`,
    403,
    'request-host',
  ],
  ['words', 'hello\r\n\r\n', 400, 'request-malformed'],
  ['TLS', Buffer.from([22, 3, 1, 0, 255, 0, 1, 2, 3, 4]), 400, 'request-malformed'],
  ['HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'request-malformed'],
  ['a method that nobody knows', `BREW / HTTP/1.1\r\n${host}\r\n`, 400, 'request-malformed'],
  ['a NUL in a header', `GET / HTTP/1.1\r\n${host}X: a\0b\r\n\r\n`, 400, 'request-malformed'],
  [
    'headers of 100 kB',
    `GET / HTTP/1.1\r\n${host}X: ${'x'.repeat(100_000)}\r\n\r\n`,
    431,
    'request-headers-too-large',
  ],
  [
    'chunks without a length',
    post('Transfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n'),
    400,
    'request-malformed',
  ],
  [
    'a chunk without an end',
    post('Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n'),
    400,
    'request-malformed',
  ],
  [
    'a length and chunks',
    post('Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n'),
    400,
    'request-malformed',
  ],
  ['an expectation', post('Content-Length: 2\r\nExpect: tea\r\n\r\n{}'), 417, 'request-malformed'],
  ['two lengths', post('Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}'), 400, 'request-malformed'],
  ['a length below 0', post('Content-Length: -2\r\n\r\n{}'), 400, 'request-malformed'],
  ['a length of 100 GB', post('Content-Length: 99999999999\r\n\r\n{}'), 413, 'request-too-large'],
  ['a body that does not come', post('Content-Length: 2000\r\n\r\n{'), 408, 'request-slow'],
  ['a header that does not end', `GET / HTTP/1.1\r\n${host}X: `, 408, 'request-slow'],
])('%s', async (_name, bytes, status, code) => {
  expect(answersIn(await send(bytes))).toEqual([[status, code]]);
});

it('requests one after the other without waiting are answered in their order, right and wrong ones', async () => {
  const live = `GET /v2/health/live HTTP/1.1\r\n${host}`;
  const text = `${live}\r\n${post('Content-Length: 1\r\n\r\n{')}${post('Transfer-Encoding: chunked\r\n\r\n1\r\n[\r\n1\r\n]\r\n0\r\n\r\n')}${live}${close}\r\n`;
  expect(answersIn(await send(text))).toEqual([
    [200, { live: true }],
    [400, 'request-malformed'],
    [400, 'request-malformed'],
    [200, { live: true }],
  ]);
});

it('callers that go away in the middle leave nothing behind', async () => {
  for (const bytes of ['', 'POST /pre', post('Content-Length: 2000\r\n\r\n{')])
    await new Promise<void>((resolve) => {
      const socket = connect(port, '127.0.0.1', () => socket.write(bytes, () => socket.resetAndDestroy()));
      socket.on('error', () => undefined).on('close', () => resolve());
    });
  const before = served.logged().length;
  expect(answersIn(await send(`GET /v2/health/ready HTTP/1.1\r\n${host}${close}\r\n`))).toEqual([
    [200, { ready: true }],
  ]);
  expect(served.logged()).toHaveLength(before);
});
