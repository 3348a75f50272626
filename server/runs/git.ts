/** The commit that a workspace is at, and the files in it; git itself answers, and its absence is no error. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { Repository } from '../lint/repository.ts';

/** The full hash of HEAD; undefined outside a repository. */
export function gitCommit(directory: string): string | undefined {
  return ask(directory, ['rev-parse', 'HEAD']);
}

/** `git:HASH`, with `+changes` where files differ from that commit; `git:none` outside a repository. */
export function codeLineage(directory: string): string {
  const commit = gitCommit(directory);
  if (commit === undefined) return 'git:none';
  return ask(directory, ['status', '--porcelain', '--untracked-files=no']) === ''
    ? `git:${commit}`
    : `git:${commit}+changes`;
}

/** Everything that git keeps of the repository around a folder; asked once, when it is first wanted. */
export function repositoryOf(directory: string): () => Repository | undefined {
  let known: { readonly found: Repository | undefined } | undefined;
  return () => {
    known ??= { found: readRepository(directory) };
    return known.found;
  };
}

function readRepository(directory: string): Repository | undefined {
  const top = ask(directory, ['rev-parse', '--show-toplevel']);
  const listed = top === undefined ? undefined : ask(top, ['ls-files', '-z']);
  if (top === undefined || listed === undefined) return undefined;
  const names = listed.split('\0').filter((name) => name !== '');
  const user = ask(top, ['config', 'user.name']) ?? '';
  return { tracked: new Set(names.map((name) => join(top, name))), ...(user === '' ? {} : { user }) };
}

function ask(directory: string, args: readonly string[]): string | undefined {
  const answer = spawnSync('git', args, {
    cwd: directory,
    encoding: 'utf8',
    timeout: 5_000,
    maxBuffer: 200_000_000,
  });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}
