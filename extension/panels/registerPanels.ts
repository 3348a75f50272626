/** All panels, and what shows each. */
import type { ExtensionContext, WebviewPanel } from 'vscode';
import { telling } from '../failures.ts';
import type { World } from '../world.ts';
import { cardPanel } from './cardPanel.ts';
import { comparePanel } from './comparePanel.ts';
import { dataPanel } from './dataPanel.ts';
import { driftPanel } from './driftPanel.ts';
import { createShower, type PanelKind, type Shower } from './panel.ts';
import { runPanel } from './runPanel.ts';
import { runsPanel } from './runsPanel.ts';

export function registerPanels(
  context: ExtensionContext,
  { server, list, log }: Pick<World, 'server' | 'list' | 'log'>,
): { readonly panels: World['panels']; revive(panel: WebviewPanel, state: unknown): void } {
  const revivers = new Map<string, Shower<unknown>['revive']>();
  const options = { run: (work: () => unknown) => telling(log, work) };
  const register = <Subject, ToPanel, FromPanel>(kind: PanelKind<Subject, ToPanel, FromPanel>) => {
    const { viewType, show, revive } = createShower(context, kind, options);
    revivers.set(viewType, revive);
    return show;
  };
  const compare = register(comparePanel({ server, list }));
  const world = { server, list, compare };
  const panels = {
    compare,
    run: register(runPanel(world)),
    runs: register(runsPanel(world)),
    card: register(cardPanel(world)),
    data: register(dataPanel(world)),
    drift: register(driftPanel({ server })),
  };
  return { panels, revive: (panel, state) => revivers.get(panel.viewType)?.(panel, state) };
}
