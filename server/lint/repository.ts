/** What git knows of the files of a workspace, handed in by the composition root; outside a repository there is none. */

export interface Repository {
  /** Absolute paths. */
  readonly tracked: ReadonlySet<string>;
  /** Whom git would name as the author of a commit here. */
  readonly user?: string;
}
