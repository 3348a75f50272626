/** `engine install`: a library from its Python wheel into the user's cache, checked, and built where it must be. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { ModelwrightError } from '../catalog/errors.ts';
import { addonTools, buildTensorFlowAddon } from './buildAddon.ts';
import { hasNvidia } from './detect.ts';
import { type Library, libraryFolder } from './installed.ts';
import { type RunStep, runStep } from './runStep.ts';
import { type Wheel, wheelsFor } from './wheels.ts';

/** What an installation will take, told before it starts. */
export interface InstallPlan {
  readonly library: Library;
  readonly wheels: readonly [Wheel, ...Wheel[]];
  readonly folder: string;
}

export function planInstall(library: Library, withCuda = hasNvidia()): InstallPlan {
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    throw new ModelwrightError('install-needs', {
      library,
      needs: 'Linux on x64',
      fix: 'Other systems are not supported yet.',
    });
  }
  return { library, wheels: wheelsFor(library, withCuda), folder: libraryFolder(library) };
}

export interface InstallWatch {
  readonly signal: AbortSignal;
  /** One line for each stage. */
  onStage(stage: string): void;
}

/**
 * Downloads, checks the checksums, takes out what is needed, builds. What is there already is not done again, so an
 * installation that was broken off goes on where it was.
 * @throws ModelwrightError install-needs, install-failed
 */
export async function install(plan: InstallPlan, watch: InstallWatch): Promise<void> {
  const { library, wheels, folder } = plan;
  mkdirSync(folder, { recursive: true });
  const log = join(folder, 'install.log');
  writeFileSync(log, '');
  const run: RunStep = (command, arguments_, options = {}) =>
    runStep(command, arguments_, { ...options, library, log, signal: watch.signal });
  const python = await findPython(run, library);
  if (library === 'tensorflow') for (const tool of addonTools) await needTool(run, library, tool);

  const [own] = wheels;
  // Laid out as a Python has it: the libraries look for each other there.
  const site = join(folder, `unpacked-${own.name}-${own.version}`);
  const missing = wheels.filter((wheel) => !existsSync(join(site, infoFolder(wheel))));
  for (const [position, wheel] of missing.entries()) {
    const of = missing.length > 1 ? `, ${position + 1} of ${missing.length}` : '';
    watch.onStage(`Downloading ${wheel.name} ${wheel.version} (${wheel.downloadMegabytes} MB${of})`);
    const file = await download(run, python, wheel, join(folder, 'download'));
    if (missing.length === 1) watch.onStage('Unpacking');
    await unpack(run, python, wheel, { file, site });
    rmSync(join(folder, 'download'), { recursive: true });
  }
  if (library === 'tensorflow') {
    watch.onStage('Building the addon of tfjs-node');
    await buildTensorFlowAddon({ folder, site, run });
    return;
  }
  const [member = ''] = own.members;
  // A link: the library looks for those it came with beside its own place in the wheel.
  const link = join(folder, basename(member));
  rmSync(link, { force: true });
  symlinkSync(relative(folder, join(site, member)), link);
}

/** What pip calls a wheel's folder of licences and facts: the last that is put in its place. */
function infoFolder({ name, version }: Wheel): string {
  return `${name.replaceAll('-', '_')}-${version}.dist-info`;
}

/** Takes the members out of a wheel, as executable as they were, and its facts with the licences, which must go with them. */
const unpackScript = `
import os, sys, zipfile
source, to, *members = sys.argv[1:]
with zipfile.ZipFile(source) as wheel:
    for entry in wheel.infolist():
        name = entry.filename
        if any(name == m or (m.endswith('/') and name.startswith(m)) for m in members):
            path = wheel.extract(entry, to)
            if entry.external_attr >> 16 & 0o100: os.chmod(path, 0o755)
`;

/** Each member is put in its place whole, so a kill leaves none by halves. */
async function unpack(
  run: RunStep,
  python: string,
  wheel: Wheel,
  { file, site }: { readonly file: string; readonly site: string },
): Promise<void> {
  const partial = `${site}.partial`;
  rmSync(partial, { recursive: true, force: true });
  const members = [...wheel.members, `${infoFolder(wheel)}/`];
  await run(python, ['-c', unpackScript, file, partial, ...members]);
  for (const member of members) {
    const place = join(site, member);
    rmSync(place, { recursive: true, force: true });
    mkdirSync(dirname(place), { recursive: true });
    renameSync(join(partial, member), place);
  }
  rmSync(partial, { recursive: true, force: true });
}

/** pip refuses a file whose checksum is another. */
async function download(run: RunStep, python: string, wheel: Wheel, to: string): Promise<string> {
  mkdirSync(to, { recursive: true });
  const requirements = join(to, 'requirements.txt');
  writeFileSync(requirements, `${wheel.name}==${wheel.version} --hash=sha256:${wheel.sha256}\n`);
  const platforms = ['2_28', '2_27', '2_25', '2_17', '2_12'].flatMap((version) => [
    '--platform',
    `manylinux_${version}_x86_64`,
  ]);
  const pip = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--python-version', '3.13'];
  const checked = ['--platform', 'manylinux2014_x86_64', '--require-hashes', '-r', requirements, '-d', to];
  await run(python, [...pip, ...platforms, ...checked]);
  const file = readdirSync(to).find((name) => name.endsWith('.whl'));
  return join(to, file ?? '');
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
