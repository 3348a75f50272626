/** All panels, and what shows each. */
import type { ExtensionContext } from 'vscode';
import { telling } from '../failures.ts';
import type { World } from '../world.ts';
import { cardPanel } from './cardPanel.ts';
import { comparePanel } from './comparePanel.ts';
import { dataPanel } from './dataPanel.ts';
import { driftPanel } from './driftPanel.ts';
import { registerPanel } from './panel.ts';
import { runPanel } from './runPanel.ts';
import { runsPanel } from './runsPanel.ts';

export function registerPanels(
  context: ExtensionContext,
  { server, list, log }: Pick<World, 'server' | 'list' | 'log'>,
): World['panels'] {
  const options = { run: (work: () => unknown) => telling(log, work) };
  const compare = registerPanel(context, comparePanel({ server, list }), options);
  const world = { server, list, compare };
  return {
    compare,
    run: registerPanel(context, runPanel(world), options),
    runs: registerPanel(context, runsPanel(world), options),
    card: registerPanel(context, cardPanel(world), options),
    data: registerPanel(context, dataPanel(world), options),
    drift: registerPanel(context, driftPanel({ server }), options),
  };
}
