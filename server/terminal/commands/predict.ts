/** `modelwright predict`: predictions for any table. */
import { resolve } from 'node:path';
import { describeOutside } from '../../protocol/outside.ts';
import { predictTable } from '../../runs/applyModel.ts';
import { printable } from '../style.ts';
import { type Declare, declare, type SharedOptions } from '../terminal.ts';

export const declarePredict: Declare = (program, act) => {
  declare(program, 'predict', 'predict <model> <data>')
    .requiredOption('-o, --output <file>', 'where to write: .parquet, .csv, .jsonl or .arrow')
    .action(
      act(async (terminal, model: string, data: string, options: SharedOptions & { output: string }) => {
        const { workspace, signal } = terminal;
        const request = { workspace, model, data: resolve(workspace, data), signal };
        const predicted = await predictTable(request, resolve(workspace, options.output));
        const { rows, outside } = predicted;
        const warnings = [...predicted.warnings, ...describeOutside(outside, rows)];
        const words = [
          `${rows} rows predicted: ${options.output}`,
          ...warnings.map((warning) => `${terminal.style.yellow('warning')}: ${printable(warning, 300)}`),
        ];
        terminal.print({ output: options.output, rows, outside, warnings }, words.join('\n'));
      }),
    );
};
