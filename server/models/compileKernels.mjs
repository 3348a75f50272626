/** Compiles AssemblyScript kernels to WebAssembly files that run on shared memory. Called by the build. */
import { mkdir } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

/** Kernels import each other across families; the compiler takes paths below its base directory only. */
const here = fileURLToPath(new URL('.', import.meta.url));

/** Compiles `family`/kernels/index.ts to `outFile`; throws with the compiler's words where it does not compile. */
export async function compileKernels(family, outFile) {
  await mkdir(dirname(outFile), { recursive: true });
  const entry = `${family}/kernels/index.ts`;
  const options = [entry, '--baseDir', here, '--outFile', relative(here, outFile), '-O3', '--noAssert'];
  const memory = [
    '--runtime',
    'stub',
    '--importMemory',
    '--sharedMemory',
    '--initialMemory',
    '1',
    '--maximumMemory',
    '65536',
  ];
  // Tables that the compiler adds start behind the slots (HEAP of gradient boosting's layout, which has none).
  options.push('--memoryBase', '2048');
  const features = 'simd,relaxed-simd,threads,bulk-memory';
  const { error, stderr } = await asc.main([...options, ...memory, '--enable', features]);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
}
