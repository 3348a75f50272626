/** From model references to what a serving worker is told: references are settled here, once. */
import { basename } from 'node:path';
import type { ServingOrder } from '../protocol/servingMessages.ts';
import { findModel } from './modelReference.ts';

export interface ServingRequest extends Omit<ServingOrder, 'models'> {
  /** Model references (cli.md). */
  readonly references: readonly string[];
}

/** Throws what findModel throws. */
export function servingOrder({ references, ...order }: ServingRequest): ServingOrder {
  return { ...order, models: references.map((reference) => modelOf(order.workspace, reference)) };
}

function modelOf(workspace: string, reference: string): ServingOrder['models'][number] {
  const { path, run, version } = findModel(workspace, reference);
  const { serve, data } = run?.request.experiment ?? {};
  return {
    name: version?.name ?? run?.head.experiment ?? basename(path, '.onnx'),
    version: version === undefined ? (run?.head.id ?? '1') : String(version.version),
    reference,
    path,
    run: run?.head.id ?? null,
    experiment: { ...(serve !== undefined && { serve }), ...(data !== undefined && { data }) },
  };
}
