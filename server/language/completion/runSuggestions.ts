/** What stands for past runs, variants and baselines where something is compared. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import type { OpenExperiment } from '../openExperiment.ts';
import type { Suggestion } from './suggestion.ts';

const mostRuns = 10;

/** Ids of runs that have finished, the newest first. */
export function runIds({ runs }: OpenExperiment): Suggestion[] {
  return runs
    .filter(({ head }) => head.status === 'finished')
    .slice(0, mostRuns)
    .map(({ head }, rank) => ({
      label: head.id,
      kind: CompletionItemKind.Reference,
      detail: head.started,
      rank,
    }));
}

/** `run:ID`, where a setting takes it. */
export function runReferences(open: OpenExperiment): Suggestion[] {
  return runIds(open).map((each) => ({ ...each, label: `run:${each.label}` }));
}

export function variantNames({ loaded }: OpenExperiment): Suggestion[] {
  const variants = loaded.source.locate('variants')?.node;
  const names = variants?.kind === 'map' ? variants.entries.map(({ key }) => key) : [];
  return names.map((label) => ({ label, kind: CompletionItemKind.Reference }));
}

/** Of `evaluate.compare.to`: all baselines, the champion, each baseline by its name; then what no run of this version compares with. */
export function comparedWith(open: OpenExperiment): Suggestion[] {
  const baselines = (open.loaded.experiment?.baseline ?? []).filter((name) => !name.startsWith('run:'));
  const planned = [
    ...runReferences(open),
    ...variantNames(open).map((each) => ({ ...each, label: `variant(${each.label})` })),
  ];
  return [
    { label: 'baseline', kind: CompletionItemKind.Reference, detail: 'all baselines' },
    { label: 'champion', kind: CompletionItemKind.Reference, detail: 'the version in production' },
    ...baselines.map((label) => ({ label, kind: CompletionItemKind.Reference, detail: 'baseline', rank: 1 })),
    ...planned.map((each, index) => ({ ...each, detail: 'planned', rank: 10 + index })),
  ];
}
