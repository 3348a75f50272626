/** `modelwright lint`: all diagnostics, for people, scripts and code hosts. */
import { existsSync, statSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import { findExperimentFiles } from '../../config/findFiles.ts';
import { startDataClient } from '../../data/client.ts';
import { applyFixes } from '../../lint/fix.ts';
import { renderGithub } from '../../lint/reporters/github.ts';
import { lintDocument } from '../../lint/reporters/json.ts';
import { sarifDocument } from '../../lint/reporters/sarif.ts';
import { renderText } from '../../lint/reporters/text.ts';
import { lintFile } from '../../runs/lintFile.ts';
import { type Declare, declare, type OverrideOptions, overriding, type Terminal } from '../terminal.ts';

const formats = ['text', 'json', 'sarif', 'github'] as const;

interface LintOptions extends OverrideOptions {
  readonly format?: string;
  readonly fix?: boolean;
  readonly data: boolean;
  readonly profile?: string;
}

export const declareLint: Declare = (program, act) => {
  overriding(declare(program, 'lint', 'lint [files...]'))
    .option('--format <format>', 'text, json, sarif or github')
    .option('--fix', 'apply the fixes that do not change what an experiment means')
    .option('--no-data', 'check the text alone')
    .option('--profile <profile>', 'relaxed, standard, strict or regulated')
    .action(act(lint));
};

async function lint(terminal: Terminal, named: readonly string[], options: LintOptions): Promise<void> {
  const format = options.format ?? (terminal.json ? 'json' : 'text');
  oneOf('--format', format, formats);
  if (options.profile !== undefined)
    oneOf('--profile', options.profile, ['relaxed', 'standard', 'strict', 'regulated']);
  const files = filesOf(terminal.workspace, named);
}

function oneOf(flag: string, value: string, allowed: readonly string[]): void {
  if (allowed.includes(value)) return;
  throw new ModelwrightError('bad-usage', {
    reason: `${flag} is one of ${allowed.join(', ')}, not \`${value}\`.`,
    command: 'lint',
  });
}
