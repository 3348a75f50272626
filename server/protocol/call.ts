/** One request from the extension to the server: its LSP method, and what travels each way. */
import * as z from 'zod';

export interface Call<Params, Result> {
  readonly method: string;
  readonly params: z.ZodType<Params>;
  readonly result: z.ZodType<Result>;
}

export function call<Params, Result>(
  method: string,
  params: z.ZodType<Params>,
  result: z.ZodType<Result>,
): Call<Params, Result> {
  return { method: `modelwright/${method}`, params, result };
}

/** Where nothing is to be answered but that it is done. */
export const nothing = z.object({});
