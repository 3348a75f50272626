/** `modelwright resolve`: the effective experiment, and where each value came from. */
import { resolve } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import { explainPath, resolvedDocument } from '../../config/provenance.ts';
import { prepareRun } from '../../runs/prepare.ts';
import { type Declare, declare, type OverrideOptions, overriding } from '../terminal.ts';

export const declareResolve: Declare = (program, act) => {
  overriding(declare(program, 'resolve', 'resolve <file>'))
    .option('--explain <path>', 'where the value of this setting came from')
    .action(
      act(async (terminal, file: string, options: OverrideOptions & { explain?: string }) => {
        const { loaded } = prepareRun({
          kind: 'run',
          workspace: terminal.workspace,
          file: resolve(terminal.workspace, file),
          overrides: options.set,
          variant: options.variant ?? null,
        });
        const document = resolvedDocument(loaded);
        const words =
          options.explain === undefined ? toYaml(document.experiment) : explain(loaded, options.explain);
        terminal.print(document, words);
      }),
    );
};
