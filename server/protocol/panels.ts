/** What panels and the extension say to each other: one pair of unions a panel; the first line says who sends it. */
import * as z from 'zod';
import type { Card } from './card.ts';
import type { MonitorDocument } from './monitor.ts';
import type { Failure } from './runMessages.ts';
import type { ExperimentComparison, RunComparisonDocument, RunDetail, RunEntry } from './workbench.ts';

/** To any panel: it cannot show what it is about, and why. */
export interface PanelFailure {
  readonly type: 'failure';
  readonly failure: Pick<Failure, 'code' | 'message' | 'help'>;
}

/** To the run panel: the whole run, then what is new of it. */
export type ToRunPanel = { readonly type: 'run'; readonly run: RunDetail } | PanelFailure;

/** To the runs panel. */
export type ToRunsPanel =
  | {
      readonly type: 'window';
      /** Index of the first row among those that match. */
      readonly from: number;
      readonly rows: readonly RunEntry[];
      readonly matching: number;
      readonly total: number;
      /** Settings that differ among all runs, the most varied first. */
      readonly settings: readonly string[];
      readonly metrics: readonly string[];
      /** Names what is wrong with the filter; empty when nothing is. */
      readonly problem: string;
      /** Fractions of the running ones. */
      readonly progress: Readonly<Record<string, number>>;
    }
  | PanelFailure;

/** To the card panel. */
export type ToCardPanel = { readonly type: 'card'; readonly card: Card; readonly run: string } | PanelFailure;

/** To the compare panel. */
export type ToComparePanel =
  | {
      readonly type: 'comparison';
      readonly comparison: RunComparisonDocument;
      readonly runs: readonly RunEntry[];
    }
  | { readonly type: 'experiments'; readonly comparison: ExperimentComparison }
  | PanelFailure;

/** To the drift panel. */
export type ToDriftPanel =
  | { readonly type: 'working'; readonly replay: boolean }
  | { readonly type: 'stopped' }
  | { readonly type: 'drift'; readonly document: MonitorDocument }
  | PanelFailure;

const ready = z.object({ type: z.literal('ready') });

/** From any panel: a person pressed the button of a command; the host adds what it is about. */
const command = z.object({
  type: z.literal('command'),
  command: z.enum([
    'modelwright.run.stop',
    'modelwright.run.resume',
    'modelwright.run.copyId',
    'modelwright.run.delete',
    'modelwright.run.open',
    'modelwright.run.register',
    'modelwright.run.reproduce',
    'modelwright.card.show',
    'modelwright.runs.show',
    'modelwright.model.serve',
  ]),
});

export const fromRunPanelSchema = z.discriminatedUnion('type', [
  ready,
  command,
  /** Compare with the run before. */
  z.object({ type: z.literal('compare'), with: z.string() }),
  z.object({ type: z.literal('openExperiment') }),
  z.object({ type: z.literal('openFile'), file: z.enum(['model', 'predictions', 'card']) }),
]);

export const runQuerySchema = z.object({
  filter: z.string().max(2000),
  /** `status`, `experiment`, `started`, `duration`, `value` or the path of a setting. */
  sort: z.string(),
  descending: z.boolean(),
  from: z.int().min(0),
  count: z.int().min(1).max(200),
});
export type RunQuery = z.infer<typeof runQuerySchema>;

export const fromRunsPanelSchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('query'), query: runQuerySchema }),
  z.object({ type: z.literal('open'), id: z.string() }),
  z.object({ type: z.literal('compare'), ids: z.array(z.string()).min(2).max(20) }),
  z.object({ type: z.literal('run') }),
]);

export const fromCardPanelSchema = z.discriminatedUnion('type', [
  ready,
  command,
  z.object({ type: z.literal('export'), format: z.enum(['md', 'html', 'json']) }),
  /** Opens the experiment at `card:`, where a person's own words stand. */
  z.object({ type: z.literal('write'), path: z.string() }),
]);

export const fromComparePanelSchema = z.discriminatedUnion('type', [
  ready,
  z.object({ type: z.literal('open'), id: z.string() }),
]);

export const fromDriftPanelSchema = z.discriminatedUnion('type', [
  ready,
  z.object({ type: z.literal('compare'), replay: z.boolean() }),
  z.object({ type: z.literal('stop') }),
  z.object({ type: z.literal('openRun'), id: z.string() }),
]);

export type FromRunPanel = z.infer<typeof fromRunPanelSchema>;
export type FromRunsPanel = z.infer<typeof fromRunsPanelSchema>;
export type FromCardPanel = z.infer<typeof fromCardPanelSchema>;
export type FromComparePanel = z.infer<typeof fromComparePanelSchema>;
export type FromDriftPanel = z.infer<typeof fromDriftPanelSchema>;
