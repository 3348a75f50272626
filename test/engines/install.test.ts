/** What `engine install` takes and where it puts it, by the real pip from wheels on the disk, or in the soak from its index. */
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import koffi from 'koffi';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { whyNoCuda } from '../../server/engines/detect.ts';
import { type InstallPlan, install, planInstall } from '../../server/engines/install.ts';
import { libraries, tfjsNodeWithAddon } from '../../server/engines/installed.ts';
import { missingDevice } from '../../server/engines/missingDevice.ts';
import { type Wheel, wheelsFor } from '../../server/engines/wheels.ts';
import { describeEngine, tensorEngine } from '../../server/models/mlp/tensorEngine.ts';
import { distanceFromOurs, kinds } from '../models/mlp/losses.ts';
import { rounds } from '../rounds.ts';
import { temporaryFolder } from '../temporary.ts';

const python = process.env['MODELWRIGHT_PYTHON'] ?? 'python3';
const hasPip = spawnSync(python, ['-m', 'pip', '--version']).status === 0;

let stages: string[] = [];
const watch = () => ({
  signal: new AbortController().signal,
  onStage: (stage: string) => void stages.push(stage),
});
beforeEach(() => {
  stages = [];
  vi.stubEnv('MODELWRIGHT_CACHE', temporaryFolder());
});
afterEach(() => vi.unstubAllEnvs());

describe('which wheels', () => {
  test('TensorFlow comes with CUDA where there is an NVIDIA GPU, and for the processor alone elsewhere', () => {
    expect(wheelsFor('tensorflow', false).map(({ name }) => name)).toEqual(['tensorflow-cpu']);
    // Requires-Dist of tensorflow-2.21.0, extra "and-cuda".
    const parts =
      'cublas cuda-cupti cuda-nvcc cuda-nvrtc cuda-runtime cudnn cufft curand cusolver cusparse nccl nvjitlink';
    const names = parts.split(' ').map((part) => `nvidia-${part}-cu12`);
    expect(wheelsFor('tensorflow', true).map(({ name }) => name)).toEqual(['tensorflow', ...names]);
    for (const library of ['lightgbm', 'xgboost'] as const)
      expect(wheelsFor(library, true)).toEqual(wheelsFor(library, false));
  });

  test('each is pinned to one file, and its sizes are told', () => {
    const wheels = libraries.flatMap((library) => [true, false].flatMap((card) => wheelsFor(library, card)));
    for (const { name, sha256, version, downloadMegabytes, diskMegabytes } of wheels) {
      expect(sha256, name).toMatch(/^[0-9a-f]{64}$/);
      expect(version, name).toMatch(/^\d+(\.\d+)+$/);
      expect(diskMegabytes, name).toBeGreaterThan(downloadMegabytes);
      expect(downloadMegabytes, name).toBeGreaterThan(0);
    }
  });

  test('why there is no CUDA is told with what to do', () => {
    expect(whyNoCuda(false)).toEqual({ reason: 'There is no NVIDIA GPU with its driver here.', fix: '' });
    expect(whyNoCuda(true)).toEqual({
      reason: 'TensorFlow was installed without CUDA.',
      fix: 'Run `modelwright engine install tensorflow`.',
    });
    const addon = join(planInstall('tensorflow').folder, 'node_modules', '@tensorflow', 'tfjs-node');
    mkdirSync(join(addon, 'lib', 'napi-v8', 'tfjs_binding.node'), { recursive: true });
    mkdirSync(join(addon, 'deps', 'nvidia'), { recursive: true });
    expect(whyNoCuda(true)).toEqual({
      reason: 'TensorFlow sees no CUDA device.',
      fix: 'Update the NVIDIA driver (525 or later) and run `modelwright doctor --again`.',
    });
  });
});

const writeWheelScript = `
import sys, zipfile
path, info, *members = sys.argv[1:]
name, version = info.removesuffix('.dist-info').split('-')
facts = {
    'METADATA': f'Metadata-Version: 2.1\\nName: {name}\\nVersion: {version}\\n',
    'WHEEL': 'Wheel-Version: 1.0\\nRoot-Is-Purelib: false\\nTag: py3-none-manylinux_2_17_x86_64\\n',
    'RECORD': '',
    'licenses/License.txt': 'free',
}
texts = {**{member: member for member in [*members, 'left/out.py']}, **{f'{info}/{key}': text for key, text in facts.items()}}
with zipfile.ZipFile(path, 'w') as wheel:
    for member, text in texts.items():
        entry = zipfile.ZipInfo(member)
        entry.external_attr = (0o755 if '/bin/' in member else 0o644) << 16
        wheel.writestr(entry, text)
`;

/** Writes a wheel of these files, each of which holds its own name. */
function writeWheel(
  folder: string,
  name: string,
  files: readonly string[],
  members: readonly string[],
): Wheel {
  const stem = `${name.replaceAll('-', '_')}-1.0`;
  const path = join(folder, `${stem}-py3-none-manylinux_2_17_x86_64.whl`);
  execFileSync(python, ['-c', writeWheelScript, path, `${stem}.dist-info`, ...files]);
  const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
  return { name, version: '1.0', sha256, downloadMegabytes: 1, diskMegabytes: 2, members };
}

// On a machine without Python nothing can be installed: that is told by the last test.
describe.runIf(hasPip)('an installation', () => {
  let index = '';
  let plan: InstallPlan;
  let site = '';
  beforeEach(() => {
    index = temporaryFolder();
    const library = writeWheel(index, 'library', ['library/lib/own.so'], ['library/lib/own.so']);
    const part = writeWheel(
      index,
      'nvidia-part',
      ['nvidia/part/lib/a.so', 'nvidia/part/bin/tool'],
      ['nvidia/part/'],
    );
    plan = { ...planInstall('lightgbm'), wheels: [library, part] };
    site = join(plan.folder, 'unpacked-library-1.0');
    vi.stubEnv('PIP_NO_INDEX', '1');
    vi.stubEnv('PIP_FIND_LINKS', index);
    vi.stubEnv('MODELWRIGHT_PYTHON', python);
  });

  test('lays the wheels out beside each other, with their licences, and leaves the rest out', async () => {
    await install(plan, watch());
    expect(stages).toEqual([
      'Downloading library 1.0 (1 MB, 1 of 2)',
      'Downloading nvidia-part 1.0 (1 MB, 2 of 2)',
    ]);
    const files = readdirSync(site, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name).slice(site.length + 1));
    const facts = ['METADATA', 'RECORD', 'WHEEL', 'licenses/License.txt'];
    expect(files.sort()).toEqual([
      ...facts.map((name) => `library-1.0.dist-info/${name}`),
      'library/lib/own.so',
      'nvidia/part/bin/tool',
      'nvidia/part/lib/a.so',
      ...facts.map((name) => `nvidia_part-1.0.dist-info/${name}`),
    ]);
    expect(statSync(join(site, 'nvidia/part/bin/tool')).mode & 0o111).toBe(0o111);
    expect(readFileSync(join(plan.folder, 'own.so'), 'utf8')).toBe('library/lib/own.so');
    expect(readdirSync(plan.folder).sort()).toEqual(['install.log', 'own.so', 'unpacked-library-1.0']);
  });

  test('goes on where it was broken off: what is there whole is not fetched again', async () => {
    await install(plan, watch());
    // As after a kill between two members, and in the middle of a download.
    rmSync(join(site, 'nvidia_part-1.0.dist-info'), { recursive: true });
    mkdirSync(join(`${site}.partial`, 'nvidia', 'part'), { recursive: true });
    mkdirSync(join(plan.folder, 'download'));
    rmSync(join(index, 'library-1.0-py3-none-manylinux_2_17_x86_64.whl'));
    stages = [];
    await install(plan, watch());
    expect(stages).toEqual(['Downloading nvidia-part 1.0 (1 MB)', 'Unpacking']);
    expect(readFileSync(join(site, 'nvidia/part/lib/a.so'), 'utf8')).toBe('nvidia/part/lib/a.so');
    expect(existsSync(`${site}.partial`)).toBe(false);
    rmSync(index, { recursive: true });
    stages = [];
    await install(plan, watch());
    expect(stages).toEqual([]);
  });

  test('a file with another checksum is refused, and nothing of it is kept', async () => {
    const [library, part] = plan.wheels;
    const changed = { ...(part ?? library), sha256: 'f'.repeat(64) };
    await expect(install({ ...plan, wheels: [library, changed] }, watch())).rejects.toMatchObject({
      code: 'install-failed',
    });
    expect(existsSync(join(site, 'library', 'lib', 'own.so'))).toBe(true);
    expect(existsSync(join(site, 'nvidia'))).toBe(false);
    expect(readFileSync(join(plan.folder, 'install.log'), 'utf8')).toContain('DO NOT MATCH THE HASHES');
  });
});

test('without Python and pip it is told what to install', async () => {
  vi.stubEnv('MODELWRIGHT_PYTHON', '');
  vi.stubEnv('PATH', temporaryFolder());
  await expect(install(planInstall('lightgbm'), watch())).rejects.toMatchObject({ code: 'install-needs' });
});

/** 3.4 GB to download, 6 GB of disk, some minutes. */
test.runIf(rounds(false, hasPip))(
  'the CUDA build of TensorFlow: its loader finds every library of CUDA, and all that a network takes has a kernel there',
  async () => {
    await install(planInstall('tensorflow', true), watch());
    const addon = tfjsNodeWithAddon() ?? '';
    const loader = koffi
      .load(join(addon, 'deps', 'lib', 'libtensorflow_framework.so.2'))
      .func('void _ZN3tsl8internal9DsoLoader22TryDlopenCUDALibrariesEv(void* status)');
    const status = new BigUint64Array(1);
    loader(status);
    expect(status[0]).toBe(1n); // absl::OkStatus() is one word, 1.
    const device = await describeEngine('tensorflow');
    expect(device).toBe(existsSync('/dev/nvidiactl') ? 'CUDA' : 'this processor');
    expect(missingDevice('cuda')).toBeUndefined(); // Only measuring tells.
    const entry = new URL('../models/mlp/cudaKernelsWorker.mjs', import.meta.url);
    for (const kind of kinds)
      expect(await distanceFromOurs(tensorEngine('tensorflow', { entry }), kind)).toBeLessThan(1e-6);
  },
);
