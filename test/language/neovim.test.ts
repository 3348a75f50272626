/** The language in another editor: Neovim from the distribution, with the recipe that the documentation gives. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { cli } from '../built.ts';

const root = join(import.meta.dirname, '../..');
const missing = spawnSync('nvim', ['--version']).status !== 0;
if (missing) console.log('skipped: Neovim is not installed (apt install neovim); npm test installs it');

const answerSchema = z.object({
  diagnostics: z.array(z.object({ line: z.int(), column: z.int(), message: z.string(), code: z.string() })),
  labels: z.array(z.string()),
  hover: z.string(),
  type: z.string(),
});

test.skipIf(missing)('Neovim shows findings, completes columns and hovers', { timeout: 180_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'neovim-'));
  try {
    const rows = Array.from({ length: 300 }, (_, row) => `${20 + (row % 40)},${row % 3},${row % 2}`);
    writeFileSync(join(folder, 'churn.csv'), `age,plan,churned\n${rows.join('\n')}\n`);
    const experiment = join(folder, 'churn.experiment.yaml');
    writeFileSync(experiment, 'data: churn.csv\ntarget: churned\nfeatures: [agee, plan]\n');
    const setup = join(folder, 'setup.lua');
    const server = [process.execPath, cli, 'lsp', '--stdio'];
    const command = `vim.g.modelwright_command = {${server.map((part) => JSON.stringify(part)).join(', ')}}`;
    writeFileSync(setup, `${command}\ndofile(${JSON.stringify(join(root, 'docs/editors/neovim.lua'))})\n`);
    const script = join(import.meta.dirname, 'neovim.lua');
    const { stdout, stderr } = spawnSync(
      'nvim',
      ['--headless', '-u', 'NONE', '-i', 'NONE', '-n', '-S', script],
      {
        encoding: 'utf8',
        timeout: 170_000,
        cwd: folder,
        env: { ...process.env, RECIPE: setup, EXPERIMENT: experiment, XDG_STATE_HOME: folder },
      },
    );
    const said = /ANSWER (.*)/.exec(stdout + stderr)?.[1];
    if (said === undefined) throw new Error(`Neovim said: ${stdout}${stderr}`);
    const { diagnostics, labels, hover, type } = answerSchema.parse(JSON.parse(said));
    const found = diagnostics.find(({ code }) => code === 'column-not-found');
    expect(found).toMatchObject({ line: 2, column: 11 });
    expect(found?.message).toMatch(/`agee`.*`age`/);
    expect(labels).toContain('age');
    expect(hover).toContain('**target**');
    expect(type).toBe('yaml');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
