/** Every protocol over one model: the same rows give Python's bits; a wrong row is told by row and column. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hostileNames } from '../engines/exampleModel.ts';
import { type Served, serveExample } from './served.ts';

let served: Served;
let strict: Served;
beforeAll(async () => {
  // The table holds malformed dates, which `strict` refuses.
  served = await serveExample({ serve: { input: 'coerce', endpoint: { path: '/late' } } });
  strict = await serveExample({});
});
afterAll(async () => {
  await served.close();
  await strict.close();
});

type Headers = Readonly<Record<string, string>>;
const post = ({ app }: Served, url: string, { body, headers = {} }: { body: unknown; headers?: Headers }) =>
  app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/json', ...headers },
    payload: typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body),
  });

const bits = (values: readonly number[]) => [...new Int32Array(Float32Array.from(values).buffer)];
const columnOf = (name: string) => served.records.map((record) => record[name]);

describe('the same rows in every form', () => {
  const tensors = () =>
    hostileNames.map((name) => {
      const float = served.model.columns.find((column) => column.name === name)?.input === 'float';
      return {
        name,
        datatype: float ? 'FP64' : 'BYTES',
        shape: [served.records.length, 1],
        data: columnOf(name),
      };
    });
  const forms: [string, () => unknown][] = [
    [
      'dataframe_split',
      () => ({
        dataframe_split: {
          columns: hostileNames,
          data: served.records.map((record) => hostileNames.map((name) => record[name])),
        },
      }),
    ],
    [
      'dataframe_split, columns in another order',
      () => {
        const columns = [...hostileNames].reverse();
        return {
          dataframe_split: {
            columns,
            data: served.records.map((record) => columns.map((name) => record[name])),
          },
        };
      },
    ],
    ['dataframe_records', () => ({ dataframe_records: served.records })],
    ['instances of records', () => ({ instances: served.records })],
    [
      'instances of lists',
      () => ({ instances: served.records.map((record) => hostileNames.map((name) => record[name])) }),
    ],
    [
      'inputs by column',
      () => ({ inputs: Object.fromEntries(hostileNames.map((name) => [name, columnOf(name)])) }),
    ],
    [
      'inputs by column, [n, 1]',
      () => ({
        inputs: Object.fromEntries(hostileNames.map((name) => [name, columnOf(name).map((each) => [each])])),
      }),
    ],
    ['inputs of records', () => ({ inputs: served.records })],
  ];
  it.each(forms)('/invocations: %s', async (_name, body) => {
    const response = await post(served, '/invocations', { body: body() });
    expect(response.statusCode, response.body).toBe(200);
    const { predictions, probabilities, classes } = response.json();
    expect(predictions).toEqual(served.expected.labels);
    expect(bits(probabilities.flat())).toEqual(served.expected.probabilities);
    expect(classes).toEqual(['no', 'yes']);
  });

  it('/invocations: CSV, quoted, with null spellings and a column more', async () => {
    const quote = (cell: unknown) => `"${String(cell ?? 'NA').replaceAll('"', '""')}"`;
    const lines = served.records.map((record, row) =>
      [row, ...hostileNames.map((name) => quote(record[name]))].join(','),
    );
    const body = `row,${hostileNames.map(quote).join(',')}\r\n${lines.join('\r\n')}\r\n`;
    const response = await post(served, '/invocations', {
      body,
      headers: { 'content-type': 'text/csv; charset=utf-8' },
    });
    expect(response.statusCode, response.body).toBe(200);
    expect(bits(response.json().probabilities.flat())).toEqual(served.expected.probabilities);
  });

  it('the own endpoint: a list of records, and each record alone', async () => {
    const all = await post(served, '/late', { body: served.records });
    const scores = all.json().map(({ score }: { score: number }) => score);
    expect(bits(scores)).toEqual(served.expected.probabilities.filter((_, index) => index % 2 === 1));
    const alone = await Promise.all(served.records.map((body) => post(served, '/late', { body })));
    expect(alone.map((each) => each.json())).toEqual(all.json());
    expect(all.json().map(({ prediction }: { prediction: string }) => prediction)).toEqual(
      served.expected.labels,
    );
  });

  it('/v2 infer: tensors by name, versions, outputs by name', async () => {
    for (const url of [
      '/v2/models/shop/infer',
      '/v2/models/shop/versions/3/infer',
      '/v2/models/shop%40production/infer',
    ]) {
      const response = await post(served, url, { body: { id: 'x1', inputs: tensors() } });
      expect(response.statusCode, response.body).toBe(200);
      const { outputs, ...head } = response.json();
      expect(head).toEqual({ model_name: 'shop', model_version: '3', id: 'x1' });
      const [label, probabilities] = outputs;
      expect(label).toEqual({
        name: 'label_',
        datatype: 'BYTES',
        shape: [240],
        data: served.expected.labels,
      });
      expect(probabilities).toMatchObject({ name: 'probabilities_', datatype: 'FP32', shape: [240, 2] });
      expect(bits(probabilities.data)).toEqual(served.expected.probabilities);
    }
    const some = await post(served, '/v2/models/shop/infer', {
      body: { inputs: tensors(), outputs: [{ name: 'probabilities_' }] },
    });
    expect(some.json().outputs.map(({ name }: { name: string }) => name)).toEqual(['probabilities_']);
  });

  it('/v2 infer: the binary extension, in and out', async () => {
    const parts: Buffer[] = [];
    const inputs = tensors().map(({ data, ...tensor }) => {
      const part =
        tensor.datatype === 'FP64'
          ? Buffer.from(
              Float64Array.from(data, (value) => (value === null ? Number.NaN : Number(value))).buffer,
            )
          : Buffer.concat(
              data.flatMap((value) => {
                const text = Buffer.from(String(value ?? ''));
                return [Buffer.from(Uint32Array.of(text.length).buffer), text];
              }),
            );
      parts.push(part);
      return { ...tensor, parameters: { binary_data_size: part.length } };
    });
    const head = Buffer.from(JSON.stringify({ inputs, parameters: { binary_data_output: true } }));
    const response = await post(served, '/v2/models/shop/infer', {
      body: Buffer.concat([head, ...parts]),
      headers: {
        'content-type': 'application/octet-stream',
        'inference-header-content-length': String(head.length),
      },
    });
    expect(response.statusCode, response.body).toBe(200);
    const length = Number(response.headers['inference-header-content-length']);
    const { outputs } = JSON.parse(response.rawPayload.subarray(0, length).toString());
    const [labels, probabilities] = outputs.map(
      (each: { parameters: { binary_data_size: number } }) => each.parameters.binary_data_size,
    );
    const bytes = Buffer.from(response.rawPayload.subarray(length));
    expect(bytes.length).toBe(labels + probabilities);
    const floats = new Int32Array(Uint8Array.from(bytes.subarray(labels)).buffer);
    expect([...floats]).toEqual(served.expected.probabilities);
    expect(bytes.subarray(0, 6).readUInt32LE()).toBe(served.expected.labels[0]?.length);
  });
});

describe('what is logged', () => {
  it('is every row with its inputs as the model was fed them, and its answer', async () => {
    const before = served.logged().length;
    const record = served.records[5] ?? {};
    const answer = (await post(served, '/late', { body: record })).json();
    const logged = served.logged();
    expect(logged).toHaveLength(before + 1);
    const { inputs, time, ...rest } = logged.at(-1) ?? {};
    expect(rest).toMatchObject({ model: 'shop', version: '3', row: 0, ...answer });
    expect(Date.parse(String(time))).toBeGreaterThan(Date.now() - 60_000);
    // What overflows float32 is missing to the model.
    const fed = Object.entries(record).map(([name, value]) => [name, value === -1e39 ? null : value]);
    expect(Object.entries(inputs ?? {})).toEqual(fed);
  });
});

describe('a wrong request', () => {
  const nulls: Record<string, null> = Object.fromEntries(hostileNames.map((name) => [name, null]));
  const check = async (body: unknown, status: number, error: object) => {
    const response = await post(strict, '/predict', { body });
    expect(response.json().error, response.body).toMatchObject(error);
    expect(response.statusCode).toBe(status);
    expect(Object.keys(response.json())).toEqual(['error']);
    expect(response.json().error.help).not.toBe('');
  };

  it('names the row and the column', async () => {
    const { k: _k, ...without } = nulls;
    await check(without, 400, { code: 'request-column-missing', column: 'k', row: 0 });
    const withText = strict.records.slice(0, 3).map((record) => JSON.stringify(record));
    const broken = JSON.parse(withText[2] ?? '');
    broken['label'] = 'twelve';
    await check([strict.records[0], strict.records[1], broken], 400, {
      code: 'request-value',
      column: 'label',
      row: 2,
    });
    await check(Object.assign(JSON.parse(withText[0] ?? ''), { label: '12' }), 400, {
      code: 'request-value',
      column: 'label',
    });
    await check(Object.assign(JSON.parse(withText[0] ?? ''), { d: 'yesterday' }), 400, {
      code: 'request-value',
      column: 'd',
    });
    await check(Object.assign(JSON.parse(withText[0] ?? ''), { k: ['a'] }), 400, {
      code: 'request-value',
      column: 'k',
    });
    await check(Object.assign(JSON.parse(withText[0] ?? ''), { label: {} }), 400, {
      code: 'request-value',
      column: 'label',
    });
  });

  it.each([
    ['', 'request-malformed'],
    ['{', 'request-malformed'],
    ['NaN', 'request-malformed'],
    ['null', 'request-malformed'],
    ['[]', 'request-malformed'],
    ['[[]]', 'request-malformed'],
    ['[1]', 'request-malformed'],
    ['"x"', 'request-malformed'],
    [Buffer.from([0x7b, 0xff, 0x7d]), 'request-malformed'],
    ['['.repeat(100_000), 'request-malformed'],
    [`{"label": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, 'request-value'],
    ['{"__proto__": {"label": 1}}', 'request-column-missing'],
    ['{"constructor": 1}', 'request-column-missing'],
  ])('%j gives %s', async (body, code) => {
    await check(body, 400, { code });
  });

  it.each([
    { dataframe_split: {} },
    { dataframe_split: { columns: ['label'], data: [[1, 2]] } },
    { dataframe_split: { columns: 'label', data: [] } },
    { dataframe_records: {} },
    { dataframe_records: [], instances: [] },
    { instances: [[1], [2]] },
    { instances: [] },
    { inputs: { label: [1, 2], probabilities: [1] } },
    { inputs: 3 },
    { columns: [] },
  ])('/invocations refuses %j', async (body) => {
    const response = await post(strict, '/invocations', { body });
    expect(response.statusCode).toBe(400);
    expect(response.json().error.code).toMatch(/^request-(malformed|column-missing)$/);
  });

  const tensor = { name: 'label', datatype: 'FP32', shape: [1, 1], data: [1] };
  it.each([
    [{}, 'request-malformed'],
    [{ inputs: [] }, 'request-malformed'],
    [{ inputs: [3] }, 'request-malformed'],
    [{ inputs: [tensor] }, 'request-column-missing'],
    [{ inputs: [{ ...tensor, name: 'nobody' }] }, 'request-column-unknown'],
    [{ inputs: [{ ...tensor, shape: [2, 1] }] }, 'request-malformed'],
    [{ inputs: [{ ...tensor, shape: [1, 2] }] }, 'request-malformed'],
    [{ inputs: [{ ...tensor, shape: [-1] }] }, 'request-malformed'],
    [{ inputs: [{ ...tensor, data: undefined }] }, 'request-malformed'],
    [{ inputs: [{ ...tensor, parameters: { binary_data_size: 4 } }] }, 'request-malformed'],
    [{ inputs: [tensor], outputs: [{ name: 'nothing' }] }, 'request-malformed'],
    [{ inputs: [tensor], outputs: 3 }, 'request-malformed'],
    [{ inputs: [tensor], outputs: [{ name: [] }] }, 'request-malformed'],
  ])('/v2 infer refuses %j as %s', async (body, code) => {
    const response = await post(strict, '/v2/models/shop/infer', { body });
    expect(response.statusCode).toBe(400);
    expect(response.json().error.code).toBe(code);
  });

  it.each([
    ['a,b\n1', 400],
    ['label\n"1', 400],
    ['label\n"1"x', 400],
    ['label', 400],
    ['', 400],
  ])('/invocations refuses the CSV %j', async (body, status) => {
    const response = await post(strict, '/invocations', { body, headers: { 'content-type': 'text/csv' } });
    expect(response.statusCode).toBe(status);
    expect(response.json().error.code).toMatch(/^request-(malformed|column-missing)$/);
  });

  it('of a foreign host or page, type, size or path is refused with its own status', async () => {
    const body = {};
    const refusals: [number, string, string, Headers][] = [
      [403, 'request-host', '/predict', { host: 'evil.example' }],
      [403, 'request-host', '/predict', { host: 'localhost.evil.example' }],
      [403, 'request-host', '/predict', { origin: 'https://evil.example' }],
      [403, 'request-host', '/predict', { origin: 'null' }],
      [415, 'request-media-type', '/predict', { 'content-type': 'application/x-www-form-urlencoded' }],
      [415, 'request-media-type', '/predict', { 'content-encoding': 'gzip' }],
      [404, 'model-not-served', '/v2/models/nobody/infer', {}],
      [404, 'model-not-served', '/v2/models/shop/versions/4/infer', {}],
      [404, 'request-path', '/v2/models/shop', {}],
      [404, 'request-path', `/${'x'.repeat(5_000)}`, {}],
    ];
    for (const [status, code, url, headers] of refusals) {
      const response = await post(strict, url, { body, headers });
      expect([response.statusCode, response.json().error.code], `${url} ${JSON.stringify(headers)}`).toEqual([
        status,
        code,
      ]);
    }
    const huge = await post(strict, '/predict', { body: `[${' '.repeat(1_000_000)}]` });
    expect([huge.statusCode, huge.json().error.code]).toEqual([413, 'request-too-large']);
    expect((await strict.app.inject('/v2/models/%zz')).statusCode).toBe(400);
    expect(
      (await strict.app.inject({ url: '/v2/health/live', headers: { origin: 'http://localhost:3000' } }))
        .statusCode,
    ).toBe(200);
  });

  it('does not keep right ones from being answered, asked at the same time', async () => {
    const responses = await Promise.all(
      strict.records
        .slice(0, 50)
        .map((record, row) => post(strict, '/predict', { body: row % 5 === 0 ? { label: 'x' } : record })),
    );
    expect(responses.map(({ statusCode }) => statusCode)).toEqual(
      responses.map((_, row) => (row % 5 === 0 ? 400 : 200)),
    );
  });
});

describe('what a deployment says of itself', () => {
  it('names inputs and outputs as the model file has them', async () => {
    const { inputs, outputs, ...head } = (await served.app.inject('/v2/models/shop')).json();
    expect(head).toMatchObject({ name: 'shop', versions: ['3'] });
    expect(inputs.map(({ name }: { name: string }) => name)).toEqual(hostileNames);
    expect(outputs.map(({ name }: { name: string }) => name)).toEqual(['label_', 'probabilities_']);
  });

  it('is live, ready, counted and described', async () => {
    for (const url of [
      '/v2/health/live',
      '/v2/health/ready',
      '/v2/models/shop/ready',
      '/v2/models/shop/versions/3',
    ])
      expect((await served.app.inject(url)).statusCode, url).toBe(200);
    const metrics = (await served.app.inject('/metrics')).body;
    const { requests, rejected, rows } = served.model.statistics.snapshot();
    expect(metrics).toContain(
      `modelwright_requests_total{model="shop",version="3",status="2xx"} ${requests - rejected}\n`,
    );
    expect(metrics).toContain(`modelwright_rows_total{model="shop",version="3"} ${rows}\n`);
    expect(metrics.split('\n').filter((line) => !/^(#|[a-z_]+(\{[^}]*\})? [-+.\de]+$)/.test(line))).toEqual([
      '',
    ]);
    const api = (await served.app.inject('/openapi.json')).json();
    expect(Object.keys(api.paths)).toContain('/late');
    expect(
      Object.keys(api.paths['/late'].post.requestBody.content['application/json'].schema.oneOf[0].properties),
    ).toEqual(hostileNames);
  });
});
