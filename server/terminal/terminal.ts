/** What a command is given: where it works, how it prints, and when somebody wants it to stop. */
import { relative, resolve, sep } from 'node:path';
import type { Command } from 'commander';
import { commands } from '../catalog/commands.ts';
import { ModelwrightError } from '../catalog/errors.ts';
import { toJson } from '../protocol/json.ts';
import { createProgress, type Progress } from './progress.ts';
import { type Style, styleFor } from './style.ts';

export interface Terminal {
  /** Absolute. */
  readonly workspace: string;
  readonly json: boolean;
  readonly style: Style;
  /** On stderr. */
  readonly progress: Progress;
  /** Aborted by Ctrl-C; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** The one result on stdout: the document with `--json`, the words otherwise. */
  print(document: unknown, words: string): void;
  /** Exit code 1: done, and something was found. */
  found(): void;
}

/** Options that every command understands. */
export interface SharedOptions {
  readonly workspace?: string;
  readonly json?: boolean;
  readonly logLevel?: string;
}

/** Written into the bundle by the build; `dev` when run from source. */
export const version = process.env['MODELWRIGHT_VERSION'] ?? 'dev';

export const exitCodes = { done: 0, found: 1, badInput: 2, failed: 3, cancelled: 130 } as const;

export function createTerminal(options: SharedOptions, signal: AbortSignal): Terminal {
  const json = options.json === true;
  return {
    workspace: resolve(options.workspace ?? '.'),
    json,
    style: styleFor(process.stdout),
    progress: createProgress(process.stderr, styleFor(process.stderr)),
    signal,
    print(document, words) {
      process.stdout.write(`${json ? toJson(document, 2) : words}\n`);
    },
    found() {
      process.exitCode = exitCodes.found;
    },
  };
}

/** How a result names a file: relative to the workspace with forward slashes; absolute outside it. */
export function nameOf(workspace: string, file: string): string {
  const path = relative(workspace, file);
  return path.startsWith('..') ? file : path.split(sep).join('/') || '.';
}

/** Declares a command of the catalogue, with its line of help and its example. */
export function declare(parent: Command, name: string, syntax: string): Command {
  const entry = commands.find((command) => command.name === name);
  if (entry === undefined) throw new ModelwrightError('internal-error', { reason: `no command ${name}` });
  const command = parent.command(syntax).description(entry.doc);
  command.addHelpText('after', `\nExample:\n  ${entry.example}`);
  return shared(command);
}

/** Declares a command of a command, with an example made from its arguments. */
export function subcommand(parent: Command, syntax: string, doc: string): Command {
  const example = examples.reduce((text, [placeholder, value]) => text.replace(placeholder, value), syntax);
  const command = parent.command(syntax).description(doc);
  return shared(command.addHelpText('after', `\nExample:\n  modelwright ${parent.name()} ${example}`));
}

/** What stands for an argument in an example. */
const examples = [
  ['<id>', '4k7m2x9q'],
  ['<ids...>', '7c3t1v8e'],
  ['<run> [name]', 'run:4k7m2x9q'],
  ['<model>', 'churn/3'],
  [' [stage]', ''],
  ['<alias>', 'champion'],
] as const;

/** Adds the options that every command understands. */
export function shared(command: Command): Command {
  return command
    .option('--workspace <dir>', 'work in this folder instead of the current one')
    .option('--json', 'print one JSON document on stdout, nothing else')
    .option('--log-level <level>', 'debug prints the stack of an internal error');
}

/** `--set path=value`, as often as one likes, and `--variant id`. */
export function overriding(command: Command): Command {
  return command
    .option(
      '--set <path=value>',
      'override a setting (repeatable)',
      (value: string, all: string[]) => [...all, value],
      [],
    )
    .option('--variant <id>', 'use this variant of the experiment');
}

export interface OverrideOptions extends SharedOptions {
  readonly set: string[];
  readonly variant?: string;
}

/** Adds one command to the program. */
export type Declare = (program: Command, act: Act) => void;

/** Wraps a command's work: gives it its terminal; what it throws becomes one printed error. */
export type Act = <Arguments extends unknown[]>(
  work: (terminal: Terminal, ...rest: Arguments) => Promise<void>,
) => (...rest: Arguments) => Promise<void>;
