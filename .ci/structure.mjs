/** Checks who imports whom (architecture in dependency-cruiser's rules) and that no hand-written file is over 400 lines. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { environment24, root } from './node24.mjs';

const longest = 400;
const problems = [...tooLong(), ...forbiddenImports()];
for (const problem of problems) console.error(problem);
process.exit(problems.length === 0 ? 0 : 1);

function tooLong() {
  const listed = spawnSync(
    'git',
    ['ls-files', '--cached', '--others', '--exclude-standard', '*.ts', '*.mjs', '*.css'],
    {
      cwd: root,
      encoding: 'utf8',
    },
  );
  return listed.stdout
    .split('\n')
    .filter((file) => file !== '' && !file.includes('/generated/'))
    .map((file) => ({ file, lines: readFileSync(join(root, file), 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > longest)
    .map(({ file, lines }) => `${file} has ${lines} lines; the limit is ${longest}.`);
}

function forbiddenImports() {
  const arguments_ = [
    'server',
    'extension',
    'webviews',
    '--config',
    '.ci/imports.cjs',
    '--output-type',
    'json',
  ];
  const cruised = spawnSync('depcruise', arguments_, {
    cwd: root,
    encoding: 'utf8',
    env: environment24(),
    maxBuffer: 2 ** 28,
  });
  const { summary, modules } = JSON.parse(cruised.stdout);
  if (modules.length < 20) return ['The import check saw almost no modules: it is not working.'];
  return summary.violations
    .filter(({ rule }) => rule.severity === 'error')
    .map(({ rule, from, to }) => `${from} imports ${to}: ${rule.name}.`);
}
