/** Shows a failure as one sentence with what to do, and one action where there is a place to go to. */
import { type LogOutputChannel, Position, Selection, Uri, window } from 'vscode';
import { ServerFailure } from './serverFailure.ts';

/** Runs `work`; whatever it throws is told once, and logged. */
export async function telling(log: LogOutputChannel, work: () => unknown): Promise<void> {
  try {
    await work();
  } catch (error) {
    await tell(log, error);
  }
}

async function tell(log: LogOutputChannel, error: unknown): Promise<void> {
  if (!(error instanceof ServerFailure)) {
    log.error(error instanceof Error ? error : String(error));
    const reason = error instanceof Error ? error.message : String(error);
    if ((await window.showErrorMessage(`Modelwright: ${reason}`, 'Show log')) !== undefined) log.show();
    return;
  }
  const { code, message, help, file } = error.failure;
  if (code === 'cancelled') return;
  log.error(`${code}: ${message} ${help}`);
  const place = typeof file === 'string' ? file : undefined;
  const action = place === undefined ? 'Show log' : 'Show';
  const chosen = await window.showErrorMessage(`${plain(message)} ${plain(help)}`, action);
  if (chosen === undefined) return;
  if (place === undefined) log.show();
  else await window.showTextDocument(Uri.file(place), { selection: selectionOf(error.failure['range']) });
}

/** Messages set names in backticks, which the editor's notifications do not render. */
export function plain(message: string): string {
  return message.replace(/`([^`]*)`/g, '“$1”');
}

function selectionOf(range: unknown): Selection {
  const start = typeof range === 'object' && range !== null && 'start' in range ? range.start : undefined;
  if (typeof start !== 'object' || start === null || !('line' in start && 'character' in start))
    return new Selection(0, 0, 0, 0);
  const position = new Position(Number(start.line), Number(start.character));
  return new Selection(position, position);
}
