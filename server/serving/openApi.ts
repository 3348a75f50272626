/** The OpenAPI 3.1 description of a deployment, made from the inputs and outputs of its models. */
import { predictsValue, scoreNames } from '../catalog/tasks.ts';
import type { InputColumn } from './cells.ts';
import type { Model } from './model.ts';

/** `endpoints`: the models' own paths, each with the model that answers there. */
export function describeApi(models: readonly Model[], endpoints: ReadonlyMap<string, Model>): object {
  const [first] = models;
  const own = [...endpoints].map(([path, model]) => [path, { post: operation(predictDoc(model)) }]);
  const infer = models.flatMap(({ name, version }) => {
    const base = `/v2/models/${encodeURIComponent(name)}`;
    const summary = `Open Inference Protocol v2: ${name}, version ${version}`;
    const post = operation({
      summary,
      request: { type: 'object', required: ['inputs'] },
      response: { type: 'object' },
    });
    return [
      [`${base}/infer`, { post }],
      [`${base}/versions/${encodeURIComponent(version)}/infer`, { post }],
      [base, { get: read('Inputs and outputs of the model') }],
    ];
  });
  return {
    openapi: '3.1.0',
    info: { title: models.map(({ name }) => name).join(', '), version: first?.version ?? '' },
    paths: Object.fromEntries([
      ...own,
      ['/invocations', { post: operation(invocationsDoc(first)) }],
      ...infer,
      ['/v2/health/live', { get: read('The process answers') }],
      ['/v2/health/ready', { get: read('Every model can be asked') }],
      ['/metrics', { get: read('Figures for Prometheus') }],
    ]),
  };
}

interface Operation {
  readonly summary: string;
  readonly request: object;
  readonly response: object;
}

function operation({ summary, request, response }: Operation): object {
  const json = (schema: object) => ({ content: { 'application/json': { schema } } });
  return {
    summary,
    requestBody: { required: true, ...json(request) },
    responses: {
      200: { description: 'The predictions', ...json(response) },
      '4XX': { description: 'What is wrong with the request, with row and column', ...json(errorSchema) },
    },
  };
}

function read(summary: string): object {
  return { summary, responses: { 200: { description: summary } } };
}

function predictDoc(model: Model): Operation {
  const { lineage } = model.shape;
  const record = recordSchema(model);
  const scores = scoreNames(lineage.task, lineage.classes);
  const prediction = {
    type: 'object',
    properties: {
      prediction: predictsValue(lineage.task) ? { type: 'number' } : { enum: lineage.classes },
      ...Object.fromEntries(scores.map((name) => [name, { type: 'number' }])),
      ...(model.shape.lower !== undefined && { lower: { type: 'number' }, upper: { type: 'number' } }),
      ...(model.shape.set !== undefined && { set: { type: 'array', items: { enum: lineage.classes } } }),
    },
  };
  return {
    summary: `Predict ${lineage.target} for a record or a list of records (${model.name}, version ${model.version})`,
    request: { oneOf: [record, { type: 'array', items: record }] },
    response: { oneOf: [prediction, { type: 'array', items: prediction }] },
  };
}

function invocationsDoc(model: Model | undefined): Operation {
  return {
    summary: `MLflow's scoring protocol (${model?.name}, version ${model?.version})`,
    request: {
      type: 'object',
      properties: {
        dataframe_split: { type: 'object', required: ['columns', 'data'] },
        dataframe_records: { type: 'array', items: model === undefined ? {} : recordSchema(model) },
        instances: { type: 'array' },
        inputs: { type: ['object', 'array'] },
      },
      minProperties: 1,
    },
    response: { type: 'object', properties: { predictions: { type: 'array' } } },
  };
}

/** In `coerce` and `none` more is taken than this says. What the contract rejects stands as bounds. */
function recordSchema({ columns, shape }: Model): object {
  const { contract } = shape.lineage;
  const of = new Map(contract?.columns.map((column) => [column.name, column]));
  const boundsOf = ({ name, input }: InputColumn): object => {
    const { low, high } = of.get(name) ?? {};
    const isBounded = input === 'float' && contract?.range === 'reject' && low !== undefined;
    return isBounded ? { minimum: low, maximum: high } : {};
  };
  const seenOf = ({ name }: InputColumn): string => {
    const { low, high, levels } = of.get(name) ?? {};
    if (low !== undefined) return `; training had ${low} to ${high}`;
    return levels === undefined ? '' : `; training had ${levels.length} levels`;
  };
  const types = {
    float: ['number', 'boolean', 'null'],
    string: ['string', 'number', 'boolean', 'null'],
    date: ['string', 'null'],
  };
  return {
    type: 'object',
    required: columns.map(({ name }) => name),
    properties: Object.fromEntries(
      columns.map((column) => [
        column.name,
        { type: types[column.input], description: `${column.kind}${seenOf(column)}`, ...boundsOf(column) },
      ]),
    ),
  };
}

const errorSchema = {
  type: 'object',
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'help'],
      properties: {
        code: { type: 'string' },
        message: { type: 'string' },
        help: { type: 'string' },
        column: { type: 'string' },
        row: { type: 'integer' },
      },
    },
  },
};
