/** `modelwright lint`: all diagnostics, for people, scripts and code hosts. */
import { existsSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import { findExperimentFiles, readTextFile } from '../../config/findFiles.ts';
import { TextDocument } from '../../config/textDocument.ts';
import { startDataClient } from '../../data/worker/client.ts';
import { applyFixes } from '../../lint/fix.ts';
import { formatGithub } from '../../lint/reporters/github.ts';
import { lintDocument } from '../../lint/reporters/json.ts';
import { sarifLog } from '../../lint/reporters/sarif.ts';
import { formatText } from '../../lint/reporters/text.ts';
import type { Finding } from '../../protocol/finding.ts';
import { toJson } from '../../protocol/json.ts';
import { type LintFileRequest, lintFile } from '../../runs/lintFile.ts';
import { replaceFile } from '../../store/artifacts.ts';
import { colored } from '../style.ts';
import {
  type Declare,
  declare,
  nameOf,
  type OverrideOptions,
  overriding,
  type Terminal,
  version,
} from '../terminal.ts';

const formats = ['text', 'json', 'sarif', 'github'] as const;
const profiles = ['relaxed', 'standard', 'strict', 'regulated'] as const;

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
  const format = oneOf('--format', options.format ?? (terminal.json ? 'json' : 'text'), formats);
  if (options.profile !== undefined) oneOf('--profile', options.profile, profiles);
  const { workspace, signal } = terminal;
  const files = filesOf(workspace, named);
  const data = options.data ? startDataClient({ atOnce: true }) : undefined;
  const findings: Finding[] = [];
  try {
    for (const file of files) {
      const request: LintFileRequest = {
        file,
        workspace,
        overrides: options.set,
        signal,
        ...(options.variant === undefined ? {} : { variant: options.variant }),
        ...(options.profile === undefined ? {} : { profile: options.profile }),
        ...(data === undefined ? {} : { data }),
      };
      findings.push(...(options.fix === true ? await lintAndFix(request) : await lintFile(request)));
    }
  } finally {
    data?.stop();
  }
  const names = files.map((file) => nameOf(workspace, file));
  process.stdout.write(`${render(format, { findings, names, workspace })}\n`);
  if (findings.some(({ severity }) => severity === 'error')) terminal.found();
}

/** Named files and folders; without any, every experiment under the workspace. */
function filesOf(workspace: string, named: readonly string[]): string[] {
  if (named.length === 0) return findExperimentFiles(workspace);
  return named.flatMap((name) => {
    const path = resolve(workspace, name);
    if (!existsSync(path)) throw new ModelwrightError('file-not-found', { path: name }, { file: path });
    return statSync(path).isDirectory() ? findExperimentFiles(path) : [path];
  });
}

/** One fix can make room for the next; more rounds than this means that two of them quarrel. */
const mostRounds = 10;

async function lintAndFix(request: LintFileRequest): Promise<Finding[]> {
  for (let round = 0; ; round++) {
    const findings = await lintFile(request);
    const { text, applied } = applyFixes(readTextFile(request.file), findings);
    if (applied.length === 0 || round === mostRounds) return findings;
    replaceFile(request.file, text);
  }
}

interface Report {
  readonly findings: readonly Finding[];
  readonly names: readonly string[];
  readonly workspace: string;
}

function render(format: (typeof formats)[number], { findings, names, workspace }: Report): string {
  switch (format) {
    case 'json':
      return toJson(lintDocument(findings, names), 2);
    case 'sarif':
      return toJson(sarifLog(findings, version), 2);
    case 'github':
      return formatGithub(findings);
    case 'text':
      return formatText(findings, {
        color: colored(process.stdout),
        files: names.length,
        textOf: (file) => new TextDocument(readTextFile(resolve(workspace, file)).replace(/^\uFEFF/, '')),
      });
  }
}

function oneOf<Value extends string>(flag: string, value: string, allowed: readonly Value[]): Value {
  const found = allowed.find((each) => each === value);
  if (found !== undefined) return found;
  const reason = `${flag} is one of ${allowed.join(', ')}, not \`${value}\`.`;
  throw new ModelwrightError('bad-usage', { reason, command: 'modelwright lint' });
}
