/** What the read-only pages say, as Markdown; every name in it is a user's text and is escaped. */
import type { DeploymentEntry } from '../server/protocol/deployments.ts';
import type { AuditEntry, Lineage } from '../server/protocol/models.ts';
import { number4, printable } from './wording.ts';

/** Newest first. */
export function auditText(name: string, changes: readonly AuditEntry[]): string {
  const rows = [...changes]
    .reverse()
    .map((change) => [
      when(change.time),
      text(change.user),
      text(sentenceOf(change)),
      text(change.reason ?? ''),
    ]);
  return page(`Audit log of ${text(name)}`, [
    'Every change of this model, the newest first. Times are UTC.',
    tableOf(['When', 'Who', 'What', 'Why'], rows),
  ]);
}

function sentenceOf({ action, version, alias, previous }: AuditEntry): string {
  const which = version === null ? '' : `version ${version}`;
  const before = previous === null ? '' : `, before it version ${previous}`;
  switch (action) {
    case 'register':
      return `Registered ${which}`;
    case 'promote':
      return `Moved ${which} to ${alias}${before}`;
    case 'alias':
      return `Let ${alias} stand for ${which}${before}`;
    case 'unalias':
      return `Took the alias ${alias} away${before}`;
    case 'rollback':
      return `Rolled ${alias} back to ${which}${before}`;
    default:
      return `${action} ${which}`;
  }
}

export function lineageText(
  { name, version }: { readonly name: string; readonly version: number },
  lineage: Lineage,
): string {
  const rows = [
    ['Experiment', code(lineage.file)],
    ['Run', code(lineage.run)],
    ['Registered', `${when(lineage.created)} UTC`],
    ['Model file', code(lineage.hash)],
    ['Data', code(lineage.data)],
    ['Settings', code(lineage.config)],
    ['Code', code(lineage.code)],
    ['Environment', code(lineage.environment)],
    ['Seed', String(lineage.seed)],
    [
      'Served by',
      lineage.servedBy.map(({ id, url }) => `${code(id)} at ${text(url)}`).join(', ') || 'nothing now',
    ],
  ];
  return page(`Lineage of ${text(name)}, version ${version}`, [
    'From the data and the settings to what is served. The same data, settings, code and seed give the same file.',
    tableOf(['What', 'Which'], rows),
  ]);
}

export function deploymentText(deployment: DeploymentEntry | undefined): string {
  if (deployment === undefined) return page('Deployment', ['This deployment is no longer listed.']);
  const { id, url, pid, status, started, models, requests, errors, rate, p50, p95 } = deployment;
  const [first] = models;
  const state =
    status === 'running'
      ? `Running at ${text(url)} since ${when(started)} UTC, process ${pid}. It answers this machine only.`
      : status === 'stopped'
        ? 'It was stopped. Its log is kept.'
        : 'Its process is gone: it was killed, or the machine went down. Its log is kept.';
  const facts = [
    ['Requests', String(requests)],
    ['Errors', String(errors)],
    ['Requests a second', number4(rate)],
    ['p50', milliseconds(p50)],
    ['p95', milliseconds(p95)],
    ['Id', code(id)],
  ];
  const infer = `/v2/models/${encodeURIComponent(first?.name ?? '')}/infer`;
  const routes = [
    [
      code('POST /predict'),
      'A record or a list of records (the path is `serve.endpoint.path` of the experiment)',
    ],
    [code('POST /invocations'), 'MLflow: `dataframe_split`, `dataframe_records`, `instances`, `inputs`, CSV'],
    [code(`POST ${infer}`), 'Open Inference Protocol v2, JSON and binary'],
    [code('GET /openapi.json'), 'This list for programs, with the columns'],
    [code('GET /metrics'), 'Figures for Prometheus'],
  ];
  return page(`Deployment of ${text(models.map(({ name }) => name).join(', '))}`, [
    state,
    tableOf(['Figure', 'Now'], facts),
    '## Models',
    tableOf(
      ['Model', 'Version', 'Requests', 'Errors', 'p95'],
      models.map((model) => [
        text(model.name),
        text(model.version),
        String(model.requests),
        String(model.errors),
        milliseconds(model.p95),
      ]),
    ),
    '## Routes',
    tableOf(['Route', 'What'], routes),
  ]);
}

/** JSON lines, oldest first. */
export function logText(records: readonly Readonly<Record<string, unknown>>[]): string {
  if (records.length === 0) return '// Nothing has been asked yet.\n';
  return `${records.map((record) => JSON.stringify(record)).join('\n')}\n`;
}

function page(title: string, parts: readonly string[]): string {
  return `# ${title}\n\n${parts.join('\n\n')}\n`;
}

function tableOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows];
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

/** One line in which nothing is markup. */
function text(value: string): string {
  return printable(value, 300)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/[\\`*_{}[\]()#+.!|~$:-]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function code(value: string): string {
  // A code span takes backticks as they are only between longer ones; a bar would still end the cell.
  return `\`\` ${printable(value, 300).replaceAll('`', 'ˋ').replaceAll('|', '\\|')} \`\``;
}

function when(time: string): string {
  return time.slice(0, 19).replace('T', ' ');
}

function milliseconds(value: number | null): string {
  return value === null ? '–' : `${number4(value)} ms`;
}
