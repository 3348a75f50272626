/** The packaged extension in a clean workbench, without a source tree beside it: a folder not trusted at first, then trusted. */
import { execFileSync } from 'node:child_process';
import { existsSync, globSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { writeExperiment } from './running.ts';
import {
  command,
  notified,
  openFile,
  openModelwright,
  panel,
  picture,
  type ScreenTest,
  servedUrl,
} from './screen.ts';

export const packagedTests: readonly ScreenTest[] = [
  {
    name: 'the packaged extension only checks text in a folder that is not trusted; once it is, it lints, runs, shows its panels and serves',
    prepare(workspace) {
      writeExperiment(workspace, { rows: 600, trees: 5 });
      writeFileSync(join(workspace, 'leak.experiment.yaml'), 'data: rows.csv\ntarget: left\ntraget: left\n');
    },
    async act(screen, workspace) {
      const { page } = screen;
      await openFile(page, 'leak.experiment.yaml');
      await page.locator('.squiggly-error').first().waitFor();
      await openModelwright(page);
      await page.getByRole('treeitem', { name: /^churn, churn/ }).waitFor();
      await command(page, 'Modelwright: Run');
      await notified(page, /This folder is not trusted/);
      await picture(screen, 'untrusted');
      // Nothing is asked for nothing.
      await command(page, 'Modelwright: New experiment from data…');
      await notified(page, /This folder is not trusted/);
      if (existsSync(join(workspace, '.modelwright'))) throw new Error('something was written');

      await command(page, 'Workspaces: Manage Workspace Trust');
      await page
        .locator('.workspace-trust-editor')
        .getByRole('button', { name: 'Trust', exact: true })
        .click();
      await page.locator('.tab', { hasText: 'leak.experiment.yaml' }).click();
      // A finding that only the data can give: `id` counts the rows.
      await command(page, 'View: Toggle Problems');
      await page.locator('.markers-panel', { hasText: 'id-as-feature' }).waitFor();
      await page.getByRole('treeitem', { name: /^churn, churn/ }).click();
      await command(page, 'Modelwright: Run');
      const run = panel(page, 'run');
      await run.getByRole('heading', { name: 'Evaluation' }).waitFor();
      await run.getByRole('button', { name: 'Serve' }).click();
      await notified(page, /is served at/);
      const body = JSON.stringify({ age: 40, plan: 'pro', visits: 3 });
      const headers = { 'content-type': 'application/json' };
      const answer = await fetch(new URL('/predict', servedUrl(workspace)), {
        method: 'POST',
        headers,
        body,
      });
      if (!answer.ok) throw new Error(`the served model answered ${answer.status}`);
      checkDoctor(screen.folder, workspace);
      await picture(screen, 'packaged');
    },
  },
];

/** What cannot be bundled is in the package, and the command that comes with it knows of what version. */
function checkDoctor(home: string, workspace: string): void {
  const [command] = globSync(join(home, 'extensions', 'modelwright.*', 'dist', 'cli.js'));
  if (command === undefined) throw new Error('the package is not installed');
  const told: unknown = JSON.parse(
    execFileSync(process.execPath, [command, 'doctor', '--json'], { cwd: workspace, encoding: 'utf8' }),
  );
  const version = z.string().regex(/^\d+\.\d+/);
  z.object({ machine: z.object({ duckdb: version, sqlite: version, onnxRuntime: version }) }).parse(told);
}
