/** `modelwright drift`: have the rows of one table come from the same world as those of another? */
import { resolve } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import { type DriftSettings, defaultSettings } from '../../monitoring/settings.ts';
import { compareTables } from '../../runs/drift.ts';
import { renderDrift } from '../driftReport.ts';
import { type Declare, declare, type SharedOptions } from '../terminal.ts';

interface DriftOptions extends SharedOptions {
  readonly effect?: string;
  readonly alpha?: string;
  readonly seed?: string;
  readonly group?: string;
}

export const declareDrift: Declare = (program, act) => {
  declare(program, 'drift', 'drift <reference> <current>')
    .option('--effect <size>', 'smallest change that counts: small, medium, large or a number', 'medium')
    .option('--alpha <chance>', 'chance of a false alarm over all columns', '0.05')
    .option('--seed <n>', 'of samples and permutations', '42')
    .option('--group <column>', 'rows that share its value belong together, such as those of a customer')
    .action(
      act(async (terminal, reference: string, current: string, options: DriftOptions) => {
        const { progress } = terminal;
        const report = await compareTables({
          reference: resolve(terminal.workspace, reference),
          current: resolve(terminal.workspace, current),
          settings: settingsOf(options),
          ...(options.group === undefined ? {} : { group: options.group }),
          signal: terminal.signal,
          onProgress: (stage, fraction) =>
            progress.show({ stage, fraction, secondsLeft: null, detail: '', score: null }),
        }).finally(() => progress.clear());
        terminal.print(report, renderDrift(report, terminal.style));
        if (report.drifted) terminal.found();
      }),
    );
};

function settingsOf({ effect = '', alpha = '', seed = '' }: DriftOptions): DriftSettings {
  const chance = Number(alpha);
  if (!(chance > 0 && chance <= 0.5)) throw refused('--alpha', alpha, 'Write a chance above 0, up to 0.5.');
  const start = Number(seed);
  if (seed.trim() === '' || !Number.isSafeInteger(start))
    throw refused('--seed', seed, 'Write a whole number.');
  return { ...defaultSettings, alpha: chance, seed: start, effect: effectOf(effect) };
}

function effectOf(effect: string): DriftSettings['effect'] {
  if (effect === 'small' || effect === 'medium' || effect === 'large') return effect;
  const least = Number(effect);
  if (effect.trim() !== '' && least >= 0 && Number.isFinite(least)) return least;
  throw refused(
    '--effect',
    effect,
    'Write small, medium, large, or a number of at least 0 in the unit of the tests.',
  );
}

function refused(setting: string, value: string, help: string): ModelwrightError {
  return new ModelwrightError('drift-setting', { setting, value, help });
}
