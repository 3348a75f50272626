/** The names in folders near an experiment: rules ask at every key press, a folder is listed once until it changes. */
import { readdirSync, statSync } from 'node:fs';

const mostFolders = 200;

/** The clocks of file systems are coarse: what changed this lately can change again and look the same. Milliseconds. */
const settled = 100;

interface Listing {
  readonly signature: string;
  readonly names: ReadonlySet<string>;
}

const none: ReadonlySet<string> = new Set();
const listings = new Map<string, Listing>();

/** Empty where there is no such folder, or none that can be read. */
export function namesIn(folder: string): ReadonlySet<string> {
  try {
    const { mtimeMs, ino } = statSync(folder);
    const signature = [mtimeMs, ino].join();
    const known = listings.get(folder);
    if (known?.signature === signature) return known.names;
    const names = new Set(readdirSync(folder));
    if (listings.size >= mostFolders) listings.clear();
    if (Date.now() - mtimeMs > settled) listings.set(folder, { signature, names });
    return names;
  } catch {
    return none;
  }
}
