/** `modelwright monitor`: what a deployment is asked, or a file, against the test rows of its model. */
import { monitor } from '../../runs/monitor.ts';
import { renderMonitor } from '../driftReport.ts';
import { type Declare, declare, type SharedOptions } from '../terminal.ts';

interface MonitorOptions extends SharedOptions {
  readonly model?: string;
  readonly replay?: boolean;
}

export const declareMonitor: Declare = (program, act) => {
  declare(program, 'monitor', 'monitor <subject>')
    .option('--model <reference>', 'the model whose test rows a file is compared with')
    .option('--replay', 'slide windows over the reference itself and tell how often they alarm')
    .action(
      act(async (terminal, subject: string, options: MonitorOptions) => {
        const { workspace, signal, style } = terminal;
        const model = options.model ?? null;
        const document = await monitor({
          workspace,
          subject,
          model,
          replay: options.replay === true,
          signal,
        });
        terminal.print(document, renderMonitor(document, style));
        if (document.alarm) terminal.found();
      }),
    );
};
