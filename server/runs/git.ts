/** The commit that a workspace is at; git itself answers, and its absence is no error. */
import { spawnSync } from 'node:child_process';

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

function ask(directory: string, args: readonly string[]): string | undefined {
  const answer = spawnSync('git', args, { cwd: directory, encoding: 'utf8', timeout: 5_000 });
  return answer.status === 0 ? answer.stdout.trim() : undefined;
}
