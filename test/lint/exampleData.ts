/** A workspace for each example of the language: data that fit what it says of them, and the files that it names. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { hashSources } from '../../server/data/sources/hash.ts';
import { temporaryFolder } from '../temporary.ts';

/** Writes the example of this name beside its data, with its pin made to be that of these data; gives the file. */
export async function exampleWorkspace(name: string): Promise<string> {
  const folder = temporaryFolder();
  const { files = {}, tables = {}, pinned, joined } = contents[name] ?? {};
  for (const path of [...Object.keys(files), ...Object.keys(tables)])
    mkdirSync(dirname(join(folder, path)), { recursive: true });
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  const database = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await database.run('CREATE MACRO share(n, salt) AS (hash(n, salt) % 1000003) / 1000003.0');
  for (const [path, select] of Object.entries(tables))
    await database.run(`COPY (${select}) TO '${join(folder, path)}'`);
  const example = readFileSync(exampleFile(name), 'utf8');
  const pin =
    pinned === undefined
      ? undefined
      : await hashSources({
          source: [join(folder, pinned)],
          directory: folder,
          ...(joined && { joins: [{ source: join(folder, joined), name: 'other', keys: [], how: 'left' }] }),
        });
  const file = join(folder, `${name}.experiment.yaml`);
  writeFileSync(
    file,
    // Fewer rows than the real ones show the same.
    (pin === undefined ? example : example.replace(/sha256:[0-9a-f]+/, pin)).replace(
      'rows >= 1000000',
      'rows >= 10000',
    ),
  );
  return file;
}

function exampleFile(name: string): string {
  const folder = name === 'flights' ? '../../examples' : '../config/examples';
  return join(import.meta.dirname, folder, `${name}.experiment.yaml`);
}

interface Contents {
  readonly files?: Readonly<Record<string, string>>;
  /** Queries, by the file that their rows are written to; `share(n, salt)` is a fixed draw between 0 and 1. */
  readonly tables?: Readonly<Record<string, string>>;
  /** The table that `data.version` is of. */
  readonly pinned?: string;
  /** The table that is joined with it. */
  readonly joined?: string;
}

/** 4,000 subscribers seen in 15 months: those of long standing and on dearer plans stay. */
const snapshots = `
  SELECT 'r' || (4000 * month + customer) AS row_id, 'c' || customer AS customer_id,
    TIMESTAMP '2024-07-01' + INTERVAL 1 DAY * (30 * month + CAST(floor(30 * share(customer, month)) AS INTEGER)) AS snapshot_at,
    CAST(floor(3000 * share(customer, 'tenure')) + 30 * month AS INTEGER) AS tenure_days,
    CASE floor(3 * share(customer, 'plan')) WHEN 0 THEN 'basic' WHEN 1 THEN 'plus' ELSE 'pro' END AS plan,
    round(22 + 4 * floor(3 * share(customer, 'plan')) + 2 * share(customer, 'fee' || month), 2) AS monthly_fee,
    CAST(floor(24 * share(customer, 'hour')) AS INTEGER) AS signup_hour,
    CASE WHEN churned_30d = 1 THEN ['price', 'moved', 'service'][1 + CAST(floor(3 * share(customer, 'why')) AS INTEGER)] END AS cancel_reason,
    'customer' || customer || '@example.org' AS email,
    ['18-29', '30-44', '45-59', '60+'][1 + CAST(floor(4 * share(customer, 'age')) AS INTEGER)] AS age_band,
    churned_30d
  FROM (SELECT *, CAST(share(customer, 'end' || month) <
      0.09 - 0.02 * floor(3 * share(customer, 'plan')) - 0.03 * share(customer, 'tenure') AS INTEGER) AS churned_30d
    FROM range(4000) AS c(customer), range(15) AS m(month))
  ORDER BY month, customer`;

const tickets = `
  SELECT 'c' || (n % 4000) AS customer_id, TIMESTAMP '2024-07-01' + INTERVAL 1 HOUR * CAST(floor(10800 * share(n, 'at')) AS INTEGER) AS opened_at
  FROM range(20000) AS t(n)`;

/** 20,000 flights of 2001: later in the day and on some routes they are late more often. */
const flights = `
  SELECT TIMESTAMP '2001-01-01' + INTERVAL 1 MINUTE * CAST(floor(365 * 1440 * share(n, 'at')) AS INTEGER) AS date,
    CAST(floor(60 * share(n, 'delay') * share(n, 'more') * (1 + 0.3 * floor(4 * share(n, 'origin'))) - 8) AS INTEGER) AS delay,
    CAST(100 + floor(2400 * share(n, 'distance')) AS INTEGER) AS distance,
    ['ATL', 'BOS', 'DEN', 'ORD'][1 + CAST(floor(4 * share(n, 'origin')) AS INTEGER)] AS origin,
    ['JFK', 'LAX', 'SEA', 'SFO', 'TPA'][1 + CAST(floor(5 * share(n, 'destination')) AS INTEGER)] AS destination
  FROM range(20000) AS f(n)`;

/** 6,000 subscribers, of whom one in fourteen leaves. */
const subscribers = (more: string): string => `
  SELECT ${more} CAST(floor(2160 * share(n, 'tenure')) AS INTEGER) AS tenure_days,
    ['basic', 'plus', 'pro'][1 + CAST(floor(3 * share(n, 'plan')) AS INTEGER)] AS plan,
    round(10 + 30 * share(n, 'fee'), 2) AS monthly_fee,
    CAST(share(n, 'end') < 0.14 - 0.05 * floor(3 * share(n, 'plan')) AS INTEGER) AS churned
  FROM range(6000) AS s(n)`;

const questions = (rows: number, word: string): string => `
  SELECT '${word}-' || n AS qid, 'How do I ' || ['return', 'exchange', 'track', 'pay'][1 + n % 4] || ' order ' || n || '?' AS question,
    ['returns', 'payment', 'delivery', 'account', 'warranty'][1 + n % 5] AS topic, ['en', 'de'][1 + n % 2] AS language
  FROM range(${rows}) AS q(n)`;

const prompt = (order: string): string =>
  `${order}\n\n<context>\n{{context}}\n</context>\n\n<question>\n{{question}}\n</question>\n`;

const contents: Readonly<Record<string, Contents>> = {
  churn: {
    files: {
      'docs/churn-datasheet.md': '# Data\n',
      'docs/runbook.md': '# Drop\n',
      'package-lock.json': '{}',
    },
    tables: {
      'data/snapshots/all.parquet': snapshots,
      'data/tickets.parquet': tickets,
      'data/outcomes.parquet': tickets,
      'data/kpi.csv': "SELECT DATE '2025-10-01' AS day, 95000 AS saved_revenue_eur_month",
    },
    pinned: 'data/snapshots/all.parquet',
    joined: 'data/tickets.parquet',
  },
  flights: {
    files: { 'package-lock.json': '{}' },
    tables: { 'data/flights-3m.parquet': flights },
    pinned: 'data/flights-3m.parquet',
  },
  'ten-lines': {
    tables: {
      'data/churn.csv': subscribers(
        "10000 + (n * 7919) % 6000 AS customer_id, CAST(DATE '2024-07-01' + INTERVAL 1 DAY * CAST(floor(450 * share(n, 'seen')) AS INTEGER) AS DATE) AS seen,",
      ),
    },
  },
  'two-lines': { tables: { 'data/churn.csv': subscribers('') } },
  'help-desk-rag': {
    files: {
      'prompts/answer.md': prompt('Answer from the context and cite it.'),
      'prompts/answer-steps.md': prompt('Think step by step, then answer from the context.'),
      'prompts/rubric.md': 'One point for each fact.\n',
      'schemas/answer.json': '{"type": "object"}',
      'tools/order_status.json': '{"type": "object"}',
      'tools/open_refund.json': '{"type": "object"}',
      'handbook/policy/returns.md': '# Returns\nThirty days.\n',
      'evals/golden.jsonl': '{"question": "q", "documents": ["policy/returns.md"]}\n',
      'evals/human-labels.jsonl': '{"id": 1}\n',
      'evals/sft.jsonl': '{"id": 1}\n',
      'docs/rag-runbook.md': '# What to do\n',
    },
    tables: { 'evals/questions.jsonl': questions(200, 'q'), 'evals/fewshot.jsonl': questions(12, 'shot') },
  },
};
