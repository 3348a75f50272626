/** `modelwright engine install`: an optional engine, with its sizes told and asked about first. */
import { createInterface } from 'node:readline/promises';
import { engines } from '../../catalog/engines.ts';
import { ModelwrightError } from '../../catalog/errors.ts';
import { checkLibrary } from '../../engines/checkLibrary.ts';
import { whyNoCuda } from '../../engines/detect.ts';
import { type InstallPlan, install, planInstall } from '../../engines/install.ts';
import { type Library, libraries } from '../../engines/installed.ts';
import { diagnose } from '../../runs/doctor.ts';
import { type Declare, declare, subcommand } from '../terminal.ts';

export const declareEngine: Declare = (program, act) => {
  const engine = declare(program, 'engine', 'engine');
  subcommand(engine, 'install <name>', 'Install tensorflow, lightgbm or xgboost into your cache folder')
    .option('--yes', 'ask nothing')
    .action(
      act(async (terminal, name: string, options: { yes?: boolean }) => {
        const plan = planInstall(libraryNamed(name));
        const { library, wheels, folder } = plan;
        const [{ version }] = wheels;
        if (options.yes !== true) await confirm(plan, !terminal.json && process.stdin.isTTY === true);
        await install(plan, {
          signal: terminal.signal,
          onStage: (stage) => process.stderr.write(`${stage}\n`),
        });
        if (library !== 'tensorflow') await checkLibrary(library);
        const { engines: reports, chosen, reason } = await diagnose(terminal.workspace, true);
        const report = reports.find(({ id }) => id === library);
        if (!report?.available) {
          throw new ModelwrightError('install-failed', {
            library,
            command: engines[library].title,
            reason: report?.reason ?? 'it is not found',
            log: folder,
          });
        }
        const lacks = wheels.length > 1 && report.device !== 'CUDA' ? whyNoCuda() : undefined;
        if (lacks) process.stderr.write(`${lacks.reason} ${lacks.fix}\n`);
        terminal.print(
          { engine: library, version, folder, chosen, reason },
          `${engines[library].title} ${version} is ready in ${folder}.\n${reason}`,
        );
      }),
    );
};

function libraryNamed(name: string): Library {
  const library = libraries.find((each) => each === name);
  if (library !== undefined) return library;
  throw new ModelwrightError('bad-usage', {
    reason: `\`${name}\` cannot be installed; there are ${libraries.join(', ')}.`,
    command: 'modelwright engine install',
  });
}

async function confirm({ wheels, folder }: InstallPlan, asks: boolean): Promise<void> {
  const [{ name, version }, ...others] = wheels;
  const title = others.length === 0 ? `${name} ${version}` : `${name} ${version} with CUDA`;
  const megabytes = (size: 'downloadMegabytes' | 'diskMegabytes') =>
    wheels.reduce((sum, wheel) => sum + wheel[size], 0);
  const sizes = `${title}: ${megabytes('downloadMegabytes')} MB to download, ${megabytes('diskMegabytes')} MB in ${folder}`;
  if (!asks) {
    throw new ModelwrightError('bad-usage', {
      reason: `${sizes}. Nobody can be asked here: pass --yes.`,
      command: 'modelwright engine install',
    });
  }
  const dialog = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await dialog.question(`${sizes}. Go on? [y/N] `);
  dialog.close();
  if (!/^y(es)?$/i.test(answer.trim())) throw new ModelwrightError('cancelled');
}
