/** The resolved experiment as a text to read: every setting with who said so beside it. */
import { relative, sep } from 'node:path';
import { Document, isScalar, isSeq, type Pair, visit } from 'yaml';
import { fields } from '../config/fields.ts';
import type { LoadedExperiment, Origin } from '../config/load.ts';

/** YAML that is itself a valid experiment; comments tell where each value comes from. */
export function resolvedText({ experiment, file, workspace, originOf }: LoadedExperiment): string {
  const shown = (path: string) => relative(workspace, path).split(sep).join('/');
  const head = `# ${shown(file)} as a run would read it. Nothing here can be edited; comments say who wrote each value.\n`;
  if (experiment === undefined) return `${head}# There is nothing to resolve: the file could not be read.\n`;
  const document = new Document(inOrder(experiment));
  visit(document, {
    Pair(_, pair, ancestors) {
      const { value } = pair;
      const leaf = isScalar(value) || (isSeq(value) && value.items.every(isScalar));
      if (!leaf || value === null) return;
      if (isSeq(value)) value.flow = true;
      const comment = whence(originOf(pathTo(pair, ancestors)), shown);
      if (!isMultiline(value)) value.comment = ` ${comment}`;
    },
  });
  return head + document.toString({ lineWidth: 0, flowCollectionPadding: false });
}

/** Sections in the order of the language. */
function inOrder(experiment: object): object {
  const entries = Object.entries(experiment).map(([key, value]) => ({
    key,
    value,
    place: sections.indexOf(key),
  }));
  return Object.fromEntries(
    entries.toSorted((a, b) => a.place - b.place).map(({ key, value }) => [key, value]),
  );
}

const sections = fields.map(({ path }) => path).filter((path) => !path.includes('.'));

function isMultiline(value: unknown): boolean {
  return isScalar(value) && typeof value.value === 'string' && value.value.includes('\n');
}

function pathTo(pair: Pair, ancestors: readonly unknown[]): string {
  const steps: string[] = [];
  let child: unknown = pair;
  for (const parent of ancestors.toReversed()) {
    if (isSeq(parent)) steps.unshift(String(parent.items.indexOf(child)));
    else if (isPairLike(parent)) steps.unshift(String(parent.key));
    child = parent;
  }
  return [...steps, String(pair.key)].join('.');
}

function isPairLike(node: unknown): node is Pair {
  return typeof node === 'object' && node !== null && 'key' in node && 'value' in node;
}

const how: Readonly<Record<Origin['how'], string>> = {
  file: 'written in',
  extends: 'from',
  variant: 'from the variant in',
  set: 'from --set',
  vars: 'from a variable in',
  default: 'default',
};

function whence(origin: Origin | undefined, shown: (path: string) => string): string {
  if (origin === undefined || origin.how === 'default') return 'default';
  const line = origin.range === undefined ? '' : `, line ${origin.range.start.line + 1}`;
  const place = origin.file === undefined ? '' : ` ${shown(origin.file)}${line}`;
  const before = origin.chain?.map((link) => JSON.stringify(link.value)).join(', ') ?? '';
  return `${how[origin.how]}${place}${before === '' ? '' : `, instead of ${before}`}`.replaceAll(
    /[\r\n]+/g,
    ' ',
  );
}
