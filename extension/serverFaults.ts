/** A server that ends by itself is started again, with one sentence; one that keeps ending is left, and a person is told. */
import { commands, type LogOutputChannel, window } from 'vscode';
import { CloseAction, ErrorAction, type ErrorHandler } from 'vscode-languageclient/node';

/** So many ends within so many milliseconds are a fault that another start does not mend. */
const mostEnds = 5;
const within = 180_000;

export function restartingHandler(log: LogOutputChannel): ErrorHandler {
  const ends: number[] = [];
  return {
    error(error) {
      log.error(error);
      return { action: ErrorAction.Continue, handled: true };
    },
    closed() {
      const now = Date.now();
      ends.push(now);
      const recent = ends.filter((time) => now - time < within).length;
      if (recent < mostEnds) {
        void offer(
          'The Modelwright server ended unexpectedly and was started again. Runs and deployments go on by themselves.',
          { title: 'Show log', act: () => log.show() },
        );
        return { action: CloseAction.Restart, handled: true };
      }
      ends.length = 0;
      void offer(`The Modelwright server ended ${mostEnds} times within three minutes and stays ended.`, {
        title: 'Restart server',
        act: () => commands.executeCommand('modelwright.server.restart'),
      });
      return { action: CloseAction.DoNotRestart, handled: true };
    },
  };
}

async function offer(
  sentence: string,
  action: { readonly title: string; readonly act: () => unknown },
): Promise<void> {
  if ((await window.showWarningMessage(sentence, action.title)) !== undefined) await action.act();
}
