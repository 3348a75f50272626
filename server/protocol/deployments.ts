/** What the extension asks the server of deployments: served models, their figures, a request by hand, a load test. */
import * as z from 'zod';
import { call, nothing } from './call.ts';

/** Latencies in milliseconds. */
export const deploymentEntrySchema = z.object({
  workspace: z.string(),
  id: z.string(),
  status: z.enum(['running', 'stopped', 'died']),
  url: z.string(),
  pid: z.int(),
  started: z.string(),
  ended: z.string().nullable(),
  /** All its models together; of latencies the slowest model's. */
  requests: z.int(),
  errors: z.int(),
  /** Requests a second over the last ten seconds; 0 once it has ended. */
  rate: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  models: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      run: z.string().nullable(),
      requests: z.int(),
      errors: z.int(),
      rate: z.number(),
      p50: z.number().nullable(),
      p95: z.number().nullable(),
    }),
  ),
});
export type DeploymentEntry = z.infer<typeof deploymentEntrySchema>;

const deploymentPlace = z.object({ workspace: z.string(), id: z.string() });
export type DeploymentPlace = z.infer<typeof deploymentPlace>;

/** What a load test has found so far, or in the end. Milliseconds. */
export const loadFiguresSchema = z.object({
  seconds: z.number(),
  requests: z.int(),
  /** Not answered with 200. */
  errors: z.int(),
  rate: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
});
export type LoadFigures = z.infer<typeof loadFiguresSchema>;

export const deploymentCalls = {
  /** Running ones first, then newest first. From the first call on, the server reports changes in these workspaces. */
  list: call(
    'deployments/list',
    z.object({ workspaces: z.array(z.string()) }),
    z.object({ deployments: z.array(deploymentEntrySchema) }),
  ),
  /** `model`: a reference (cli.md). `port` null: the first free one from the experiment's own on. */
  serve: call(
    'deployments/serve',
    z.object({ workspace: z.string(), model: z.string(), port: z.int().min(0).max(65_535).nullable() }),
    z.object({ id: z.string(), url: z.string() }),
  ),
  stop: call('deployments/stop', deploymentPlace, nothing),
  /** The last predictions, oldest first. */
  logs: call(
    'deployments/logs',
    deploymentPlace.extend({ limit: z.int().min(1).max(10_000) }),
    z.object({ records: z.array(z.record(z.string(), z.unknown())) }),
  ),
  /** A request that can be sent as it is, made of a real row. */
  example: call(
    'deployments/example',
    deploymentPlace,
    z.object({
      path: z.string(),
      record: z.record(z.string(), z.unknown()),
      /** Where the row comes from, in words. */
      origin: z.string(),
    }),
  ),
  /** Posts JSON to the experiment's own endpoint, or to another path of it. */
  ask: call(
    'deployments/ask',
    deploymentPlace.extend({ path: z.string(), body: z.string() }),
    z.object({ status: z.int(), milliseconds: z.number(), body: z.string() }),
  ),
  /** Sends the example row for so long over so many connections. Progress comes as `loadProgress`. */
  loadTest: call(
    'deployments/load',
    deploymentPlace.extend({
      seconds: z.number().min(0.1).max(600),
      connections: z.int().min(1).max(256),
    }),
    loadFiguresSchema,
  ),
} as const;

/** From the server, when a deployment came or ended, or its figures are others. */
export const deploymentsChanged = {
  method: 'modelwright/deployments/changed',
  params: z.object({ workspace: z.string() }),
} as const;

/** From the server, once a second while a load test goes on. */
export const loadProgress = {
  method: 'modelwright/deployments/load/progress',
  params: deploymentPlace.extend({ figures: loadFiguresSchema }),
} as const;
export type LoadProgress = z.infer<typeof loadProgress.params>;
