/** One failure that a user can cause, as a row of the error tables. */
export interface ErrorEntry {
  /** Names the thing at fault; `{x}` is filled from the parameters. */
  readonly message: string;
  readonly help: string;
  /** 2: bad usage or bad input, nothing written; 3: the work itself failed. */
  readonly exit: 2 | 3;
}
