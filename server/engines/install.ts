/** `engine install`: a library from its Python wheel into the user's cache, checked, and built where it must be. */
import { existsSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import { buildTensorFlowAddon } from './buildAddon.ts';
import { type Library, libraryFolder } from './installed.ts';
import { type RunStep, runStep } from './runStep.ts';
import { type Wheel, wheelFor } from './wheels.ts';

/** What an installation will take, told before it starts. */
export interface InstallPlan {
  readonly library: Library;
  readonly wheel: Wheel;
  readonly folder: string;
}

export function planInstall(library: Library): InstallPlan {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ModelwrightError('install-needs', {
      library,
      needs: 'Linux on x64',
      fix: 'Other systems are not supported yet.',
    });
  }
  return {
    library,
    wheel: wheelFor(library, existsSync('/dev/nvidia0')),
    folder: libraryFolder(library),
  };
}

export interface InstallWatch {
  readonly signal: AbortSignal;
  /** One line for each stage. */
  onStage(stage: string): void;
}

/**
 * Downloads, checks the checksum, takes out what is needed, builds. What is there already is not done again, so an
 * installation that was broken off goes on where it was.
 * @throws ModelwrightError install-needs, install-failed
 */
export async function install(plan: InstallPlan, watch: InstallWatch): Promise<void> {
  const { library, wheel, folder } = plan;
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'install.log');
  writeFileSync(log, '');
  const run: RunStep = (command, arguments_, options = {}) =>
    runStep(command, arguments_, { ...options, library, log, signal: watch.signal });
  const python = await findPython(run, library);
  for (const tool of wheel.needs) await needTool(run, library, tool);

  const unpacked = join(folder, `unpacked-${wheel.name}-${wheel.version}`);
  if (!wheel.members.every((member) => existsSync(join(unpacked, member)))) {
    watch.onStage(`Downloading ${wheel.name} ${wheel.version} (${wheel.downloadMegabytes} MB)`);
    const file = await download(run, python, plan);
    watch.onStage('Unpacking');
    const partial = `${unpacked}.partial`;
    rmSync(partial, { recursive: true, force: true });
    await run(python, ['-c', unpackScript, file, partial, ...wheel.members]);
    rmSync(unpacked, { recursive: true, force: true });
    renameSync(partial, unpacked);
    rmSync(join(folder, 'download'), { recursive: true });
  }
  if (library === 'tensorflow') {
    watch.onStage('Building the addon of tfjs-node');
    await buildTensorFlowAddon({ folder, site: join(unpacked, 'tensorflow'), run });
    return;
  }
  const [member = ''] = wheel.members;
  // A link: the library looks for those it came with beside its own place in the wheel.
  const link = join(folder, basename(member));
  rmSync(link, { force: true });
  symlinkSync(relative(folder, join(unpacked, member)), link);
}

/** Takes the members out of a wheel, and the licences, which must go with them. */
const unpackScript = `
import sys, zipfile
source, to, *members = sys.argv[1:]
with zipfile.ZipFile(source) as wheel:
    for name in wheel.namelist():
        if any(name == m or (m.endswith('/') and name.startswith(m)) for m in members) or 'LICENSE' in name:
            wheel.extract(name, to)
`;

/** pip refuses a file whose checksum is another. */
async function download(run: RunStep, python: string, { folder, wheel }: InstallPlan): Promise<string> {
  const to = join(folder, 'download');
  mkdirSync(to, { recursive: true });
  const requirements = join(to, 'requirements.txt');
  writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const platforms = ['2_28', '2_27', '2_17'].flatMap((version) => [
    '--platform',
    `manylinux_${version}_x86_64`,
  ]);
  const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--python-version', '3.13'];
  const checked = ['--platform', 'manylinux2014_x86_64', '--require-hashes', '-r', requirements, '-d', to];
  await run(python, [...pip, ...platforms, ...checked]);
  const listed = await run(python, [
    '-c',
    'import glob, sys; print(glob.glob(sys.argv[1] + "/*.whl")[0])',
    to,
  ]);
  return listed.trim();
}

async function findPython(run: RunStep, library: Library): Promise<string> {
  const candidates = [process.env['MODELWRIGHT_PYTHON'], 'python3', 'python'];
  for (const candidate of candidates) {
    if (!candidate) continue;
    const found = await run(candidate, ['-m', 'pip', '--version']).catch(() => undefined);
    if (found !== undefined) return candidate;
  }
  throw new ModelwrightError('install-needs', {
    library,
    needs: 'Python 3 with pip',
    fix: 'Install them (on Debian: apt install python3-pip), or name an interpreter in MODELWRIGHT_PYTHON.',
  });
}

async function needTool(run: RunStep, library: Library, tool: string): Promise<void> {
  await run(tool, ['--version']).catch(() => {
    const fix = `Install \`${tool}\` (on Debian: apt install build-essential npm).`;
    throw new ModelwrightError('install-needs', { library, needs: `the command \`${tool}\``, fix });
  });
}
