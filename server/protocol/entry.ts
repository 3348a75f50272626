/** Where the entry file of another process lies: beside this bundle in dist/, or in server/ when run from source. */

export function entryUrl(
  name: 'cli' | 'main' | 'worker' | 'dataWorker' | 'servingWorker' | 'loadWorker' | 'monitorWorker',
): URL {
  const here = import.meta.url;
  return here.endsWith('.ts') ? new URL(`../${name}.ts`, here) : new URL(`./${name}.js`, here);
}
