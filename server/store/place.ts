/** Where a workspace's store lies: for those who ask whether there is one before they load what opens it. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';

export const storeFolder = '.modelwright';

/** Whether the workspace has a store already; reading commands must not create one. */
export function hasStore(workspace: string): boolean {
  return existsSync(join(workspace, storeFolder, 'store.db'));
}
