/** Rules about the text itself: values that other readers take otherwise, secrets, paths of one machine. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { isAbsolute, relative, sep } from 'node:path';
import { type ConfigNode, type MapEntry, type ScalarNode, walk } from '../../config/configNode.ts';
import { setEdit, yamlScalar } from '../../config/edits.ts';
import { fieldAt } from '../../config/fields.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import type { Fix, TextEdit } from '../../protocol/finding.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, Rule } from '../rule.ts';
import { secretKind } from '../secrets.ts';
import { readsDifferently } from '../yaml11.ts';
import { fileNamed } from './sources.ts';

const ambiguousScalar: Rule = {
  id: 'ambiguous-scalar',
  needs: ['text'],
  *run({ loaded }) {
    for (const { node, path, entry } of nodesOf(loaded)) {
      if (entry !== undefined) yield* ambiguousKey(loaded, entry, path);
      if (node.kind === 'scalar' && node.style === 'plain') yield* ambiguousValue(loaded, node, path);
    }
  },
};

function* ambiguousValue(loaded: LoadedExperiment, node: ScalarNode, path: string): Iterable<Draft> {
  const { source } = node;
  // Only nulls and numbers that end in zeros can have been meant as text; the place is looked up for them alone.
  const asText = /^(?:null|~)$|\.\d*0$/i.test(source) && wantsText(path);
  const reading = readsDifferently(source, asText);
  // Severities take `off` and false alike.
  if (reading === undefined || (/^off$/i.test(source) && path.startsWith('lint.rules.'))) return;
  // Outside lists a null says that nothing is set.
  if (reading.here === 'null' && !/\.\d+$/.test(path)) return;
  const quoted = reading.here === 'text' || reading.asText;
  const text = quoted ? `'${source}'` : reading.rewritten;
  const edits = text === undefined ? [] : [replaceNode(loaded, node, text)];
  const title = quoted ? 'Quote it' : `Write ${text}`;
  const there = reading.asText
    ? `\`${source}\` is ${reading.here} here; as text it needs quotes.`
    : `\`${source}\` is ${reading.here} here but ${reading.there} in YAML 1.1 readers such as PyYAML.`;
  const range = loaded.text.rangeAt(node.start, node.end);
  yield { path, range, message: there, data: { value: source }, fixes: fixOf(title, edits, !reading.asText) };
}

function* ambiguousKey(loaded: LoadedExperiment, entry: MapEntry, path: string): Iterable<Draft> {
  const written = loaded.text.text.slice(entry.keyStart, entry.keyEnd);
  if (!/^(?:yes|no|on|off)$/i.test(written)) return;
  const range = loaded.text.rangeAt(entry.keyStart, entry.keyEnd);
  const boolean = /^(?:yes|on)$/i.test(written) ? 'true' : 'false';
  const message = `\`${written}\` is text here but ${boolean} in YAML 1.1 readers such as PyYAML.`;
  const edits = [{ range, text: `'${written}'` }];
  yield { path, at: 'key', range, message, data: { value: written }, fixes: fixOf('Quote it', edits, true) };
}

/** Only text will do at this path, so that a number or null there was meant as text. */
function wantsText(path: string): boolean {
  const field = fieldAt(path) ?? fieldAt(path.replace(/\.\d+$/, ''));
  return (
    field !== undefined &&
    field.formats.length > 0 &&
    field.bounds === undefined &&
    field.values === undefined
  );
}

/** The rule `secret-in-prompt` says it better. */
function isPromptText(path: string): boolean {
  return /^llm\.prompts\.\d+\.(?:template|messages\.\d+\.content)$/.test(path);
}

/** No credential is shorter; see secrets.ts. */
const shortestSecret = 8;

const secretInConfig: Rule = {
  id: 'secret-in-config',
  needs: ['text'],
  *run({ loaded }) {
    for (const { node, path, entry } of nodesOf(loaded)) {
      if (node.kind !== 'scalar' || typeof node.value !== 'string') continue;
      if (node.value.length < shortestSecret || isPromptText(path)) continue;
      const field = fieldAt(path) ?? fieldAt(path.replace(/\.\d+$/, ''));
      const kind = secretKind(node.value, { key: entry?.key ?? '', formats: field?.formats ?? [] });
      if (kind === undefined) continue;
      const name = (/([A-Za-z]\w*)(?:\.\d+)*$/.exec(path)?.[1] ?? 'secret').toUpperCase();
      const range = loaded.text.rangeAt(node.start, node.end);
      yield {
        path,
        range,
        message: `This looks like a secret (${kind}); it would be stored with every run.`,
        data: { kind },
        fixes: fixOf(`Move to \${env:${name}}`, [replaceNode(loaded, node, `'\${env:${name}}'`)]),
      };
    }
  },
};

const pathFormats: ReadonlySet<string> = new Set(['path', 'source', 'testPath']);

const absolutePath: Rule = {
  id: 'absolute-path',
  needs: ['text'],
  *run({ loaded }) {
    for (const { node, path } of nodesOf(loaded)) {
      if (node.kind !== 'scalar' || typeof node.value !== 'string') continue;
      const { value } = node;
      if (!/^(?:\/|~|[A-Za-z]:[\\/]|\\\\|file:)/.test(value)) continue;
      const field = fieldAt(path) ?? fieldAt(path.replace(/\.\d+$/, ''));
      if (field === undefined || !field.formats.some((format) => pathFormats.has(format))) continue;
      const message = `\`${value}\` is an absolute path; others cannot run this.`;
      yield { path, message, data: { path: value }, fixes: relativeFix(loaded, path, value) };
    }
  },
};

/** Within the workspace the same file; else the one of that name which is there. */
function relativeFix(loaded: LoadedExperiment, path: string, value: string): readonly Fix[] {
  const inside = isAbsolute(value) && !relative(loaded.workspace, value).startsWith('..');
  if (inside) {
    const short = relative(loaded.directory, value).split(sep).join('/');
    return fixOf(`Make relative: ${short}`, setEdit(loaded.source, path, yamlScalar(short)));
  }
  const same = fileNamed(loaded, value.split(/[\\/]/).at(-1) ?? '');
  return same === undefined ? [] : fixOf(`Use ${same}`, setEdit(loaded.source, path, yamlScalar(same)));
}

interface Walked {
  readonly node: ConfigNode;
  readonly path: string;
  readonly entry?: MapEntry;
}

const walked = new WeakMap<LoadedExperiment, readonly Walked[]>();

/** Walked once for the rules of this file. */
function nodesOf(loaded: LoadedExperiment): readonly Walked[] {
  const known = walked.get(loaded);
  if (known !== undefined) return known;
  const nodes: Walked[] = [];
  walked.set(loaded, nodes);
  if (loaded.source.root === undefined) return nodes;
  walk(loaded.source.root, (node, path, entry) =>
    nodes.push(entry === undefined ? { node, path } : { node, path, entry }),
  );
  return nodes;
}

function replaceNode(loaded: LoadedExperiment, node: ConfigNode, text: string): TextEdit {
  return { range: loaded.text.rangeAt(node.start, node.end), text };
}

export const yamlRules: readonly Rule[] = [ambiguousScalar, secretInConfig, absolutePath];
