/** `modelwright lsp --stdio`: the language server for editors other than VS Code. */
import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { entryUrl } from '../../protocol/entry.ts';
import { type Declare, declare, type Terminal } from '../terminal.ts';

export const declareLsp: Declare = (program, act) => {
  declare(program, 'lsp', 'lsp')
    .requiredOption('--stdio', 'talk on standard input and output')
    .action(act(lsp));
};

/** The server is a process of its own: this one hands its streams over and ends with it. */
async function lsp({ signal }: Terminal): Promise<void> {
  const server = spawn(process.execPath, [fileURLToPath(entryUrl('main')), '--stdio'], { stdio: 'inherit' });
  const end = () => server.kill();
  signal.addEventListener('abort', end, { once: true });
  process.exitCode = await new Promise<number>((resolve, reject) => {
    server.once('error', reject);
    server.once('exit', (code) => resolve(code ?? 1));
  });
}
