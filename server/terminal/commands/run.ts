/** `modelwright run`: train, evaluate, record and document. */
import { resolve } from 'node:path';
import { ReportedFailure } from '../../runs/failure.ts';
import { launchRun } from '../../runs/launch.ts';
import { likelyCause, memoryKills } from '../../runs/memoryKills.ts';
import { watchRun } from '../../runs/watch.ts';
import { openStore } from '../../store/store.ts';
import { type RunRecord, readRun, requestCancel } from '../../tracking/runs.ts';
import { renderFindingSummary, renderPlan, renderRun } from '../runReport.ts';
import { type Declare, declare, type OverrideOptions, overriding, type Terminal } from '../terminal.ts';

interface RunOptions extends OverrideOptions {
  readonly detach?: boolean;
  readonly dryRun?: boolean;
}

export const declareRun: Declare = (program, act) => {
  overriding(declare(program, 'run', 'run <file>'))
    .option('--detach', 'return as soon as the run is recorded; it goes on in the background')
    .option('--dry-run', 'print the plan with estimated time and memory, and run nothing')
    .action(
      act(async (terminal, file: string, options: RunOptions) => {
        const order = {
          workspace: terminal.workspace,
          file: resolve(terminal.workspace, file),
          overrides: options.set,
          variant: options.variant ?? null,
        };
        if (options.dryRun === true) {
          // What a run is made of is loaded by its own process; here it is needed for a plan only.
          const { planRun } = await import('../../runs/estimate/plan.ts');
          const plan = await planRun(order, terminal.signal);
          terminal.print({ plan }, renderPlan(plan));
          return;
        }
        const id = await start(terminal, { kind: 'run', ...order });
        await (options.detach === true ? announce(terminal, id) : followRun(terminal, id));
      }),
    );
};

/** Resolves with the id as soon as the run is recorded; the reading of the data is shown as progress. */
export async function start(terminal: Terminal, order: Parameters<typeof launchRun>[0]): Promise<string> {
  const { progress, signal } = terminal;
  try {
    return await launchRun(order, { signal, onProgress: progress.show });
  } finally {
    progress.clear();
  }
}

/** Shows a run's progress until it has ended, then its result. Ctrl-C cancels the run. */
export async function followRun(terminal: Terminal, id: string): Promise<void> {
  const store = openStore(terminal.workspace);
  const { progress } = terminal;
  const killsBefore = memoryKills();
  const cancel = () => requestCancel(store, id);
  terminal.signal.addEventListener('abort', cancel, { once: true });
  if (terminal.signal.aborted) cancel();
  let linted = false;
  try {
    const record = await watchRun(store, id, {
      fromStart: true,
      onEvent(event) {
        if (!linted && !terminal.json && event.stage !== 'read' && event.stage !== 'lint') {
          linted = true;
          progress.clear();
          process.stdout.write(`${renderFindingSummary(readRun(store, id).findings, terminal.style)}\n\n`);
        }
        progress.show(event);
      },
    });
    progress.clear();
    showResult(terminal, record, likelyCause(killsBefore));
  } finally {
    terminal.signal.removeEventListener('abort', cancel);
    store.close();
  }
}

/**
 * Prints a finished run; throws the failure of any other. Exit code 1 when a gate failed. `cause`: what is known of the end
 * of a process that is gone.
 */
export function showResult(terminal: Terminal, record: RunRecord, cause = ''): void {
  const { document, error, head } = record;
  if (document === undefined || head.status !== 'finished') {
    const failure = error ?? {
      code: 'run-crashed',
      message: `Run \`${head.id}\` was interrupted: its process is gone${cause === '' ? '' : `; ${cause}`}.`,
      help: `${cause === '' ? '' : 'Train on fewer rows (`data.filter`) or a smaller model, or free memory. '}\`modelwright runs resume ${head.id}\` goes on from the last checkpoint.`,
    };
    throw new ReportedFailure({ ...failure, exit: 3, run: { id: head.id } });
  }
  terminal.print(document, renderRun(document, terminal.style));
  if (document.gates.some((gate) => !gate.passed)) terminal.found();
}

async function announce(terminal: Terminal, id: string): Promise<void> {
  const store = openStore(terminal.workspace);
  const { head } = readRun(store, id);
  store.close();
  terminal.print({ run: head }, `Run ${id} goes on in the background.\nNext: modelwright runs watch ${id}`);
}
