/** What the extension asks the server of registered models. Paths are absolute. */
import * as z from 'zod';
import { call, nothing } from './call.ts';

/** One version, with the headline of the run that made it. */
export const versionEntrySchema = z.object({
  workspace: z.string(),
  name: z.string(),
  version: z.int(),
  stage: z.enum(['candidate', 'staging', 'production', 'archived']),
  /** `staging` and `production` among them. */
  aliases: z.array(z.string()),
  run: z.string(),
  created: z.string(),
  metric: z.string().nullable(),
  value: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export type VersionEntry = z.infer<typeof versionEntrySchema>;
export type Stage = VersionEntry['stage'];

export const modelEntrySchema = z.object({
  workspace: z.string(),
  name: z.string(),
  /** Newest first. */
  versions: z.array(versionEntrySchema),
});
export type ModelEntry = z.infer<typeof modelEntrySchema>;

const modelPlace = z.object({ workspace: z.string(), name: z.string() });
const versionPlace = modelPlace.extend({ version: z.int() });
export type VersionPlace = z.infer<typeof versionPlace>;

export const lineageSchema = z.object({
  run: z.string(),
  /** Of the experiment. */
  file: z.string(),
  created: z.string(),
  /** Of the model file. */
  hash: z.string(),
  data: z.string(),
  config: z.string(),
  code: z.string(),
  environment: z.string(),
  seed: z.int(),
  /** Running deployments of this version. */
  servedBy: z.array(z.object({ id: z.string(), url: z.string() })),
});
export type Lineage = z.infer<typeof lineageSchema>;

export const auditEntrySchema = z.object({
  time: z.string(),
  user: z.string(),
  version: z.int().nullable(),
  action: z.string(),
  alias: z.string().nullable(),
  previous: z.int().nullable(),
  reason: z.string().nullable(),
});
export type AuditEntry = z.infer<typeof auditEntrySchema>;

/** `force`: although gates have failed; the audit log then says so. */
const force = z.boolean();

export const modelCalls = {
  /** From the first call on, the server reports changes in these workspaces. */
  list: call(
    'models/list',
    z.object({ workspaces: z.array(z.string()) }),
    z.object({ models: z.array(modelEntrySchema) }),
  ),
  /** `name` null: as the experiment says. The same file under the same name stays the version that it is. */
  register: call(
    'models/register',
    z.object({ workspace: z.string(), run: z.string(), name: z.string().nullable(), force }),
    z.object({ name: z.string(), version: z.int(), created: z.boolean() }),
  ),
  promote: call(
    'models/promote',
    versionPlace.extend({ stage: versionEntrySchema.shape.stage, force }),
    nothing,
  ),
  setAlias: call('models/alias', versionPlace.extend({ alias: z.string(), force }), nothing),
  /** The version that the alias stands for now. */
  rollBack: call('models/rollback', modelPlace.extend({ alias: z.string() }), z.object({ version: z.int() })),
  /** `output` ends in `.onnx`, or is a folder that gets the model, its card and its description. */
  export: call(
    'models/export',
    versionPlace.extend({ output: z.string() }),
    z.object({ files: z.array(z.string()) }),
  ),
  lineage: call('models/lineage', versionPlace, lineageSchema),
  /** Oldest first. */
  audit: call('models/audit', modelPlace, z.object({ changes: z.array(auditEntrySchema) })),
} as const;

/** From the server, when the registered models of a workspace changed. */
export const modelsChanged = {
  method: 'modelwright/models/changed',
  params: z.object({ workspace: z.string() }),
} as const;
