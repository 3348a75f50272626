/** A GPU for tests on a machine without one: the driver in software that comes with Debian's Chromium, which the workbench tests install. */
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folder = '/usr/lib/chromium';
const driver = join(folder, 'vk_swiftshader_icd.json');

/**
 * Lets the processes that this one starts find a GPU. False where there is none: neither the machine's own, which
 * `MODELWRIGHT_WEBGPU=1` promises, nor Chromium's.
 */
export function provideGpu(): boolean {
  if (process.env['MODELWRIGHT_WEBGPU'] !== undefined) return true;
  if (!existsSync(driver)) return false;
  // The loader lies beside the driver, and wants a folder that can be written.
  process.env['LD_LIBRARY_PATH'] = folder;
  process.env['VK_ICD_FILENAMES'] = driver;
  process.env['XDG_RUNTIME_DIR'] ??= tmpdir();
  return true;
}
