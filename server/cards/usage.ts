/** The card on use: a few lines of Python that feed the model file as it wants to be fed. */

import { predictsValue } from '../catalog/tasks.ts';
import type { Block, Text } from '../protocol/card.ts';
import type { RunDocument } from '../protocol/run.ts';
import { name } from './wording.ts';

/** Beyond this many columns the snippet asks the file for its inputs instead of listing them. */
const listedInputs = 30;

export function describeUse(document: RunDocument): Block[] {
  const { task, model } = document;
  const outputs = predictsValue(task)
    ? ['The output is the predicted value.']
    : task === 'binary' && model.threshold !== null
      ? ['The label is ', name(document.positive), ` where its probability is at least ${model.threshold}.`]
      : [
          'The label is the most probable class; probabilities stand in the order of the classes: ',
          ...document.classes
            .flatMap((label, index) => (index === 0 ? [name(label)] : [', ', name(label)]))
            .slice(0, 40),
          '.',
        ];
  return [
    {
      kind: 'text',
      text: [
        'The model is one ONNX file with raw columns in: one row a line, a missing number as NaN, a missing text or date as an empty string, a date as ',
        name('YYYY-MM-DDTHH:MM:SS'),
        ' in UTC.',
      ],
    },
    { kind: 'code', language: 'python', code: snippet(document) },
    { kind: 'text', text: [...outputs, ...describeBounds(document)] },
  ];
}

/** Of the outputs behind the others. */
function describeBounds({ task, uncertainty }: RunDocument): Text {
  if (uncertainty === undefined) return [];
  return predictsValue(task)
    ? [' ', name('lower'), ' and ', name('upper'), ' are the ends of its interval.']
    : [' ', name('set'), ' has a 1 for each class that may be the true one.'];
}

function snippet({ features, task, uncertainty }: RunDocument): string {
  const named = predictsValue(task)
    ? ['prediction', ...(uncertainty ? ['lower', 'upper'] : [])]
    : ['label', 'probabilities', ...(uncertainty ? ['sets'] : [])];
  const result = named.length === 1 ? `(${named[0]},)` : named.join(', ');
  const shown = `print(${named.join(', ')})`;
  const feed =
    features.length > listedInputs
      ? [
          'import pandas as pd',
          '',
          'table = pd.read_csv("rows.csv")  # columns named as in training',
          'session = ort.InferenceSession("model.onnx")',
          'feed = {}',
          'for column in session.get_inputs():',
          '    if column.type == "tensor(string)":',
          '        values = table[column.name].fillna("").astype(str).to_numpy(object)',
          '    else:',
          '        values = table[column.name].astype(float).to_numpy(np.float32)',
          '    feed[column.name] = values.reshape(-1, 1)',
        ]
      : [
          '',
          'session = ort.InferenceSession("model.onnx")',
          'feed = {',
          ...features.map((feature) => `    ${python(feature.name)}: ${example(feature.input)},`),
          '}',
        ];
  return [
    'import numpy as np',
    'import onnxruntime as ort',
    ...feed,
    `${result} = session.run(None, feed)`,
    shown,
  ].join('\n');
}

function example(input: string): string {
  if (input === 'float') return 'np.array([[1.0]], np.float32)';
  return `np.array([[${input === 'date' ? '"2001-12-31T23:59:00"' : '"text"'}]], object)`;
}

/** A Python string literal, ASCII only. */
function python(text: string): string {
  return JSON.stringify(text).replace(/[^\x20-\x7e]/gu, (character) => {
    const point = character.codePointAt(0) ?? 0;
    return point > 0xffff
      ? `\\U${point.toString(16).padStart(8, '0')}`
      : `\\u${point.toString(16).padStart(4, '0')}`;
  });
}
