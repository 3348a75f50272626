/** The command line: `modelwright` is the whole product without the editor. */
import { Command, CommanderError } from 'commander';
import { commands } from '../catalog/commands.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import { toJson } from '../protocol/json.ts';
import { failureOf } from '../runs/failure.ts';
import { failureDocument, renderFailure } from './failure.ts';
import { styleFor } from './style.ts';
import {
  type Act,
  createTerminal,
  type Declare,
  exitCodes,
  type SharedOptions,
  version,
} from './terminal.ts';

/** Loaded when they are asked for: a command that only reads text starts without the engines of the others. */
const declarations: Readonly<Record<string, () => Promise<Declare>>> = {
  init: async () => (await import('./commands/init.ts')).declareInit,
  lint: async () => (await import('./commands/lint.ts')).declareLint,
  resolve: async () => (await import('./commands/resolve.ts')).declareResolve,
  profile: async () => (await import('./commands/profile.ts')).declareProfile,
  run: async () => (await import('./commands/run.ts')).declareRun,
  runs: async () => (await import('./commands/runs.ts')).declareRuns,
  evaluate: async () => (await import('./commands/evaluate.ts')).declareEvaluate,
  predict: async () => (await import('./commands/predict.ts')).declarePredict,
  models: async () => (await import('./commands/models.ts')).declareModels,
  serve: async () => (await import('./commands/serve.ts')).declareServe,
  deployments: async () => (await import('./commands/deployments.ts')).declareDeployments,
  drift: async () => (await import('./commands/drift.ts')).declareDrift,
  monitor: async () => (await import('./commands/monitor.ts')).declareMonitor,
  card: async () => (await import('./commands/card.ts')).declareCard,
  engine: async () => (await import('./commands/engine.ts')).declareEngine,
  doctor: async () => (await import('./commands/doctor.ts')).declareDoctor,
  schema: async () => (await import('./commands/schema.ts')).declareSchema,
  rules: async () => (await import('./commands/rules.ts')).declareRules,
  lsp: async () => (await import('./commands/lsp.ts')).declareLsp,
  completion: async () => (await import('./commands/completion.ts')).declareCompletion,
};

const interrupted = new AbortController();
/** Of the command that is running. */
let options: SharedOptions = {};

/** Parses and does what is asked; every failure is told, and decides the exit code. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? 0 : exitCodes.failed),
  );
  try {
    await (await createProgram(argv)).parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    report(error instanceof CommanderError ? usageError(error, argv) : error, json);
  }
}

/** With the one command that is named first, or with all: for help, and to tell what is unknown. */
async function createProgram([name = '']: readonly string[]): Promise<Command> {
  const program = new Command('modelwright')
    .description('From a small YAML file to a trained, compared, recorded and documented model.')
    .version(version)
    .showHelpAfterError(false)
    .configureOutput({ outputError: () => {}, writeErr: () => {} })
    .exitOverride();
  const act: Act =
    (work) =>
    async (...rest) => {
      options = optionsOf(rest);
      await work(createTerminal(options, interrupted.signal), ...rest);
    };
  const named = Object.hasOwn(declarations, name) ? declarations[name] : undefined;
  for (const load of named ? [named] : Object.values(declarations)) (await load())(program, act);
  return program;
}

/** Commander hands an action its arguments, then the options, then the command. */
function optionsOf(rest: readonly unknown[]): SharedOptions {
  const command = rest.at(-1);
  return command instanceof Command ? command.optsWithGlobals() : {};
}

function usageError(error: CommanderError, argv: readonly string[]): ModelwrightError {
  const [name = '', second = ''] = argv;
  const entry = commands.find((command) => command.name === name);
  const command = entry === undefined ? 'modelwright' : `modelwright ${name}`;
  if (error.code === 'commander.unknownCommand') {
    const isPlanned = entry !== undefined && (entry.subcommands?.includes(second) ?? true);
    if (isPlanned) {
      const planned = entry.subcommands === undefined ? name : `${name} ${second}`;
      return new ModelwrightError('command-planned', { name: planned });
    }
  }
  const reason =
    error.code === 'commander.help' ? 'A command is missing' : error.message.replace(/^error: /, '');
  return new ModelwrightError('bad-usage', {
    reason: sentence(reason.replaceAll("'", '`')),
    command,
  });
}

function sentence(text: string): string {
  const started = text.replace(/^./, (first) => first.toUpperCase());
  return started.endsWith('.') ? started : `${started}.`;
}

function report(error: unknown, json: boolean): void {
  const { workspace } = createTerminal(options, interrupted.signal);
  const failure = failureOf(interrupted.signal.aborted ? cancelled(error) : error);
  process.exitCode = failure.code === 'cancelled' ? exitCodes.cancelled : failure.exit;
  if (json) process.stdout.write(`${toJson(failureDocument(failure, workspace), 2)}\n`);
  else process.stderr.write(`${renderFailure(failure, { workspace, style: styleFor(process.stderr) })}\n`);
  if (options.logLevel === 'debug' && typeof failure['stack'] === 'string')
    process.stderr.write(`${failure['stack']}\n`);
}

/** Ctrl-C breaks off whatever is being waited for; a run that has heard of it says so itself. */
function cancelled(error: unknown): unknown {
  return failureOf(error).code === 'cancelled' ? error : new ModelwrightError('cancelled');
}

function interrupt(): void {
  interrupted.abort();
  process.once('SIGINT', () => process.exit(exitCodes.cancelled));
}
