/** What is recorded and printed of a thrown value. */
import { expect, test } from 'vitest';
import { failureOf } from '../../server/runs/failure.ts';

/** What it throws, by doing it. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('nothing was thrown');
}

test.each([
  ['the machine has no more memory', () => new Float64Array(2 ** 40)],
  ['an array would be longer than any can be', () => new Array(2 ** 33)],
  [
    'a memory would be larger than any can be',
    () => {
      throw new RangeError('WebAssembly.Memory(): could not allocate memory');
    },
  ],
])('where %s, that is said, with what to do', (_, work) => {
  expect(failureOf(thrownBy(work))).toMatchObject({
    code: 'out-of-memory',
    exit: 3,
    help: expect.stringContaining('data.filter'),
  });
});

test('any other fault of ours is one, with its stack', () => {
  const failure = failureOf(thrownBy(() => (0).toFixed(200)));
  expect(failure).toMatchObject({ code: 'internal-error', stack: expect.any(String) });
});
