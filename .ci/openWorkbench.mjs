/** `npm run workbench [FOLDER]`: opens the example (or a folder) in a real VS Code workbench in the browser, until Ctrl-C. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { root } from './node24.mjs';
import { setUp } from './setup.mjs';
import { installWorkbench } from './workbench.mjs';
import { startWorkbench } from './workbenchServer.mjs';

setUp();
installWorkbench();
const workspace = resolve(process.argv[2] ?? join(root, 'examples'));
const home = mkdtempSync(join(tmpdir(), 'modelwright-workbench-'));
const { urlOf, stop } = await startWorkbench({ home });
console.log(`The workbench is open at\n\n${urlOf({ workspace })}\n\nCtrl-C ends it.`);
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => {
    stop();
    rmSync(home, { recursive: true, force: true, maxRetries: 5 });
    process.exit(0);
  });
}
