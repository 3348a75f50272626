/** What loading an experiment starts from: its file, flags, and the world around it. */

import type { TextDocument } from './textDocument.ts';
import type { YamlResult } from './yaml/yaml.ts';

export interface LoadRequest {
  /** Absolute. */
  readonly file: string;
  /** The editor's text, where it differs from the file on disk. */
  readonly text?: string;
  /** Absolute folder. */
  readonly workspace: string;
  /** `--set` arguments, `path=value`, in order. */
  readonly overrides?: readonly string[];
  readonly variant?: string;
  /** Absolute path to text; throws when the file cannot be read. */
  readonly readFile?: (path: string) => string;
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The current commit, for `${git.sha}`. */
  readonly git?: () => string | undefined;
  readonly now?: Date;
  /** Whether other experiments extend this file: what it lacks is theirs to write. Asked where something is lacking. */
  readonly isBase?: () => boolean;
  /** Instead of reading the whole text; see `createPartReader`. */
  readonly parse?: (document: TextDocument) => YamlResult;
  /** `value` of the text before: what is equal is taken over, and what was worked out from it is not worked out again. */
  readonly before?: unknown;
}
