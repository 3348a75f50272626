/** Rules about files that git should or should not keep. */
import { statSync } from 'node:fs';
import { relative, resolve, sep } from 'node:path';
import { llmOf } from '../llm.ts';
import type { Draft, Rule, RuleContext } from '../rule.ts';
import { settingsOf, textsOf, writtenAt } from '../walk.ts';

/** Bytes from which data does not belong into git (pynblint's limit). */
const largestInGit = 10_000_000;

const untrackedConfig: Rule = {
  id: 'untracked-config',
  needs: ['text'],
  *run(context) {
    const { loaded, repository } = context;
    const tracked = repository?.()?.tracked;
    if (tracked === undefined) return;
    const say = (path: string, file: string): Draft => ({
      path,
      message: `${shown(file, context)} is not versioned: nobody else can repeat this.`,
      data: { file: shown(file, context) },
    });
    if (!tracked.has(loaded.file)) yield say('', loaded.file);
    for (const setting of settingsOf(loaded)) {
      if (setting.path !== 'extends' && setting.path !== 'data.source') continue;
      for (const { path, text } of textsOf(setting)) {
        const file = resolve(loaded.directory, text);
        if (setting.path === 'extends' && sizeOf(file) !== undefined && !tracked.has(file))
          yield say(path, file);
        if (setting.path === 'data.source') yield* ofData(path, file, context);
      }
    }
  },
};

/** Data themselves need not be in git, large ones must not be; what points at them for DVC must. */
function* ofData(path: string, file: string, context: RuleContext): Iterable<Draft> {
  const tracked = context.repository?.()?.tracked ?? new Set();
  const bytes = sizeOf(file) ?? 0;
  if (tracked.has(file) && bytes > largestInGit) {
    const size = `${Math.round(bytes / 1e6)} MB`;
    yield {
      path,
      message: `${shown(file, context)} is ${size} in git, which every clone pays for; pin a version instead.`,
      data: { file: shown(file, context), bytes },
    };
  }
  const version = writtenAt(context.loaded, 'data.version');
  const pointer = `${file}.dvc`;
  if (typeof version === 'string' && version.startsWith('dvc:') && !tracked.has(pointer)) {
    yield {
      path: 'data.version',
      message: `${shown(pointer, context)} is not versioned: nobody else can fetch these data.`,
      data: { file: shown(pointer, context) },
    };
  }
}

/** More lines than this are a file of their own. */
const longestInPlace = 10;

const promptUnversioned: Rule = {
  id: 'prompt-unversioned',
  needs: ['text'],
  *run({ loaded, repository }) {
    for (const { path, file, messages } of llmOf(loaded)?.prompts ?? []) {
      const lines = messages.reduce((sum, { content }) => sum + content.split('\n').length, 0);
      if (file === undefined && lines > longestInPlace) {
        yield {
          path,
          message: `This prompt of ${lines} lines has no history of its own; a file would have one.`,
          data: { lines },
        };
      }
      const tracked = repository?.()?.tracked;
      if (file === undefined || tracked === undefined || tracked.has(resolve(loaded.directory, file)))
        continue;
      yield {
        path: `${path}.file`,
        message: `\`${file}\` is not in git: the history of this prompt is lost.`,
        data: { file },
      };
    }
  },
};

function sizeOf(file: string): number | undefined {
  return statSync(file, { throwIfNoEntry: false })?.size;
}

function shown(file: string, { loaded }: RuleContext): string {
  return `\`${relative(loaded.directory, file).split(sep).join('/') || file}\``;
}

export const repositoryRules: readonly Rule[] = [untrackedConfig, promptUnversioned];
