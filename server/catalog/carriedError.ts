/** A failure on its way between processes and threads: what it is made from crosses, and is put into words on arrival. */
import { type ErrorCode, type ErrorPlace, ModelwrightError } from './errors.ts';

/** Plain values: an object of a class comes out of a message without it. */
export interface CarriedError {
  readonly code: ErrorCode;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly place: ErrorPlace;
}

/** `otherwise` is the code of whatever else was thrown; its sentence is filled with a `reason`. */
export function carriedError(error: unknown, otherwise: ErrorCode): CarriedError {
  if (error instanceof ModelwrightError) {
    const { code, parameters, place } = error;
    return { code, parameters, place };
  }
  const reason = error instanceof Error ? error.message : String(error);
  return { code: otherwise, parameters: { reason }, place: {} };
}

/** The failure as if it had been thrown here. */
export function arrivedError({ code, parameters, place }: CarriedError): ModelwrightError {
  return new ModelwrightError(code, parameters, place);
}
