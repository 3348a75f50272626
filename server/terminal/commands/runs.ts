/** `modelwright runs …`: the run store. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { toJson } from '../../protocol/json.ts';
import { likelyCause, memoryKills } from '../../runs/memoryKills.ts';
import { watchRun } from '../../runs/watch.ts';
import { hasStore } from '../../store/place.ts';
import { openStore, type Store } from '../../store/store.ts';
import {
  deleteRun,
  listRuns,
  type RunSummary,
  readRun,
  requestCancel,
  restoreRun,
} from '../../tracking/runs.ts';
import { readTrials } from '../../tracking/trials.ts';
import { renderComparison, renderRun } from '../runReport.ts';
import { number4, printable, table } from '../style.ts';
import {
  type Act,
  type Declare,
  declare,
  type SharedOptions,
  subcommand,
  type Terminal,
} from '../terminal.ts';
import { followRun, showResult, start } from './run.ts';

export const declareRuns: Declare = (program, act) => {
  const runs = declare(program, 'runs', 'runs');
  const withStore = reading(act);

  subcommand(runs, 'list', 'All runs, newest first')
    .option('--limit <n>', 'at most this many', '50')
    .action(
      act(async (terminal, options: SharedOptions & { limit: string }) => {
        const limit = Number(options.limit);
        if (!Number.isInteger(limit) || limit < 1) {
          throw new ModelwrightError('bad-usage', {
            reason: '--limit wants a whole number from 1.',
            command: 'modelwright runs list',
          });
        }
        // A list of nothing is no error: there may not have been a run yet.
        const listed = hasStore(terminal.workspace) ? using(terminal, (store) => listRuns(store, limit)) : [];
        terminal.print({ runs: listed }, renderList(listed));
      }),
    );

  subcommand(runs, 'show <id>', 'One run, whole').action(
    withStore(async (terminal, store, id: string) => {
      const record = readRun(store, id);
      if (record.document !== undefined)
        terminal.print(record.document, renderRun(record.document, terminal.style));
      else if (record.parent !== undefined) {
        const { parent } = record;
        const [trial] = readTrials(store, parent).filter(({ id: own }) => own === record.head.id);
        terminal.print(
          { run: record.head, parent, trial: trial ?? null },
          `Trial ${(trial?.index ?? 0) + 1} of run ${parent}: ${toJson(trial?.params ?? {})}\nNext: modelwright runs show ${parent}`,
        );
      } else if (record.head.status === 'running') {
        terminal.print(
          { run: record.head },
          `Run ${record.head.id} is running.\nNext: modelwright runs watch ${record.head.id}`,
        );
      } else {
        const why = record.error === undefined ? '' : `: ${record.error.message}`;
        const words = `Run ${record.head.id} ${record.head.status}${why}\nNext: modelwright runs resume ${record.head.id}`;
        terminal.print({ run: record.head, error: record.error ?? null }, words);
      }
    }),
  );

  subcommand(runs, 'compare <id> <ids...>', 'What differs in the settings, and in the results').action(
    withStore(async (terminal, store, id: string, others: string[]) => {
      const { compareRuns } = await import('../../runs/compare.ts');
      const comparison = await compareRuns(
        [id, ...others].map((each) => readRun(store, each)),
        terminal.workspace,
      );
      terminal.print(comparison, renderComparison(comparison, terminal.style));
    }),
  );

  subcommand(runs, 'watch <id>', 'Follow a run until it has ended').action(
    withStore(async (terminal, store, id: string) => {
      const { progress } = terminal;
      const killsBefore = memoryKills();
      const record = await watchRun(store, id, {
        fromStart: terminal.json,
        signal: terminal.signal,
        onEvent: (event, time) =>
          terminal.json ? process.stdout.write(`${toJson({ time, ...event })}\n`) : progress.show(event),
      });
      progress.clear();
      if (terminal.json) process.stdout.write(`${toJson({ time: record.head.ended, run: record.head })}\n`);
      else showResult(terminal, record, likelyCause(killsBefore));
    }),
  );

  subcommand(runs, 'cancel <id>', 'Stop a run; what it finished is kept').action(
    withStore(async (terminal, store, id: string) => {
      const { head } = readRun(store, id);
      if (!requestCancel(store, head.id))
        throw new ModelwrightError('run-not-running', { id: head.id, status: head.status });
      const record = await watchRun(store, head.id, { onEvent: () => {}, signal: terminal.signal });
      terminal.print({ run: record.head }, `Run ${head.id} ${record.head.status}.`);
    }),
  );

  subcommand(runs, 'resume <id>', 'Go on with a run that was interrupted, failed or was cancelled')
    .option('--detach', 'return at once; the run goes on in the background')
    .option(
      '--set <path=value>',
      'another `train.budget` or `train.checkpoint` (repeatable)',
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .action(
      withStore(async (terminal, store, id: string, options: ResumeOptions) => {
        const { head } = readRun(store, id);
        const { workspace } = terminal;
        await start(terminal, { kind: 'resume', workspace, id: head.id, overrides: options.set });
        if (options.detach === true)
          terminal.print({ run: readRun(store, head.id).head }, `Run ${head.id} goes on.`);
        else await followRun(terminal, head.id);
      }),
    );

  subcommand(runs, 'delete <id>', 'Hide a run; `runs restore` brings it back').action(
    withStore(async (terminal, store, id: string) => {
      const { head } = readRun(store, id);
      deleteRun(store, head.id);
      terminal.print({ run: head }, `Run ${head.id} is deleted.\nUndo: modelwright runs restore ${head.id}`);
    }),
  );

  subcommand(runs, 'restore <id>', 'Bring a deleted run back').action(
    withStore(async (terminal, store, id: string) => {
      const { head } = readRun(store, id);
      restoreRun(store, head.id);
      terminal.print({ run: head }, `Run ${head.id} is back.`);
    }),
  );
};

interface ResumeOptions extends SharedOptions {
  readonly detach?: boolean;
  readonly set: string[];
}

/** As act, with the workspace's store open; without one there is no run to be found. */
function reading(act: Act) {
  return <Rest extends unknown[]>(
    work: (terminal: Terminal, store: Store, id: string, ...rest: Rest) => Promise<void>,
  ) =>
    act(async (terminal, id: string, ...rest: Rest) => {
      if (!hasStore(terminal.workspace)) throw new ModelwrightError('run-not-found', { id });
      const store = openStore(terminal.workspace);
      try {
        await work(terminal, store, id, ...rest);
      } finally {
        store.close();
      }
    });
}

function using<Result>(terminal: Terminal, work: (store: Store) => Result): Result {
  const store = openStore(terminal.workspace);
  try {
    return work(store);
  } finally {
    store.close();
  }
}

function renderList(runs: readonly RunSummary[]): string {
  if (runs.length === 0) return 'No runs yet.\nNext: modelwright run FILE';
  const rows = runs.map(({ id, experiment, status, started, metric, value, low, high }) => [
    id,
    printable(experiment, 30),
    status,
    started.slice(0, 16).replace('T', ' '),
    metric === null ? '–' : String(metric),
    typeof value !== 'number' ? '–' : number4(value),
    typeof low === 'number' && typeof high === 'number' ? `[${number4(low)}, ${number4(high)}]` : '',
  ]);
  return table([['run', 'experiment', 'status', 'started (UTC)', 'metric', 'value', ''], ...rows], [5]).join(
    '\n',
  );
}
