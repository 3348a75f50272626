/** `modelwright predict`: predictions for any table. */
import { resolve } from 'node:path';
import { predictTable } from '../../runs/applyModel.ts';
import { type Declare, declare, type SharedOptions } from '../terminal.ts';

export const declarePredict: Declare = (program, act) => {
  declare(program, 'predict', 'predict <model> <data>')
    .requiredOption('-o, --output <file>', 'where to write: .parquet, .csv, .jsonl or .arrow')
    .action(
      act(async (terminal, model: string, data: string, options: SharedOptions & { output: string }) => {
        const { workspace, signal } = terminal;
        const request = { workspace, model, data: resolve(workspace, data), signal };
        const rows = await predictTable(request, resolve(workspace, options.output));
        terminal.print({ output: options.output, rows }, `${rows} rows predicted: ${options.output}`);
      }),
    );
};
