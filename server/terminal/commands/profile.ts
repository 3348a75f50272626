/** `modelwright profile`: what a table holds, column by column. */
import { resolve } from 'node:path';
import type { Profile } from '../../data/profile/columnProfile.ts';
import { plainSpec } from '../../data/spec.ts';
import { startDataClient } from '../../data/worker/client.ts';
import { grouped } from '../../protocol/grouped.ts';
import { number4, printable, type Style, table } from '../style.ts';
import { type Declare, declare, type SharedOptions } from '../terminal.ts';

export const declareProfile: Declare = (program, act) => {
  declare(program, 'profile', 'profile <data>')
    .option('--target <column>', 'show how each column goes with this one')
    .action(
      act(async (terminal, data: string, options: SharedOptions & { target?: string }) => {
        const client = startDataClient();
        try {
          const target = options.target === undefined ? {} : { target: options.target };
          const spec = plainSpec(resolve(terminal.workspace, data));
          const profile = await client.profile(spec, target, terminal.signal);
          terminal.print(profile, renderProfile(profile, terminal.style));
        } finally {
          client.stop();
        }
      }),
    );
};

function renderProfile(profile: Profile, style: Style): string {
  const linked = profile.columns.some((column) => column.link !== undefined);
  const head = [
    'column',
    'kind',
    'missing',
    'distinct',
    'from',
    'median',
    'to',
    ...(linked ? ['link'] : []),
    'most frequent',
  ];
  const rows = profile.columns.map((column) => [
    printable(column.name, 32),
    column.kind,
    column.missing === 0 ? '' : `${number4((100 * column.missing) / profile.rows)} %`,
    grouped(column.distinct),
    short(column.min),
    short(column.quantiles?.['0.5']),
    short(column.max),
    ...(linked ? [short(column.link)] : []),
    column.top
      .slice(0, 3)
      .map(({ value }) => printable(String(value), 16))
      .join(', '),
  ]);
  const [header = '', ...lines] = table([head, ...rows], [2, 3, 4, 5, 6]);
  const title = `${grouped(profile.rows)} rows, ${profile.columns.length} columns, ${profile.hash}`;
  return [title, '', style.dim(header), ...lines].join('\n');
}

function short(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'number' ? number4(value) : printable(String(value), 19);
}
