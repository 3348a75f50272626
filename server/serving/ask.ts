/** One request to a deployment by hand: what Try it sends, and what comes back, whatever it is. */
import { ModelwrightError } from '../catalog/errors.ts';

export interface HandAnswer {
  readonly status: number;
  readonly milliseconds: number;
  readonly body: string;
}

/** Milliseconds: a model that takes longer hangs. */
const patience = 30_000;

/** Posts JSON. @throws ModelwrightError deployment-unreachable, cancelled */
export async function askDeployment(
  { url, path }: { readonly url: string; readonly path: string },
  body: string,
  signal: AbortSignal,
): Promise<HandAnswer> {
  const begun = performance.now();
  try {
    const answer = await fetch(new URL(path, url), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: AbortSignal.any([signal, AbortSignal.timeout(patience)]),
    });
    const text = await answer.text();
    return { status: answer.status, milliseconds: performance.now() - begun, body: text };
  } catch (fault) {
    if (signal.aborted) throw new ModelwrightError('cancelled');
    const cause = fault instanceof Error && fault.cause instanceof Error ? fault.cause : fault;
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ModelwrightError('deployment-unreachable', { url, reason });
  }
}
