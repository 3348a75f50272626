/** `npm run bench -- NAME`: runs bench/NAME.ts; its last line is the ratio beside the goal, its exit code the verdict. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { environment24, node24, root } from './node24.mjs';
import { run, setUp } from './setup.mjs';

const [name = '', ...rest] = process.argv.slice(2);
const file = join(root, 'bench', `${name}.ts`);
if (name === '' || !existsSync(file)) {
  const names = readdirSync(join(root, 'bench')).filter((entry) => entry.endsWith('.ts'));
  console.error(`Benchmarks: ${names.map((entry) => entry.replace('.ts', '')).join(', ')}`);
  process.exit(2);
}
setUp();
run(node24(), [file, ...rest], { env: environment24() });
