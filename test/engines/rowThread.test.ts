/** A scorer in a thread refuses a file in the words in which it is refused here. */
import { expect, test } from 'vitest';
import { ModelwrightError } from '../../server/catalog/errors.ts';
import { openRowScorer } from '../../server/engines/rowScorer.ts';
import { openRowThread } from '../../server/engines/rowThread.ts';
import { createGraph } from '../../server/onnx/graph.ts';

/** A sound ONNX model that says nothing of rows and scores. */
function foreign(): Uint8Array {
  const graph = createGraph();
  const x = graph.input('x', 'float', 1);
  graph.node('Identity', [x], {}, { name: 'y' });
  graph.output('y', 'float', ['n', 1]);
  return graph.build({});
}

const refusal = async (open: Promise<unknown>) => {
  const error: unknown = await open.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (!(error instanceof ModelwrightError)) throw new Error(`not refused: ${error}`);
  const { code, message, help, exit, place, parameters } = error;
  return { code, message, help, exit, place, parameters };
};

test.each([
  ['model-unreadable', new Uint8Array([0, 1, 2])],
  ['model-foreign', foreign()],
])('%s', async (code, model) => {
  const here = await refusal(openRowScorer(model));
  expect(here.code).toBe(code);
  expect(await refusal(openRowThread(model))).toEqual(here);
});
