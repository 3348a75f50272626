/** Bad input of every kind: one error with a code, a place and help; nothing written, nothing hung, no stack. */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { call, callJson, folderWith, othersMayRun, shopCsv, shopExperiment } from './command.ts';
import * as contract from './contract.ts';

const experiment = 'x.experiment.yaml';
const plain = 'data: t.csv\ntarget: bought\n';
const good = shopCsv(150);
const lines = good.trimEnd().split('\n');
const withLine = (line: string) => `${[...lines.slice(0, 21), line, ...lines.slice(21)].join('\n')}\n`;
const replaced = (from: string, to: string) => good.replace(from, to);

interface Case {
  readonly text?: string | Uint8Array;
  readonly data?: string | Uint8Array;
  /** Of the data; default t.csv. */
  readonly name?: string;
  readonly prepare?: (folder: string) => void;
  readonly code: string;
  /** What the place must hold. */
  readonly place?: Readonly<Record<string, unknown>>;
  /** What the sentence must name. */
  readonly names?: string;
}

const at = (line: number, character: number) => ({
  file: experiment,
  range: expect.objectContaining({ start: { line, character } }),
});

// biome-ignore format: a case a line reads as a table.
const cases: Readonly<Record<string, Case>> = {
  // The text.
  'an empty file': { text: '', code: 'experiment-invalid', place: at(0, 0), names: 'data' },
  'a scalar': { text: 'hello\n', code: 'experiment-invalid', place: at(0, 0) },
  'a list': { text: '- a\n', code: 'experiment-invalid', place: { file: experiment } },
  'a tab': { text: 'data:\n\tsource: t.csv\ntarget: bought\n', code: 'experiment-invalid', place: at(1, 0), names: 'tab' },
  'an open quote': { text: 'data: "t.csv\n', code: 'experiment-invalid', place: at(0, 6), names: 'closed' },
  'an open bracket': { text: 'data: {source: t.csv\n', code: 'experiment-invalid', place: at(0, 6) },
  'a missing colon': { text: 'data: t.csv\ntarget bought\n', code: 'experiment-invalid', place: at(1, 0) },
  'an alias of nothing': { text: 'data: *no\ntarget: y\n', code: 'experiment-invalid', place: at(0, 6) },
  'a NUL': { text: `${plain}\0`, code: 'experiment-invalid', place: { file: experiment }, names: 'NUL' },
  'deep nesting': { text: `data: ${'['.repeat(9000)}`, code: 'experiment-invalid', place: { file: experiment } },
  'Latin-1': { text: Buffer.from('data: t.csv # é', 'latin1'), code: 'experiment-invalid', names: 'UTF-8' },
  'a key that is not known': { text: `${plain}modell: gbdt\n`, code: 'experiment-invalid', place: at(2, 0), names: 'model`' },
  'a value of the wrong type': { text: `${plain}split: {test: lots}\n`, code: 'experiment-invalid', place: at(2, 14) },
  'a value out of range': { text: `${plain}split: {test: 1.5}\n`, code: 'experiment-invalid', place: at(2, 14), names: '1.5' },
  'no target': { text: 'data: t.csv\n', code: 'experiment-invalid', names: 'target' },
  'a base that is not there': { text: `extends: no.yaml\n${plain}`, code: 'experiment-invalid', place: at(0, 9), names: 'no.yaml' },
  'a filter that does not parse': { text: 'data: {source: t.csv, filter: age >}\ntarget: bought\n', code: 'experiment-invalid', place: { file: experiment } },
  // What only the data can tell.
  'a filter on a column that is not there': { text: 'data: {source: t.csv, filter: agee > 1}\ntarget: bought\n', code: 'expression-failed', place: at(0, 30), names: 'agee' },
  'a target that is not there': { text: 'data: t.csv\ntarget: sold\n', code: 'target-not-found', place: at(1, 8), names: 'sold' },
  'a feature list without features': { text: `${plain}features: [nope]\n`, code: 'no-features', place: at(2, 10) },
  'a weight that is text': { text: 'data: {source: t.csv, weight: plan}\ntarget: bought\n', code: 'bad-weight', place: { ...at(0, 30), column: 'plan', row: 0 } },
  'weights that are all 0': { text: `data: {source: t.csv, weight: w, derive: [{name: w, expr: "if(bought == 'yes', 0, 0)"}]}\ntarget: bought\n`, code: 'weights-all-zero', place: at(0, 30), names: '`w`' },
  'a class whose weights are all 0': { text: `data: {source: t.csv, weight: w, derive: [{name: w, expr: "if(bought == 'yes', 0, 1)"}]}\ntarget: bought\n`, code: 'weights-class-zero', place: at(0, 30), names: '`yes`' },
  'a weight that is not there': { text: 'data: {source: t.csv, weight: w}\ntarget: bought\n', code: 'column-not-found', place: { ...at(0, 30), column: 'w' } },
  'a metric of another task': { text: `${plain}metric: rmse\n`, code: 'unknown-metric', place: at(2, 8), names: 'rmse' },
  'a model that cannot be trained yet': { text: `${plain}model: cnn\n`, code: 'model-unsupported', place: at(2, 7), names: 'cnn' },
  'embeddings for a model that learns none': { text: `${plain}model: linear\nfeatures: {columns: {plan: {encode: embedding}}}\n`, code: 'model-setting', place: { file: experiment }, names: 'only mlp learns an embedding' },
  'a setting that cannot be fitted': { text: `${plain}model: linear\ntrain: {imbalance: focal}\n`, code: 'model-setting', place: { file: experiment }, names: 'focal loss' },
  'a positive that never occurs': { text: `${plain}positive: maybe\n`, code: 'positive-not-found', place: at(2, 10), names: 'maybe' },
  'a test date without a date column': { text: 'data: t.csv\ntarget: bought\nsplit: 2024-07-01\nfeatures: {types: {since: categorical}}\n', code: 'split-needs-column', place: at(2, 7) },
  'a search over what is one for all trials': { text: `${plain}tune: {trials: 2, space: {split.valid: [0.1, 0.2]}}\n`, code: 'tune-bad-space', place: at(2, 39), names: 'one for all trials' },
  'a search beyond what a setting takes': { text: `${plain}tune: {trials: 2, space: {model.gbdt.subsample: 0.5..7.0}}\n`, code: 'tune-bad-space', place: { file: experiment }, names: 'legal range' },
  // The table.
  'no file': { data: '', name: 'other.csv', code: 'data-not-found', names: 't.csv' },
  'an empty file of data': { data: '', code: 'data-empty', place: { file: 't.csv' } },
  'a header alone': { data: 'id,age,plan,since,bought\n', code: 'data-empty' },
  'a row too long': { data: withLine('1,2,pro,2024-01-01,yes,more'), code: 'data-ragged', place: { file: 't.csv', row: 20 }, names: 'Row 20' },
  'a row too short': { data: withLine('1,2'), code: 'data-ragged', place: { row: 20, range: expect.objectContaining({ start: { line: 21, character: 0 } }) } },
  'a quote that stays open': { data: withLine('1,"2,pro,2024-01-01,yes'), code: 'data-quote', place: { row: 20 } },
  'two columns of one name': { data: replaced('age', 'plan'), code: 'data-duplicate-column', place: { column: 'plan' } },
  'a NUL byte': { data: withLine('1,2,\0,2024-01-01,yes'), code: 'data-nul' },
  'half of UTF-16': { data: Buffer.from('fffe69002c', 'hex'), code: 'data-encoding' },
  'an archive': { data: Buffer.from('1f8b0800', 'hex'), code: 'data-format', names: 'gzip' },
  'Parquet that is none': { text: 'data: t.parquet\ntarget: y\n', name: 't.parquet', data: 'PAR1 no PAR1', code: 'data-broken', names: 'Parquet' },
  'a folder': { prepare: (folder) => mkdirSync(join(folder, 't.csv')), code: 'data-not-a-file', names: 'folder' },
  'a pipe': { prepare: (folder) => execFileSync('mkfifo', [join(folder, 't.csv')]), code: 'data-not-a-file', names: 'pipe' },
  'a device': { prepare: (folder) => symlinkSync('/dev/zero', join(folder, 't.csv')), code: 'data-not-a-file', names: 'device' },
  'a target that is missing everywhere': { data: good.replaceAll(/yes|no/g, ''), code: 'target-empty', place: { ...at(1, 8), column: 'bought' }, names: '150' },
  'one class': { data: good.replaceAll(/,no\n/g, ',yes\n'), code: 'one-class', place: at(1, 8), names: 'yes' },
  'a target beyond what a model file holds': { text: 'data: t.csv\ntarget: age\n', data: good.replace(/^7,[^,]*/m, '7,-1e39'), code: 'target-too-large', place: { ...at(1, 8), column: 'age', row: 7 }, names: '-1.000e+39' },
  'a target that float32 rounds away': { text: 'data: t.csv\ntarget: age\n', data: good.replaceAll(/^(\d+),(\d+)/gm, '$1,10000000$2'), code: 'target-too-fine', place: { ...at(1, 8), column: 'age' }, names: 'numbers 64 apart' },
  'classes that float64 takes for one another': { data: good.replaceAll(/,no\n/g, ',9007199254740993\n').replaceAll(/,yes\n/g, ',9007199254740996\n'), code: 'task-mismatch', place: { ...at(1, 8), column: 'bought' }, names: 'data.read.types' },
  'ten rows': { data: `${lines.slice(0, 11).join('\n')}\n`, code: 'too-few-rows', place: at(0, 6), names: '10' },
};

describe('a run is refused before it starts, and leaves nothing behind', () => {
  test.concurrent.for(Object.entries(cases))('%s', async ([, each]) => {
    const folder = folderWith({ [experiment]: each.text ?? plain });
    if (each.prepare) each.prepare(folder);
    else execData(folder, each);
    const answer = await callJson(folder, ['run', experiment]);
    const { error } = contract.failure.parse(answer.document);
    expect(error).toMatchObject({ code: each.code, ...each.place });
    expect(error.message).toContain(each.names ?? '');
    expect(answer.code).toBe(2);
    expect(answer.stdout + answer.stderr).not.toMatch(/^ +at .*:\d+/m);
    expect(existsSync(join(folder, '.modelwright'))).toBe(false);
  });
});

function execData(folder: string, { name = 't.csv', data = good }: Case): void {
  const given = folderWith({ [name]: data });
  execFileSync('cp', [join(given, name), folder]);
}

describe('in words', () => {
  test('an error says what, where with the line under it, and what to do', async () => {
    const folder = folderWith({ [experiment]: `${plain}split: {test: 1.5}\n`, 't.csv': good });
    const { code, stdout, stderr } = await call(folder, ['run', experiment]);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr.split('\n').slice(0, 5)).toEqual([
      'error[experiment-invalid]: `split.test` = 1.5; allowed from 0 and below 1.',
      '  --> x.experiment.yaml:3:15',
      '  |',
      '3 | split: {test: 1.5}',
      '  |               ^^^',
    ]);
    expect(stderr).toMatch(/^help: /m);
  });

  test('a cell of the data is named by row and column', async () => {
    const text = 'data: {source: t.csv, weight: plan}\ntarget: bought\n';
    const { stderr } = await call(folderWith({ [experiment]: text, 't.csv': good }), ['run', experiment]);
    expect(stderr).toContain('--> row 0, column `plan`');
  });
});

describe('lint takes broken text and unreadable data as findings', () => {
  test.concurrent.for([
    ['broken text', { [experiment]: 'data: "t.csv\n' }, 'yaml-syntax'],
    ['no data', { [experiment]: plain }, 'data-not-found'],
    ['ragged data', { [experiment]: plain, 't.csv': withLine('1,2') }, 'data-not-found'],
  ] as const)('%s', async ([, files, rule]) => {
    const { code, document } = await callJson(folderWith(files), ['lint']);
    expect(code).toBe(1);
    expect(contract.lint.parse(document).findings.map((finding) => finding.rule)).toContain(rule);
  });
});

describe('wrong usage is exit code 2, in words and as a document', () => {
  test.concurrent.for([
    [['frobnicate'], 'bad-usage'],
    [[], 'bad-usage'],
    [['run'], 'bad-usage'],
    [['run', 'a', 'b'], 'bad-usage'],
    [['run', experiment, '--frob'], 'bad-usage'],
    [['run', 'nope.yaml'], 'file-not-found'],
    [['run', experiment, '--set', 'split.test'], 'bad-override'],
    [['run', experiment, '--variant', 'nope'], 'unknown-variant'],
    [['lint', 'nope.yaml'], 'file-not-found'],
    [['lint', '--format', 'xml'], 'bad-usage'],
    [['profile', 'nope.csv'], 'data-not-found'],
    [['profile', 't.csv', '--target', 'nope'], 'target-not-found'],
    [['runs', 'show', 'nope'], 'run-not-found'],
    [['runs', 'list', '--limit', 'x'], 'bad-usage'],
    [['runs', 'frob'], 'bad-usage'],
    [['predict', 'run:nope', 't.csv', '-o', 'o.csv'], 'run-not-found'],
    [['predict', 'x.onnx', 't.csv', '-o', 'o.csv'], 'model-not-found'],
    [['predict', 'broken.onnx', 't.csv', '-o', 'o.csv'], 'model-unreadable'],
    [['predict', 'broken.onnx', 't.csv', '-o', 'no/o.csv'], 'output-folder'],
    [['predict', 'broken.onnx', 't.csv', '-o', 'o.xyz'], 'output-format'],
    [['evaluate', 'x.onnx', 't.csv'], 'model-not-found'],
    [['rules', 'nope'], 'rule-not-found'],
    [['completion', 'powershell'], 'bad-usage'],
    [['runs', 'export'], 'command-planned'],
    [['init', '--data', 'nope.csv', '--yes'], 'data-not-found'],
  ] as const)('%s', async ([args, code]) => {
    const folder = folderWith({ [experiment]: plain, 't.csv': good, 'broken.onnx': 'no model' });
    const answer = await callJson(folder, args);
    expect(contract.failure.parse(answer.document).error.code).toBe(code);
    expect(answer.code).toBe(2);
    expect(readdirSync(folder).sort()).toEqual(['broken.onnx', 't.csv', experiment]);
  });
});

describe('a store that cannot be used', () => {
  const files = { [experiment]: shopExperiment.replace('shop.csv', 't.csv'), 't.csv': good };

  test.concurrent.for([
    ['a file of its name', { '.modelwright': 'x' }, 'store-unwritable'],
    ['a database that is none', { '.modelwright/store.db': 'x'.repeat(5000) }, 'store-corrupt'],
    ['a folder for a database', { '.modelwright/store.db/x': '' }, 'store-unwritable'],
  ] as const)('%s', async ([, store, code]) => {
    const folder = folderWith({ ...files, ...store });
    const answer = await callJson(folder, ['run', experiment]);
    const { error } = contract.failure.parse(answer.document);
    expect(error).toMatchObject({ code, file: expect.stringMatching(/^\.modelwright/) });
    expect(answer.code).toBe(2);
  });

  test.runIf(othersMayRun())('a read-only folder is linted, and refused for a run', async () => {
    const folder = folderWith(files);
    chmodSync(folder, 0o555);
    const linted = await callJson(folder, ['lint'], { unprivileged: true });
    const answer = await callJson(folder, ['run', experiment], { unprivileged: true });
    chmodSync(folder, 0o755);
    expect(linted.code).toBe(0);
    expect(contract.failure.parse(answer.document).error.code).toBe('store-unwritable');
    expect(answer.code).toBe(2);
  });
});

describe.runIf(canMount())('a full disk', () => {
  const longer = ['--set', 'model.gbdt.trees=300', '--set', 'train.early_stop=false'];

  test.each([
    ['at the first write', '60k', 0],
    ['at a checkpoint', '300k', 1],
  ] as const)('%s: one error with exit code 3, and no half-written record', async (_, size, records) => {
    const folder = folderWith({ [experiment]: 'data: t.csv\ntarget: bought\n', 't.csv': shopCsv(4000) });
    const store = join(folder, '.modelwright');
    mkdirSync(store);
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'tmpfs', store]);
    try {
      const answer = await callJson(folder, ['run', experiment, ...longer]);
      expect(contract.failure.parse(answer.document).error.code).toBe('disk-full');
      expect(answer.code).toBe(3);
      if (records === 0) return;
      const { document } = await callJson(folder, ['runs', 'list']);
      const { runs } = contract.documents['runs list'].parse(document);
      expect(runs).toMatchObject([{ status: 'failed', value: null }]);
    } finally {
      execFileSync('umount', [store]);
    }
  });
});

/** Only root may, and not in every container. */
function canMount(): boolean {
  if (process.getuid?.() !== 0) return false;
  const folder = folderWith({});
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=100k', 'tmpfs', folder], { stdio: 'ignore' });
    execFileSync('umount', [folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
