/** Features against pandas and scikit-learn. */
import { describe, expect, test } from 'vitest';
import type { FeatureRequest } from '../../server/features/fittedFeatures.ts';
import type { FeatureMatrix } from '../../server/features/matrix.ts';
import { fitRanks } from '../../server/features/ranks.ts';
import { evaluatePieces } from '../../server/onnx/pieces.ts';
import { allRows, fitOn, linearNeeds, type Overrides, valuesOf } from './csvTable.ts';
import { expectClose, expected, oracleTable, trainRows } from './expected.ts';

const { table, matrixOf } = await oracleTable();

describe('numbers', () => {
  for (const impute of ['mean', 'median'] as const) {
    for (const scale of ['standard', 'robust', 'minmax'] as const) {
      test(`impute ${impute} and scale ${scale} as scikit-learn`, async () => {
        const matrix = await matrixOf(['age', 'income'], { numeric: { impute, scale } });
        expect(matrix.columns.map(({ name }) => name)).toEqual(['age', 'income']);
        for (const column of ['age', 'income'])
          expectClose(valuesOf(matrix, column), `${column} ${impute} ${scale}`);
      });
    }
  }

  test('impute constant fills 0, indicator adds a column where training rows miss values', async () => {
    expectClose(
      valuesOf(await matrixOf(['age'], { numeric: { impute: 'constant' } }), 'age'),
      'age constant',
    );
    const matrix = await matrixOf(['age', 'income'], { numeric: { impute: 'indicator', scale: 'standard' } });
    expect(matrix.columns.map(({ name }) => name)).toEqual(['age', 'income', 'age is missing']);
    expectClose(valuesOf(matrix, 'age is missing'), 'age indicator');
    expectClose(valuesOf(matrix, 'age'), 'age median standard');
  });

  test('impute none leaves missing values to a family that takes them, and scales around them', async () => {
    const matrix = await matrixOf(['age'], { numeric: { impute: 'none', scale: 'standard' } });
    expectClose(valuesOf(matrix, 'age'), 'age standard');
  });

  test('auto is settled by the family: raw for trees, filled and scaled for linear models', async () => {
    expectClose(valuesOf(await matrixOf(['age'], {}, { needs: linearNeeds }), 'age'), 'age median standard');
    const raw = await table.numbers('age');
    expect(valuesOf(await matrixOf(['age'], {}), 'age')).toEqual([...Float32Array.from(raw)]);
  });

  test('transform and outliers', async () => {
    const log = await matrixOf(['income'], {
      numeric: { transform: 'log1p', impute: 'mean', scale: 'standard' },
    });
    expectClose(valuesOf(log, 'income'), 'income log1p standard');
    expectClose(
      valuesOf(await matrixOf(['income'], { numeric: { transform: 'sqrt' } }), 'income'),
      'income sqrt',
    );
    for (const outliers of ['winsorize', 'clip'] as const) {
      expectClose(
        valuesOf(await matrixOf(['income'], { numeric: { outliers } }), 'income'),
        `income ${outliers}`,
      );
    }
  });

  test('yeo-johnson as scikit-learn', async () => {
    const plain = await matrixOf(['income'], { numeric: { transform: 'yeo-johnson' } });
    expectClose(valuesOf(plain, 'income'), 'income yeo-johnson', 2e-5);
    const scaled = await matrixOf(['age'], { numeric: { transform: 'yeo-johnson', scale: 'standard' } });
    expectClose(valuesOf(scaled, 'age'), 'age yeo-johnson standard', 1e-5);
  });

  test.each(['age', 'income', 'decade'])('ranks and normal scores of %s as scikit-learn', async (name) => {
    expectClose(valuesOf(await matrixOf([name], { numeric: { transform: 'rank' } }), name), `${name} rank`);
    const scores = valuesOf(await matrixOf([name], { numeric: { scale: 'quantile' } }), name);
    // Rows between quantiles are marked 99: there normal scores are straight.
    const known = scores.map((score, row) => (expected[`${name} quantile`]?.[row] === 99 ? 99 : score));
    expectClose(known, `${name} quantile`);
    expect(known.filter((score) => score !== 99 && !Number.isNaN(score)).length).toBeGreaterThan(80);
  });

  test('ranks between a thousand quantiles of more rows', () => {
    const squares = Float32Array.from({ length: 3001 }, (_, i) => i ** 2 % 3001);
    const ranks = fitRanks(squares, 'uniform');
    const asked = Array.from({ length: 232 }, (_, i) => 13 * i - 1).filter((value) => value < 3003);
    expectClose(
      asked.map((value) => evaluatePieces(ranks, value)),
      'squares rank',
    );
  });

  test.each(['quantile', 'width', 'tree'] as const)('bins by %s as scikit-learn', async (by) => {
    for (const name of ['age', 'income', 'decade']) {
      const settings = { numeric: { bins: { k: 5, by } } };
      if (by !== 'tree') {
        expectClose(valuesOf(await matrixOf([name], settings), `${name} bin`), `${name} bins ${by}`);
        continue;
      }
      for (const [of, task] of [
        ['spent', 'regression'],
        ['grade', 'multiclass'],
        ['bought', 'binary'],
      ] as const) {
        const matrix = await matrixOf([name], settings, { target: await table.numbers(of), task });
        expectClose(valuesOf(matrix, `${name} bin`), `${name} bins tree ${of}`);
      }
    }
  });

  test('bins are levels with a name for a family of coefficients, a missing value one of its own', async () => {
    const settings = { numeric: { bins: { k: 3, by: 'width' as const } } };
    const codes = await matrixOf(['decade'], settings, { needs: linearNeeds });
    const [column] = codes.columns;
    expect(column?.levels).toEqual([
      '(missing)',
      'below 2.66667',
      '2.66667 to 4.33333',
      'from 4.33333',
      '(other)',
    ]);
    const onehot = await matrixOf(['decade'], settings, { needs: { ...linearNeeds, categories: 'onehot' } });
    expect(onehot.columns.map(({ name }) => name)).toEqual([
      'decade=(missing)',
      'decade=below 2.66667',
      'decade=2.66667 to 4.33333',
      'decade=from 4.33333',
    ]);
    valuesOf(codes, 'decade').forEach((code, row) => {
      expect(onehot.columns.map(({ name }) => valuesOf(onehot, name)[row]).indexOf(1)).toBe(code);
    });
  });

  test('settings of a column go before those of its section', async () => {
    const matrix = await matrixOf(['age', 'income'], {
      numeric: { impute: 'mean', scale: 'standard' },
      columns: { age: { impute: 'median', scale: 'minmax' } },
    });
    expectClose(valuesOf(matrix, 'age'), 'age median minmax');
    expectClose(valuesOf(matrix, 'income'), 'income mean standard');
  });
});

describe('categories', () => {
  const rare = 0.06;

  test('codes: missing first, then the levels of enough training rows in order, then all others', async () => {
    const matrix = await matrixOf(['city'], { categorical: { rare } });
    const known = expected['city levels'] ?? [];
    expect(matrix.columns.find(({ name }) => name === 'city')?.levels).toEqual([
      '(missing)',
      ...known,
      '(other)',
    ]);
    const onehot = expected['city onehot'] ?? [];
    const rows = table.rowCount;
    const codes = Array.from({ length: rows }, (_, row) =>
      Array.from({ length: known.length + 2 }, (_, code) => onehot[code * rows + row]).indexOf(1),
    );
    expect(valuesOf(matrix, 'city')).toEqual(codes);
  });

  test('onehot gives 0/1 columns', async () => {
    const matrix = await matrixOf(['city'], { categorical: { rare, encode: 'onehot' } });
    expectClose(
      matrix.columns.flatMap(({ name }) => valuesOf(matrix, name)),
      'city onehot',
    );
  });

  test('impute mode puts missing values with the most frequent level', async () => {
    const matrix = await matrixOf(['city'], { categorical: { rare, encode: 'onehot', impute: 'mode' } });
    expectClose(
      matrix.columns.flatMap(({ name }) => valuesOf(matrix, name)),
      'city mode onehot',
    );
  });

  test('impute none leaves a missing value without a column', async () => {
    const matrix = await matrixOf(['city'], { categorical: { rare, encode: 'onehot', impute: 'none' } });
    const missing = (await table.dictionary('city')).codes.indexOf(0);
    expect(matrix.columns.map(({ name }) => valuesOf(matrix, name)[missing])).toEqual(
      matrix.columns.map(() => 0),
    );
  });

  test('unknown missing and rare levels: only levels of training rows are in the bucket', async () => {
    const matrix = await matrixOf(['city'], { categorical: { rare, unknown: 'missing' } });
    const codes = valuesOf(matrix, 'city');
    expect(codes[table.rowCount - 3]).toBe(0);
    const { levels = [] } = matrix.columns.find(({ name }) => name === 'city') ?? {};
    const bucket = levels.length - 1;
    expect(codes.slice(0, 110).filter((code) => code === bucket).length).toBeGreaterThan(0);
  });

  test('unknown error refuses an unseen level by name, and the file itself fails on it', async () => {
    const features = await fitOn(table, ['city'], {
      trainRows,
      settings: { categorical: { unknown: 'error' } },
    });
    await expect(features.transform(allRows(table))).rejects.toMatchObject({
      code: 'level-unseen',
      message: expect.stringContaining('new in test'),
    });
    expect((await features.transform(trainRows)).rows).toBe(110);
  });

  test('ordinal ranks numbers as numbers, missing below and unseen above', async () => {
    const matrix = await matrixOf(['size'], {});
    expectClose(valuesOf(matrix, 'size rank'), 'size ordinal');
  });

  test('count gives training rows', async () => {
    const matrix = await matrixOf(['zip'], { categorical: { encode: 'count' } });
    expectClose(valuesOf(matrix, 'zip count'), 'zip count');
  });

  test('hash shares max_levels codes among all levels of training rows', async () => {
    const matrix = await matrixOf(['zip'], { categorical: { encode: 'hash', max_levels: 16 } });
    expectClose(valuesOf(matrix, 'zip'), 'zip hash');
  });

  test.each([
    ['bought', 'binary'],
    ['grade', 'multiclass'],
    ['spent', 'regression'],
  ] as const)('target encoding of %s as scikit-learn, cross-fitted in training', async (name, task) => {
    const target = await table.numbers(name);
    const folds = Uint8Array.from(trainRows, (row) => row % 4);
    const features = await fitOn(table, ['zip'], {
      ...{ trainRows, target, task, folds },
      settings: { categorical: { encode: 'target' } },
    });
    const flat = (matrix: FeatureMatrix) => matrix.columns.flatMap((column) => valuesOf(matrix, column.name));
    expectClose(flat(await features.transform(allRows(table))), `zip target ${name}`);
    expectClose(flat(await features.trainingMatrix()), `zip crossed ${name}`);
  });

  test('auto target-encodes a column with more than max_levels levels, or pooled for the most part', async () => {
    const target = await table.numbers('bought');
    const features = (settings: Overrides) =>
      fitOn(table, ['zip'], { trainRows, target, task: 'binary', settings });
    const names = async (settings: Overrides) => (await features(settings)).columns.map(({ name }) => name);
    expect(await names({ categorical: { rare: 0 } })).toEqual(['zip']);
    expect(await names({ categorical: { rare: 0, max_levels: 30 } })).toEqual(['zip target']);
    expect(await names({ categorical: { rare: 0, max_levels: 30, encode: 'embedding' } })).toEqual(['zip']);
    expect(await names({ categorical: { rare: 0.04 } })).toEqual(['zip target']);
  });

  test('beside codes that pool many rows trees get the target encoding of every level, others do not', async () => {
    const asked = {
      ...{ trainRows, target: await table.numbers('bought'), task: 'binary' as const },
      folds: Uint8Array.from(trainRows, (row) => row % 4),
    };
    const learn = (
      categorical: NonNullable<Overrides['categorical']>,
      options: Partial<FeatureRequest> = {},
    ) => fitOn(table, ['zip'], { ...asked, ...options, settings: { categorical } });
    const both = await learn({ rare: 0.03 });
    expect(both.columns.map(({ name, sources }) => [name, sources])).toEqual([
      ['zip target', ['zip']],
      ['zip', ['zip']],
    ]);
    const matrix = await both.transform(allRows(table));
    expectClose(valuesOf(matrix, 'zip target'), 'zip target bought');
    expectClose(valuesOf(await both.trainingMatrix(), 'zip target'), 'zip crossed bought');
    const codes = await (await learn({ rare: 0.03, encode: 'native' })).transform(allRows(table));
    expect(valuesOf(matrix, 'zip')).toEqual(valuesOf(codes, 'zip'));
    const names = async (features: ReturnType<typeof learn>) =>
      (await features).columns.map(({ name }) => name);
    expect(await names(learn({ rare: 0.03, encode: 'native' }))).toEqual(['zip']);
    expect(await names(learn({ rare: 0.03 }, { needs: linearNeeds }))).toEqual(['zip']);
    expect(await names(learn({ rare: 0 }))).toEqual(['zip']);
  });

  test('auto gives dense columns to a family that asks for them', async () => {
    const needs = { ...linearNeeds, categories: 'onehot' } as const;
    const matrix = await matrixOf(['city'], { categorical: { rare } }, { needs });
    expectClose(
      matrix.columns.flatMap(({ name }) => valuesOf(matrix, name)),
      'city onehot',
    );
  });
});

describe('crosses', () => {
  test('of categories: pairs of training rows, rare and unseen ones pooled', async () => {
    const matrix = await matrixOf(['city', 'size'], {
      categorical: { encode: 'onehot', rare: 0.02 },
      cross: [['city', 'size']],
    });
    const crossed = matrix.columns.filter(({ name }) => name.startsWith('city × size='));
    expect(crossed[0]?.sources).toEqual(['city', 'size']);
    const values = crossed.map(({ name }) => valuesOf(matrix, name));
    const names = Array.from({ length: table.rowCount }, (_, row) => {
      const found = values.findIndex((column) => column[row] === 1);
      return crossed[found]?.name.replace('city × size=', '');
    });
    expect(names).toEqual(expected['city × size']);
  });

  test('of numbers: their product', async () => {
    const matrix = await matrixOf(['income', 'spent'], { cross: [['income', 'spent']] });
    expectClose(valuesOf(matrix, 'income × spent'), 'income × spent');
  });

  test('of a category with a number: by the bins of the number, else refused with what to do', async () => {
    const cross = [['city', 'age']];
    const matrix = await matrixOf(['city', 'age'], { cross, columns: { age: { bins: { k: 2 } } } });
    expect(matrix.columns.at(-1)?.levels?.some((level) => /^Bonn × (below|from) /.test(level))).toBe(true);
    await expect(matrixOf(['city', 'age'], { cross })).rejects.toMatchObject({ code: 'model-setting' });
    await expect(matrixOf(['city'], { cross: [['city', 'age']] })).rejects.toThrow('age is no number');
    await expect(matrixOf(['city'], { cross: [['city']] })).rejects.toThrow('nothing to be crossed');
  });
});

test('what this version does not do is refused by name', async () => {
  const refused = { code: 'setting-not-supported' };
  const settings = { datetime: { elapsed_from: 'age' } };
  await expect(fitOn(table, ['age', 'opened'], { settings })).rejects.toMatchObject(refused);
});

test('validation rows change nothing that is learnt', async () => {
  const names = ['age', 'income', 'city', 'opened', 'zip'];
  const target = await table.numbers('bought');
  const options = {
    trainRows,
    needs: linearNeeds,
    task: 'binary',
    settings: { columns: { zip: { encode: 'target' } } },
  } as const;
  const first = await fitOn(table, names, { ...options, target });
  const changed = target.map((value, row) => (row < 110 ? value : 1 - value));
  const second = await fitOn(table, names, { ...options, target: changed });
  expect(await second.transform(allRows(table))).toEqual(await first.transform(allRows(table)));
});
