/** `modelwright doctor`: what this machine can do, why, and how to get more. */
import { engines } from '../../catalog/engines.ts';
import type { Diagnosis } from '../../protocol/doctor.ts';
import { diagnose } from '../../runs/doctor.ts';
import { table } from '../style.ts';
import { type Declare, declare } from '../terminal.ts';

export const declareDoctor: Declare = (program, act) => {
  declare(program, 'doctor', 'doctor')
    .option('--again', 'measure engines anew')
    .action(
      act(async (terminal, options: { again?: boolean }) => {
        const diagnosis = await diagnose(terminal.workspace, options.again);
        terminal.print(diagnosis, render(diagnosis));
      }),
    );
};

function render({ engines: reports, chosen, reason, machine }: Diagnosis): string {
  const rows = reports.map(({ id, available, device, reason: why, fix }) => [
    id === chosen ? '*' : ' ',
    titleOf(id),
    available ? 'yes' : 'no',
    available ? device : [why, fix].filter((text) => text !== '').join(' '),
  ]);
  const facts = [
    ['Node', `${machine.node} on ${machine.platform}, ${machine.threads} threads`],
    ['glibc', machine.glibc ?? 'unknown'],
    ['DuckDB', machine.duckdb ?? 'missing'],
    ['SQLite', machine.sqlite === null ? 'missing' : `better-sqlite3 ${machine.sqlite}`],
    ['ONNX Runtime', machine.onnxRuntime ?? 'missing'],
    ['Free on disk', `${(machine.freeBytes / 1e9).toFixed(1)} GB in ${machine.workspace}`],
    [
      'File system',
      machine.network === null ? 'local' : `${machine.network}: nothing can be recorded on a network`,
    ],
  ];
  return [...table(rows), '', reason, '', ...table(facts)].join('\n');
}

function titleOf(id: string): string {
  return Object.entries(engines).find(([name]) => name === id)?.[1].title ?? id;
}
