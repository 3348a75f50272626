/** The composition root of the command. */
import './longLoops.ts';
import './quickStart.ts';
import { startWorkerAhead } from './data/worker/workerProcess.ts';

const argv = process.argv.slice(2);
// Sure to be asked about data: its worker loads beside this process, not after it.
if (argv[0] === 'lint' && !argv.includes('--no-data')) startWorkerAhead();
const { runProgram } = await import('./terminal/program.ts');
await runProgram(argv);
