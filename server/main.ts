/** The composition root of the language server: checks and answers while one types, and never trains. */
import './glimpserAhead.ts';
import { Console } from 'node:console';
import { join } from 'node:path';
import { createConnection, ProposedFeatures } from 'vscode-languageserver/node';
import { startDataClient } from './data/worker/client.ts';
import { missingDevice } from './engines/missingDevice.ts';
import { pastRuns } from './language/pastRuns.ts';
import { startServer } from './language/startServer.ts';
import { wholeMessages } from './language/wholeMessages.ts';
import { watchStores } from './runs/answers/watchStores.ts';
import { serveWorkbench } from './runs/answers/workbench.ts';
import { expectFromFacts } from './runs/estimate/expected.ts';
import { failureOf } from './runs/failure.ts';
import { gitCommit, repositoryOf } from './runs/git.ts';
import { histories } from './runs/history.ts';
import { storeFolder } from './store/place.ts';

const connection = process.argv.includes('--stdio')
  ? createConnection(ProposedFeatures.all, process.stdin, wholeMessages(process.stdout))
  : createConnection(ProposedFeatures.all);
// Standard output may be the editor's: what a library prints goes beside it.
globalThis.console = new Console(process.stderr, process.stderr);
// A fault of ours costs one answer, not the server and what the person has open.
process.on('uncaughtException', (error) => connection.console.error(String(error.stack)));

serveWorkbench(connection);
startServer(connection, {
  data: startDataClient({ glimpses: true }),
  runs: pastRuns(),
  histories: histories(),
  watchRuns: (onChange) => watchStores({ runs: onChange }),
  cacheOf: (workspace) => join(workspace, storeFolder, 'cache'),
  failureOf,
  commitOf: gitCommit,
  repositoryOf,
  missingDevice,
  expectRun: expectFromFacts,
  environment: process.env,
  now: () => new Date(),
});
