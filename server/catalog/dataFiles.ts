/** Which files are tables, by their names: what `init`, completion and “New experiment from data” offer. */

/** Without the dot, in lower case. */
export const dataFileEndings = [
  'csv',
  'tsv',
  'parquet',
  'jsonl',
  'ndjson',
  'json',
  'arrow',
  'feather',
  'sqlite',
  'db',
] as const;

const tables = new RegExp(`.\\.(${dataFileEndings.join('|')})$`, 'i');
/** Files that have a data format's ending but hold settings. */
const settings = /^(package(-lock)?|[jt]sconfig.*|biome|composer|settings|launch|tasks)\.json$/i;

/** `name`: without its folder. */
export function isDataFile(name: string): boolean {
  return tables.test(name) && !settings.test(name);
}

/** `churn` of `churn.csv`: what an experiment over it is called. */
export function dataFileStem(name: string): string {
  return name.replace(/(?<=.)\.[^.]+$/, '');
}
