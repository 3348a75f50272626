/** What `doctor` says about a machine, as the terminal prints it and the editor asks for it. */
import * as z from 'zod';
import { call } from './call.ts';

export const diagnosisSchema = z.object({
  engines: z.array(
    z.object({
      id: z.string(),
      available: z.boolean(),
      /** Empty where it is not there. */
      device: z.string(),
      reason: z.string(),
      /** Empty where it is there. */
      fix: z.string(),
    }),
  ),
  /** The engine that a network of two layers of 128 units is trained on. */
  chosen: z.string(),
  reason: z.string(),
  /** `null` where this system does not say. */
  machine: z.object({
    node: z.string(),
    platform: z.string(),
    threads: z.int(),
    glibc: z.string().nullable(),
    duckdb: z.string().nullable(),
    sqlite: z.string().nullable(),
    onnxRuntime: z.string().nullable(),
    workspace: z.string(),
    freeBytes: z.number(),
    /** The kind of network file system that the workspace is on, where nothing can be recorded. */
    network: z.string().nullable(),
  }),
});
export type Diagnosis = z.infer<typeof diagnosisSchema>;

/** Engines that the machine has are measured the first time, in a process of its own: it can take seconds. */
export const diagnoseCall = call('doctor', z.object({ workspace: z.string() }), diagnosisSchema);
