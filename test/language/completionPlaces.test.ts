/** Completion in places with words of their own, in block and flow style, and beside what is broken; `|` is the cursor. */
import { expect, test } from 'vitest';
import { completionsAt } from '../../server/language/completion/completion.ts';
import type { PastRun } from '../../server/language/openExperiment.ts';
import { facts, openText, withCursor } from './open.ts';

const run = (id: string, status: PastRun['head']['status'] = 'finished'): PastRun => ({
  head: { id, experiment: 'churn', status, started: '2026-02-01T10:00:00Z' } as PastRun['head'],
  gates: [],
});
const runs = [run('7abc2def'), run('k3mn4pqr'), run('zzzz9999', 'failed')];

function complete(marked: string, more: object = { facts }) {
  const { text, position } = withCursor(marked);
  return completionsAt(openText(text, { runs, ...more }), position, { snippets: false }).items;
}

/** The same before and behind each of the faults. */
function labels(marked: string, fault = ''): string[] {
  const offered = (text: string) => complete(text).map(({ label }) => label);
  const behind = offered(`${marked}\n${fault}`);
  if (fault !== '') expect(offered(`${fault}${marked}`), `${fault}${marked}`).toEqual(behind);
  return behind;
}

/** The text once the item with this label is taken. */
function taken(marked: string, label: string): string {
  const { text, position } = withCursor(marked);
  const { textEdit } = complete(marked).find((each) => each.label === label) ?? {};
  if (textEdit === undefined || !('range' in textEdit)) throw new Error(`no ${label} in ${labels(marked)}`);
  const { document } = { document: openText(text).loaded.text };
  expect(textEdit.range.start.line).toBe(position.line);
  const [from, end] = [document.offsetAt(textEdit.range.start), document.offsetAt(textEdit.range.end)];
  return text.slice(0, from) + textEdit.newText + text.slice(end);
}

const start = 'data: data/churn.csv\ntarget: churned\n';
/** One that does not close, and one that is no YAML. */
const broken = ['', 'split: {test: 0.2\n', 'card: "half\n', 'metric: [a: }\n'];

test('what a run is compared with: baselines, the champion, past runs and variants, each once', () => {
  const names = ['baseline', 'champion', 'dummy', 'linear', 'run:7abc2def', 'run:k3mn4pqr'];
  for (const fault of broken) {
    expect(labels(`${start}evaluate:\n  compare:\n    to: [|]`, fault)).toEqual(names);
    expect(labels(`${start}evaluate: {compare: {to: [|]}}`, fault)).toEqual(names);
    expect(labels(`${start}evaluate:\n  compare:\n    to:\n      - |`, fault)).toEqual(names);
    expect(labels(`${start}evaluate:\n  compare:\n    to:\n      - champion\n      - |`, fault)).toEqual(
      names.filter((name) => name !== 'champion'),
    );
  }
  expect(labels(`${start}evaluate:\n  compare:\n    to: [|\n`)).toEqual(names);
  const variants = `variants: {small: {}}\n${start}baseline: dummy\nevaluate: {compare: {to: [champion, |]}}`;
  expect(labels(variants)).toEqual(['baseline', 'dummy', 'run:7abc2def', 'run:k3mn4pqr', 'variant(small)']);
  // What this version does not act on says so.
  const items = complete(variants);
  expect(items.filter(({ detail }) => detail === 'planned').map(({ label }) => label)).toEqual([
    'run:7abc2def',
    'run:k3mn4pqr',
    'variant(small)',
  ]);
  expect(taken(`${start}evaluate: {compare: {to: [cha|]}}`, 'champion')).toBe(
    `${start}evaluate: {compare: {to: [champion]}}`,
  );
});

test('ids of finished runs stand between the brackets of run( )', () => {
  const ids = ['7abc2def', 'k3mn4pqr'];
  for (const fault of broken) {
    expect(labels(`${start}gates: [roc_auc > run(|]`, fault)).toEqual(ids);
    expect(labels(`${start}gates:\n  - roc_auc > run(7a|)`, fault)).toEqual(ids);
    expect(labels(`${start}gates:\n  - beats run(|`, fault)).toEqual(ids);
    expect(labels(`${start}serve: {rollout: {guard: ["roc_auc > run(k|)"]}}`, fault)).toEqual(ids);
  }
  // A word of a metric's slice is none.
  expect(labels(`${start}gates: [recall(pl|`)).not.toContain('7abc2def');
  expect(taken(`${start}gates:\n  - roc_auc > run(7a|bc) - 0.01`, '7abc2def')).toBe(
    `${start}gates:\n  - roc_auc > run(7abc2def) - 0.01`,
  );
  expect(taken(`${start}gates: [roc_auc > run(|)]`, 'k3mn4pqr')).toBe(
    `${start}gates: [roc_auc > run(k3mn4pqr)]`,
  );
});

test('time zones are those of the IANA database', () => {
  for (const fault of broken) {
    const zones = labels(`${start}features:\n  datetime:\n    timezone: |`, fault);
    expect(zones[0]).toBe('UTC');
    expect(zones).toEqual(expect.arrayContaining(['Europe/Paris', 'America/New_York', 'Asia/Tokyo']));
    expect(labels(`${start}features: {datetime: {timezone: Eur|}}`, fault)).toContain('Europe/Paris');
  }
  const [first] = complete(`${start}features: {datetime: {timezone: Eur|}}`).filter(
    ({ label }) => label === 'Europe/Berlin',
  );
  expect(first).toBeDefined();
  // Each is one that the setting takes.
  const faulty = labels(`${start}features:\n  datetime:\n    timezone: |`)
    .filter((_, index) => index % 20 === 0)
    .flatMap((zone) => openText(`${start}features: {datetime: {timezone: ${zone}}}\n`).findings)
    .filter(({ path }) => path === 'features.datetime.timezone');
  expect(faulty.map(({ rule }) => rule).filter((rule) => rule !== 'redundant-default')).toEqual([]);
});

test('features come before columns with another role, and those before the target', () => {
  const roles = 'data: {source: data/churn.csv, id: plan, time: signed}\ntarget: tenure\n';
  const order = ['monthly fee', 'churned', 'plan', 'signed', 'tenure'];
  for (const fault of broken) {
    expect(labels(`${roles}features: [|]`, fault)).toEqual(order);
    expect(labels(`${roles}features:\n  include:\n    - |`, fault)).toEqual(order);
    expect(labels(`${roles}features:\n  - |`, fault)).toEqual(order);
    expect(labels(`${roles}features: {cross: [[|]]}`, fault)).toEqual(order);
  }
  const items = complete(`${roles}features: [|]`);
  expect(items.slice(2).map(({ detail }) => detail)).toEqual([
    'is `data.id`',
    'is `data.time`',
    'leaks the target',
  ]);
  // What the target is computed from is known from the text.
  const derived = 'data: {source: data/churn.csv, derive: [{name: late, expr: tenure > 4}]}\ntarget: late\n';
  expect(labels(`${derived}features: [|]`).slice(-2)).toEqual(['tenure', 'late']);
});

test('columns that are crossed or bound already are not offered again', () => {
  for (const fault of broken) {
    expect(labels(`${start}features: {cross: [[plan, |]]}`, fault)).not.toContain('plan');
    expect(labels(`${start}features:\n  cross:\n    - [plan, |]`, fault)).not.toContain('plan');
    expect(labels(`${start}features:\n  cross:\n    - - plan\n      - |`, fault)).not.toContain('plan');
    // Another cross may hold it.
    expect(labels(`${start}features:\n  cross:\n    - [plan, tenure]\n    - [|]`, fault)).toContain('plan');
    for (const monotone of [
      'model:\n  gbdt:\n    monotone:\n      tenure: up\n      |',
      'model: {gbdt: {monotone: {tenure: up, |}}}',
      'model:\n  gbdt:\n    monotone: {tenure: up, |}',
      'variants:\n  a:\n    model:\n      gbdt:\n        monotone:\n          tenure: up\n          |',
    ]) {
      const offered = labels(`${start}${monotone}`, fault);
      expect(offered, monotone).toContain('plan');
      expect(offered, monotone).not.toContain('tenure');
    }
  }
  expect(labels(`${start}model:\n  gbdt:\n    monotone:\n      ten|: up`)).toContain('tenure');
});
