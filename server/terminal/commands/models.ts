/** `modelwright models …`: the registry. */
import { resolve } from 'node:path';
import { ModelwrightError } from '../../catalog/errors.ts';
import { deleteVersions, promoteVersion, removeAlias, rollBack, setAlias } from '../../registry/change.ts';
import { exportVersion, showModel } from '../../registry/describe.ts';
import { parseReference, type Stage, stages } from '../../registry/names.ts';
import { registerRun } from '../../registry/register.ts';
import { listModels, readModelVersions, resolveVersion } from '../../registry/versions.ts';
import { servedBy } from '../../serving/deployments.ts';
import { hasStore } from '../../store/place.ts';
import { openStore, type Store } from '../../store/store.ts';
import { nextStep, renderModel, renderModels, versionName } from '../modelReport.ts';
import { printable } from '../style.ts';
import { type Act, type Declare, declare, type SharedOptions, subcommand } from '../terminal.ts';

export const declareModels: Declare = (program, act) => {
  const models = declare(program, 'models', 'models');
  const withStore = reading(act);

  subcommand(models, 'list', 'All registered models and their versions').action(
    act(async (terminal) => {
      const listed = hasStore(terminal.workspace) ? using(terminal.workspace, listModels) : [];
      terminal.print({ models: listed }, renderModels(listed));
    }),
  );

  subcommand(models, 'show <model>', 'One model or version: NAME, NAME/VERSION or NAME@ALIAS')
    .option('--lineage', 'what each version was made from')
    .option('--audit', 'every change, oldest first')
    .action(
      withStore(async (terminal, store, reference: string, options: ShowOptions) => {
        const shown = showModel(store, reference, options);
        terminal.print(shown, renderModel(shown));
      }),
    );

  subcommand(models, 'register <run> [name]', 'Make the model of a run (run:ID) a version')
    .option('--name <name>', 'name of the model; default: `registry.name`, else that of the experiment')
    .option(
      '--alias <alias>',
      'a name for this version (repeatable)',
      (each: string, all: string[]) => [...all, each],
      [],
    )
    .option('--stage <stage>', `one of ${stages.join(', ')}; default: \`registry.stage\`, else candidate`)
    .option('--force', 'although gates have failed')
    .action(
      withStore(
        async (terminal, store, run: string, argument: string | undefined, options: RegisterOptions) => {
          const name = options.name ?? argument;
          const { version, created } = registerRun(store, run.replace(/^run:/, ''), {
            ...(name === undefined ? {} : { name }),
            ...(options.stage === undefined ? {} : { stage: stageOf(options.stage) }),
            aliases: options.alias,
            force: options.force === true,
          });
          const words = created ? 'is registered' : 'holds this very model already';
          terminal.print(
            { ...version, registered: created },
            `${versionName(version)} ${words}.\n${nextStep(version)}`,
          );
        },
      ),
    );

  subcommand(models, 'promote <model> [stage]', 'Move a version to production, or to another stage')
    .option('--to <stage>', `the same: one of ${stages.join(', ')}; default: production`)
    .option('--force', 'although gates have failed')
    .action(
      withStore(
        async (terminal, store, reference: string, argument: string | undefined, options: PromoteOptions) => {
          const stage = stageOf(options.to ?? argument ?? 'production');
          const version = promoteVersion(store, newestOf(store, reference), {
            stage,
            force: options.force === true,
          });
          terminal.print(version, `${versionName(version)} is in ${stage}.\n${nextStep(version)}`);
        },
      ),
    );

  subcommand(models, 'alias <model> <alias>', 'Let NAME@ALIAS stand for a version')
    .option('--delete', 'take the alias away')
    .option('--force', 'although gates have failed')
    .action(
      withStore(async (terminal, store, reference: string, alias: string, options: AliasOptions) => {
        if (options.delete === true) {
          const version = removeAlias(store, parseReference(reference).name, alias);
          terminal.print(version, `${versionName(version)} is no longer \`${alias}\`.`);
          return;
        }
        const version = setAlias(store, newestOf(store, reference), { alias, force: options.force === true });
        terminal.print(version, `\`${version.name}@${alias}\` is now version ${version.version}.`);
      }),
    );

  subcommand(
    models,
    'rollback <model>',
    'Let NAME (production) or NAME@ALIAS stand for what it did before',
  ).action(
    withStore(async (terminal, store, reference: string) => {
      const wanted = parseReference(reference);
      if ('version' in wanted) {
        const reason = 'A rollback takes NAME or NAME@ALIAS; `models promote` sets a version.';
        throw new ModelwrightError('bad-usage', { reason, command: 'modelwright models rollback' });
      }
      const alias = 'alias' in wanted ? wanted.alias : 'production';
      const version = rollBack(store, wanted.name, alias);
      terminal.print(version, `\`${version.name}@${alias}\` is version ${version.version} again.`);
    }),
  );

  subcommand(models, 'delete <model>', 'Delete a version, or with NAME all of them')
    .option('--force', 'although aliases or deployments use it')
    .action(
      withStore(async (terminal, store, reference: string, options: { force?: boolean }) => {
        const deleted = deleteVersions(store, reference, {
          force: options.force === true,
          served: (version) => servedBy(store, version),
        });
        const versions = deleted.map(({ name, version }) => ({ name, version }));
        terminal.print(
          { deleted: versions },
          `Deleted: ${versions.map(versionName).join(', ')}. The runs are kept.`,
        );
      }),
    );

  subcommand(
    models,
    'export <model>',
    'Copy a version out: its .onnx file, or a folder with card and lineage',
  )
    .requiredOption('-o, --output <path>', 'a file that ends in .onnx, or a folder')
    .action(
      withStore(async (terminal, store, reference: string, options: { output: string }) => {
        const version = resolveVersion(store, reference);
        const output = resolve(terminal.workspace, options.output);
        const files = exportVersion(store, version, output);
        terminal.print(
          { ...version, output: options.output, files },
          `${versionName(version)} written: ${files.join(', ')}`,
        );
      }),
    );
};

interface ShowOptions extends SharedOptions {
  readonly lineage?: boolean;
  readonly audit?: boolean;
}
interface RegisterOptions extends SharedOptions {
  readonly name?: string;
  readonly alias: string[];
  readonly stage?: string;
  readonly force?: boolean;
}
interface PromoteOptions extends SharedOptions {
  readonly to?: string;
  readonly force?: boolean;
}
interface AliasOptions extends SharedOptions {
  readonly delete?: boolean;
  readonly force?: boolean;
}

/** A bare name stands for its newest version where one is changed. */
function newestOf(store: Store, reference: string): string {
  const wanted = parseReference(reference);
  if (reference !== wanted.name) return reference;
  return `${wanted.name}/${readModelVersions(store, wanted.name).versions[0]?.version}`;
}

function stageOf(text: string): Stage {
  const stage = stages.find((each) => each === text);
  if (stage !== undefined) return stage;
  const reason = `There is no stage \`${printable(text)}\`; the stages are ${stages.join(', ')}.`;
  throw new ModelwrightError('bad-usage', { reason, command: 'modelwright models promote' });
}

/** As act, with the workspace's store open; without one there is no model to be found. */
function reading(act: Act) {
  return <Rest extends unknown[]>(
    work: (
      terminal: Parameters<Parameters<Act>[0]>[0],
      store: Store,
      reference: string,
      ...rest: Rest
    ) => Promise<void>,
  ) =>
    act(async (terminal, reference: string, ...rest: Rest) => {
      if (!hasStore(terminal.workspace)) throw new ModelwrightError('model-not-found', { reference });
      const store = openStore(terminal.workspace);
      try {
        await work(terminal, store, reference, ...rest);
      } finally {
        store.close();
      }
    });
}

function using<Result>(workspace: string, work: (store: Store) => Result): Result {
  const store = openStore(workspace);
  try {
    return work(store);
  } finally {
    store.close();
  }
}
