/** Compiles the kernels of gradient boosting to one WebAssembly file. Run with plain node, or called by the build. */
import { mkdir } from 'node:fs/promises';
import { dirname, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));
/** Where a run from source looks for it. */
const defaultOut = fileURLToPath(new URL('../../../../dist/gbdt.wasm', import.meta.url));

/** Writes the compiled kernels to `outFile`; throws with the compiler's words where they do not compile. */
export async function buildKernels(outFile = defaultOut) {
  await mkdir(dirname(outFile), { recursive: true });
  // The compiler takes paths below its base directory only.
  const options = ['index.ts', '--baseDir', here, '--outFile', relative(here, outFile), '-O3', '--noAssert'];
  const memory = ['--runtime', 'stub', '--importMemory', '--sharedMemory', '--initialMemory', '1', '--maximumMemory', '65536'];
  const { error, stderr } = await asc.main([...options, ...memory, '--enable', 'simd,threads,bulk-memory']);
  if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildKernels(process.argv[2]);
