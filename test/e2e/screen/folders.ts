/** Folders as people have them: none with anything in it, several at once, files that move and go while they are open. */
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeExperiment } from './running.ts';
import { choose, command, notified, openModelwright, picture, type ScreenTest, untilSeen } from './screen.ts';

export const folderTests: readonly ScreenTest[] = [
  {
    name: 'the example opens with its real data, and its experiment may be renamed and deleted while it is open',
    prepare() {},
    async act(screen, workspace) {
      const { page } = screen;
      await openModelwright(page);
      await page.getByRole('button', { name: 'New experiment from data', exact: true }).click();
      await page.getByPlaceholder('There is no table in this folder. Where is one?').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('button', { name: 'Open the example' }).click();
      await choose(page, 'In this folder');
      const tree = (name: RegExp) => page.getByRole('treeitem', { name });
      await tree(/^flights, flights\.experiment\.yaml/).waitFor();
      await page.locator('.tab', { hasText: 'flights.experiment.yaml' }).waitFor();
      const folder = join(workspace, 'flights-example');
      const data = readFileSync(join(folder, 'data', 'flights-3m.parquet'));
      if (data.subarray(0, 4).toString() !== 'PAR1' || data.length < 1e7) throw new Error('no real data');
      await picture(screen, 'example');

      renameSync(join(folder, 'flights.experiment.yaml'), join(folder, 'delays.experiment.yaml'));
      await tree(/^delays, delays\.experiment\.yaml/).waitFor();
      rmSync(join(folder, 'delays.experiment.yaml'));
      await page.getByText('There is no experiment here yet', { exact: false }).waitFor();
      // The editor still shows the text of the file that is gone.
      await page.locator('.tab', { hasText: 'flights.experiment.yaml' }).click();
      await command(page, 'Modelwright: Run');
      await notified(page, /flights\.experiment\.yaml/);

      await command(page, 'Welcome: Open Walkthrough...');
      await choose(page, 'Get started with Modelwright');
      await page.getByText('See what is wrong before you train').waitFor();
      await picture(screen, 'walkthrough');
    },
  },
  {
    name: 'several folders at once each have their experiments',
    prepare(workspace) {
      for (const name of ['north', 'south']) {
        mkdirSync(join(workspace, name));
        writeExperiment(join(workspace, name), { rows: 400, trees: 5 });
      }
      renameSync(
        join(workspace, 'south/churn.experiment.yaml'),
        join(workspace, 'south/leaving.experiment.yaml'),
      );
      const folders = [{ path: 'north' }, { path: 'south' }];
      writeFileSync(join(workspace, 'both.code-workspace'), JSON.stringify({ folders }));
    },
    async act(screen, workspace) {
      const { page } = screen;
      const both = screen.urlOf(join(workspace, 'both.code-workspace'));
      // A workbench that has not reached its server yet reads the workspace as one without folders, until it is loaded again.
      const open = () => page.goto(both).then(() => openModelwright(page));
      await untilSeen(page.getByRole('treeitem', { name: /^churn, churn/ }), open, 30_000);
      for (const name of [/^churn, churn/, /^leaving, leaving/])
        await page.getByRole('treeitem', { name }).waitFor();
      await page.getByRole('treeitem', { name: /^leaving, leaving/ }).click();
      await command(page, 'Modelwright: Run');
      await page.getByRole('treeitem', { name: /^Run \w+, finished/ }).waitFor();
      await picture(screen, 'folders');
      // The run is recorded beside its experiment.
      if (
        !readFileSync(join(workspace, 'south/.modelwright/store.db'))
          .subarray(0, 6)
          .equals(Buffer.from('SQLite'))
      )
        throw new Error('the run is recorded elsewhere');
    },
  },
];
