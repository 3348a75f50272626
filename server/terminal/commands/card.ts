/** `modelwright card`: the model card of a run as Markdown, HTML or JSON. */
import { extname, resolve } from 'node:path';
import { buildCard } from '../../cards/buildCard.ts';
import { renderCardHtml } from '../../cards/html.ts';
import { renderCardJson } from '../../cards/json.ts';
import { renderCardMarkdown } from '../../cards/markdown.ts';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Experiment } from '../../config/experiment.ts';
import type { Card } from '../../protocol/card.ts';
import { findModel } from '../../runs/modelReference.ts';
import { replaceFile } from '../../store/artifacts.ts';
import { type Declare, declare, type SharedOptions } from '../terminal.ts';

const renderers: Readonly<Record<string, (card: Card) => string>> = {
  '.md': renderCardMarkdown,
  '.html': renderCardHtml,
  '.json': renderCardJson,
};

export const declareCard: Declare = (program, act) => {
  declare(program, 'card', 'card <model>')
    .option('-o, --output <file>', 'where to write: .md, .html or .json; default: print Markdown')
    .action(
      act(async (terminal, model: string, options: SharedOptions & { output?: string }) => {
        const { run } = findModel(terminal.workspace, model);
        if (run?.document === undefined) throw new ModelwrightError('card-needs-run', { model });
        const experiment = run.request.experiment as unknown as Experiment; // Stored by createRun from an Experiment.
        const card = buildCard(run.document, experiment, run.findings);
        if (options.output === undefined) {
          terminal.print(JSON.parse(renderCardJson(card)), renderCardMarkdown(card).trimEnd());
          return;
        }
        const render = renderers[extname(options.output).toLowerCase()];
        if (render === undefined) throw new ModelwrightError('card-format', { path: options.output });
        replaceFile(resolve(terminal.workspace, options.output), render(card));
        terminal.print({ output: options.output }, `Card written: ${options.output}`);
      }),
    );
};
