/** The composition root of the command: `modelwright` is the whole product without the editor. */
import { Command, CommanderError } from 'commander';
import { commands } from './catalog/commands.ts';
import { ModelwrightError } from './catalog/errors.ts';
import { toJson } from './protocol/json.ts';
import { failureOf } from './runs/failure.ts';
import { declareCard } from './terminal/commands/card.ts';
import { declareCompletion } from './terminal/commands/completion.ts';
import { declareDeployments } from './terminal/commands/deployments.ts';
import { declareEvaluate } from './terminal/commands/evaluate.ts';
import { declareInit } from './terminal/commands/init.ts';
import { declareLint } from './terminal/commands/lint.ts';
import { declareLsp } from './terminal/commands/lsp.ts';
import { declareModels } from './terminal/commands/models.ts';
import { declarePredict } from './terminal/commands/predict.ts';
import { declareProfile } from './terminal/commands/profile.ts';
import { declareResolve } from './terminal/commands/resolve.ts';
import { declareRules } from './terminal/commands/rules.ts';
import { declareRun } from './terminal/commands/run.ts';
import { declareRuns } from './terminal/commands/runs.ts';
import { declareSchema } from './terminal/commands/schema.ts';
import { declareServe } from './terminal/commands/serve.ts';
import { failureDocument, renderFailure } from './terminal/failure.ts';
import { styleFor } from './terminal/style.ts';
import {
  type Act,
  createTerminal,
  type Declare,
  exitCodes,
  type SharedOptions,
  version,
} from './terminal/terminal.ts';

const declarations: readonly Declare[] = [
  declareInit,
  declareLint,
  declareResolve,
  declareProfile,
  declareRun,
  declareRuns,
  declareEvaluate,
  declarePredict,
  declareModels,
  declareServe,
  declareDeployments,
  declareCard,
  declareSchema,
  declareRules,
  declareLsp,
  declareCompletion,
];

const interrupted = new AbortController();
/** Of the command that is running. */
let options: SharedOptions = {};

await main(process.argv.slice(2));

async function main(argv: readonly string[]): Promise<void> {
  const json = argv.includes('--json');
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  // A reader that has seen enough (`| head`) is no error.
  process.stdout.on('error', (error: NodeJS.ErrnoException) =>
    process.exit(error.code === 'EPIPE' ? 0 : exitCodes.failed),
  );
  try {
    await createProgram().parseAsync([...argv], { from: 'user' });
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return;
    report(error instanceof CommanderError ? usageError(error, argv) : error, json);
  }
}

function createProgram(): Command {
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
  for (const declare of declarations) declare(program, act);
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
