/** Shows the data of an experiment, or the rows behind one finding about them. */
import { ViewColumn } from 'vscode';
import { openExperiment } from './experimentEdits.ts';
import { type WantedFinding, wantRows } from './panels/dataPanel.ts';
import type { World } from './world.ts';

/** `finding`: as the quick fix names it; undefined for the table as a whole. */
export async function showData(world: World, given: unknown, finding: unknown): Promise<void> {
  const opened = await openExperiment(world, given);
  if (opened === undefined) return;
  const uri = opened.document.uri.toString();
  const wanted = findingOf(finding);
  if (wanted !== undefined) wantRows(uri, wanted);
  world.panels.data({ uri }, ViewColumn.Beside);
}

function findingOf(given: unknown): WantedFinding | undefined {
  if (typeof given !== 'object' || given === null || !('rule' in given && 'path' in given)) return undefined;
  const column = 'column' in given ? { column: String(given.column) } : {};
  return { rule: String(given.rule), path: String(given.path), ...column };
}
