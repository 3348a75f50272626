/** `modelwright resolve`: the effective experiment, and where each value came from. */
import { resolve } from 'node:path';
import { stringify } from 'yaml';
import { ModelwrightError } from '../../catalog/errors.ts';
import type { Origin } from '../../config/load.ts';
import { prepareRun } from '../../runs/prepare.ts';
import { printable } from '../style.ts';
import { type Declare, declare, type OverrideOptions, overriding } from '../terminal.ts';

export const declareResolve: Declare = (program, act) => {
  overriding(declare(program, 'resolve', 'resolve <file>'))
    .option('--explain <path>', 'where the value of this setting came from')
    .action(
      act(async (terminal, file: string, options: OverrideOptions & { explain?: string }) => {
        const { experiment, loaded } = prepareRun({
          kind: 'run',
          workspace: terminal.workspace,
          file: resolve(terminal.workspace, file),
          overrides: options.set,
          variant: options.variant ?? null,
        });
        const { explain } = options;
        const all = Object.entries(loaded.origins);
        const chosen =
          explain === undefined
            ? all
            : all.filter(([path]) => path === explain || path.startsWith(`${explain}.`));
        if (chosen.length === 0) throw new ModelwrightError('setting-not-found', { path: explain });
        const words =
          explain === undefined
            ? stringify(experiment).trimEnd()
            : chosen.map(([path, origin]) => explained(path, origin, experiment)).join('\n');
        terminal.print({ experiment, origins: Object.fromEntries(chosen) }, words);
      }),
    );
};

function explained(path: string, origin: Origin, experiment: unknown): string {
  const chain = (origin.chain ?? []).map((link) => `  instead of ${shown(link.value)}, ${placeOf(link)}`);
  return [`${path}: ${shown(valueAt(experiment, path))}, ${placeOf(origin)}`, ...chain].join('\n');
}

const words = {
  file: 'written here',
  extends: 'from a base file',
  variant: 'from the variant',
  set: 'set by --set',
  default: 'the default',
  vars: 'from vars',
} as const satisfies Record<Origin['how'], string>;

function placeOf({ how, file, range }: Omit<Origin, 'chain'>): string {
  const line = range === undefined ? '' : `:${range.start.line + 1}:${range.start.character + 1}`;
  return file === undefined ? words[how] : `${words[how]} (${printable(file, 120)}${line})`;
}

function shown(value: unknown): string {
  return value === undefined ? 'nothing' : printable(JSON.stringify(value), 120);
}

/** Keys may hold dots themselves: the longest key that fits is taken at each step. */
function valueAt(value: unknown, path: string): unknown {
  if (path === '') return value;
  if (typeof value !== 'object' || value === null) return undefined;
  const keys = Object.keys(value).filter((key) => path === key || path.startsWith(`${key}.`));
  const key = keys.sort((a, b) => b.length - a.length)[0];
  return key === undefined
    ? undefined
    : valueAt((value as Record<string, unknown>)[key], path.slice(key.length + 1)); // An object: checked above.
}
