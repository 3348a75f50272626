/** In a real workbench: what activating the extension costs, and how soon after it the language server answers. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { installWorkbench } from '../.ci/workbench.mjs';
import { launchBrowser, startWorkbench } from '../.ci/workbenchServer.mjs';

/** Milliseconds: loading the bundle and running activate(); from there until the server has answered its first request. */
const goals = { activated: 50, ready: 500 } as const;
const rounds = Number(process.argv[2] ?? 7);

const root = new URL('..', import.meta.url).pathname;
installWorkbench();
const home = mkdtempSync(join(tmpdir(), 'modelwright-bench-'));
const workspace = join(home, 'workspace');
mkdirSync(workspace);
const report = join(home, 'report.jsonl');
writeFileSync(report, '');
const { urlOf, stop } = await startWorkbench({ home, environment: { MODELWRIGHT_BENCH_REPORT: report } });
let browser: Awaited<ReturnType<typeof launchBrowser>> | undefined;
try {
  browser = await launchBrowser(home);
  // The first window also starts what the others find there.
  for (let round = 0; round <= rounds; round++) await openOnce(await browser.newPage());
} finally {
  await browser?.close();
  stop();
}
const lines = readFileSync(report, 'utf8').trim().split('\n').slice(1);
rmSync(home, { recursive: true, force: true, maxRetries: 5 });
const measured = lines.map((line): Record<keyof typeof goals, number> => JSON.parse(line));
const median = (name: keyof typeof goals) =>
  measured.map((each) => each[name]).sort((a, b) => a - b)[Math.floor(measured.length / 2)] ?? Number.NaN;
console.log(measured.map(({ activated, ready }) => `${activated.toFixed(0)}/${ready.toFixed(0)}`).join(' '));
const met = median('activated') <= goals.activated && median('ready') <= goals.ready;
console.log(
  `${met ? 'met' : 'MISSED'}: activated in ${median('activated').toFixed(0)} ms (goal ${goals.activated}), server ready after ${median('ready').toFixed(0)} ms (goal ${goals.ready}), medians of ${measured.length}`,
);
process.exit(met ? 0 : 1);

/** Opens a window that measures, and closes it when it has. */
async function openOnce(page: Awaited<ReturnType<NonNullable<typeof browser>['newPage']>>): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error('the window did not report within 2 minutes')), 120_000);
    const open = async () => {
      await page.exposeFunction('codeAutomationLog', () => undefined);
      await page.exposeFunction('codeAutomationExit', () => {
        clearTimeout(limit);
        resolve();
      });
      await page.goto(urlOf({ workspace, tests: join(root, 'dist/e2e/activation.cjs') }));
    };
    open().catch(reject);
  });
  await page.close();
}
