/** What kind of file system a folder is on: a store's locks do not hold on a network. */
import { statfsSync } from 'node:fs';

/** Magic numbers of statfs: SQLite's locks do not hold on these. Source: Linux's statfs(2). */
const networkFileSystems = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9P'],
]);

/** The kind of network file system; undefined on a local one. */
export function networkKind(folder: string): string | undefined {
  return networkFileSystems.get(statfsSync(folder).type);
}

/** Bytes that this user can still write there. */
export function freeBytes(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize;
}
