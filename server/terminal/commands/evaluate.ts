/** `modelwright evaluate`: how good a model is on any table that says what was right. */
import { resolve } from 'node:path';
import { describeUncertainty } from '../../protocol/uncertaintyWords.ts';
import { evaluateTable } from '../../runs/applyModel.ts';
import { number4, printable, table } from '../style.ts';
import { type Declare, declare } from '../terminal.ts';

export const declareEvaluate: Declare = (program, act) => {
  declare(program, 'evaluate', 'evaluate <model> <data>').action(
    act(async (terminal, model: string, data: string) => {
      const { workspace, signal, style } = terminal;
      const evaluation = await evaluateTable({ workspace, model, data: resolve(workspace, data), signal });
      const { uncertainty } = evaluation;
      const rows = Object.entries(evaluation.metrics).map(([name, { value, low, high }]) => [
        name,
        number4(value),
        `[${number4(low)}, ${number4(high)}]`,
      ]);
      const weak = evaluation.slices.filter((slice) => slice.weak);
      const words = [
        `${printable(model)} on ${evaluation.rows} rows`,
        '',
        ...table(rows, [1]),
        ...(uncertainty === undefined ? [] : ['', describeUncertainty(uncertainty)]),
        ...(weak.length > 0 ? ['', style.bold('Weak slices')] : []),
        ...weak.map(
          ({ slice, value, overall }) =>
            `${printable(slice)}: ${number4(Number(value))} against ${number4(Number(overall))}`,
        ),
        ...evaluation.warnings.map((warning) => `${style.yellow('warning')}: ${warning}`),
      ];
      terminal.print(evaluation, words.join('\n'));
    }),
  );
};
