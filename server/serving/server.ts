/** The HTTP of a deployment (cli.md): the routes of every protocol over the same models. */
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { ModelwrightError } from '../catalog/errors.ts';
import { answerRows } from './answer.ts';
import { checkCaller, clip } from './guard.ts';
import { httpFailure, refuseConnection, refuseExpectation } from './httpFailure.ts';
import { describeModel, readInfer, renderInfer } from './infer.ts';
import { readCsvRows, readInvocation, renderInvocation } from './invocations.ts';
import { prometheusType, renderMetrics } from './metricsPage.ts';
import { type Model, predictionOf } from './model.ts';
import { describeApi } from './openApi.ts';
import type { PredictionLog } from './predictionLog.ts';
import { bodyOf, jsonOf, mediaType, splitInferBody } from './requestBody.ts';
import { recordRows } from './rows.ts';

export interface ServerOptions {
  /** At least one. The first of a name answers for it, and the first of all at `/invocations`. */
  readonly models: readonly Model[];
  readonly log: PredictionLog;
  /** Largest request in bytes. */
  readonly bodyLimit: number;
  /** Within which a request must have arrived: a client that stalls must not hold its connection for ever. */
  readonly patienceMilliseconds?: number;
}

const jsonType = 'application/json; charset=utf-8';

export function createServer({
  models,
  log,
  bodyLimit,
  patienceMilliseconds = 30_000,
}: ServerOptions): FastifyInstance {
  const app = fastify({
    bodyLimit,
    requestTimeout: patienceMilliseconds,
    http: {
      // A request without a host is refused like one of a foreign one, with a sentence.
      requireHostHeader: false,
      connectionsCheckingInterval: patienceMilliseconds / 4,
      // Node takes the longer of the two for the body: by itself a minute.
      headersTimeout: patienceMilliseconds,
    },
    clientErrorHandler: (fault, socket) => refuseConnection(fault, socket, patienceMilliseconds / 1000),
    // `close` waits for answers, not for connections kept alive.
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 2_000, ignoreTrailingSlash: true },
    frameworkErrors: (fault, _request, reply: FastifyReply) => sendFailure(reply, fault),
  });
  app.server.on('checkExpectation', refuseExpectation);
  app.decorateRequest('begun', 0);
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.addHook('onRequest', async (request) => {
    request.begun = performance.now();
    checkCaller(request.headers);
  });
  app.setErrorHandler((fault, _request, reply) => sendFailure(reply, fault));
  app.setNotFoundHandler(({ method, url }) => {
    throw new ModelwrightError('request-path', { method, path: clip(url) });
  });

  function sendFailure(reply: FastifyReply, fault: unknown) {
    const { status, document } = httpFailure(fault, bodyLimit);
    return reply.code(status).type(jsonType).send(JSON.stringify(document));
  }

  const predict = predicting(bodyLimit);
  const endpoints = endpointsOf(models);
  for (const [path, model] of endpoints)
    app.post(path, (request, reply) => predict(model, request, () => answerRecords(model, request, reply)));
  const [first] = models;
  if (first !== undefined)
    app.post('/invocations', (request, reply) =>
      predict(first, request, () => answerInvocation(first, request, reply)),
    );
  for (const path of ['/v2/models/:name', '/v2/models/:name/versions/:version']) {
    app.get(path, async (request) => describeModel(findServed(models, request.params)));
    app.get(`${path}/ready`, async (request) => ({
      name: findServed(models, request.params).name,
      ready: true,
    }));
    app.post(`${path}/infer`, (request, reply) => {
      const model = findServed(models, request.params);
      return predict(model, request, () => answerInfer(model, request, reply));
    });
  }
  const known = models.map(({ name, version }) => ({ name, version }));
  app.get('/v2', async () => ({ name: 'modelwright', extensions: ['binary_tensor_data'], models: known }));
  app.get('/v2/health/live', async () => ({ live: true }));
  app.get('/v2/health/ready', async () => ({ ready: true }));
  app.get('/openapi.json', async () => describeApi(models, endpoints));
  app.get('/metrics', async (_request, reply) =>
    reply.type(prometheusType).send(renderMetrics(models, log.lost)),
  );
  return app;

  async function answerRecords(model: Model, request: FastifyRequest, reply: FastifyReply) {
    const body = jsonOf(request);
    const records: readonly unknown[] = Array.isArray(body) ? body : [body];
    const answer = await answerRows(model, recordRows(model.columns, records), { log, request: request.id });
    const rows = records.map((_, row) => predictionOf(model, answer, row));
    return reply.type(jsonType).send(JSON.stringify(Array.isArray(body) ? rows : rows[0]));
  }

  async function answerInvocation(model: Model, request: FastifyRequest, reply: FastifyReply) {
    const source =
      mediaType(request) === 'text/csv'
        ? readCsvRows(model.columns, bodyOf(request))
        : readInvocation(model.columns, jsonOf(request, 'application/json or text/csv'));
    const answer = await answerRows(model, source, { log, request: request.id });
    return reply.type(jsonType).send(JSON.stringify(renderInvocation(model, answer)));
  }

  async function answerInfer(model: Model, request: FastifyRequest, reply: FastifyReply) {
    const { json, bytes } = splitInferBody(request);
    const infer = readInfer(model, json, bytes);
    const answer = await answerRows(model, infer.source, { log, request: infer.id ?? request.id });
    const response = renderInfer(model, answer, infer);
    if (response.bytes === undefined) return reply.type(jsonType).send(response.json);
    const head = Buffer.from(response.json);
    return reply
      .type('application/octet-stream')
      .header('inference-header-content-length', head.length)
      .send(Buffer.concat([head, response.bytes]));
  }
}

declare module 'fastify' {
  interface FastifyRequest {
    /** When its first byte was read, by `performance.now()`. */
    begun: number;
  }
}

/** Counts and times a request for a model, whatever becomes of it. */
function predicting(bodyLimit: number) {
  return async <Reply>(model: Model, request: FastifyRequest, work: () => Promise<Reply>): Promise<Reply> => {
    let status = 200;
    try {
      return await work();
    } catch (fault) {
      ({ status } = httpFailure(fault, bodyLimit));
      throw fault;
    } finally {
      model.statistics.countRequest(status, performance.now() - request.begun);
    }
  };
}

/** Of models with the same path the first one has it; the others answer under /v2. */
function endpointsOf(models: readonly Model[]): Map<string, Model> {
  const endpoints = new Map<string, Model>();
  for (const model of models)
    if (!endpoints.has(model.settings.path)) endpoints.set(model.settings.path, model);
  return endpoints;
}

/** By the name in the URL or the reference as it was written. */
function findServed(models: readonly Model[], params: unknown): Model {
  // The router gives what its own paths name.
  const { name, version } = params as { readonly name: string; readonly version?: string };
  const found = models.find(
    (model) =>
      [model.name, model.reference].includes(name) && (version === undefined || model.version === version),
  );
  if (found !== undefined) return found;
  const known = models.map((model) => `${model.name}, version ${model.version}`).join('; ');
  const wanted = version === undefined ? `\`${clip(name)}\`` : `\`${clip(name)}\`, version ${clip(version)},`;
  throw new ModelwrightError('model-not-served', { name: wanted, known });
}
