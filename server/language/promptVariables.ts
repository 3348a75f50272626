/** Variables of prompts: completed within `{{`, and told on hover by the tests that give them. */
import { CompletionItemKind } from 'vscode-languageserver/node';
import { llmOf, providedNames } from '../lint/llm.ts';
import { variablesOf } from '../lint/template.ts';
import type { Suggestion } from './completion/suggestion.ts';
import { code } from './describeColumn.ts';
import type { OpenExperiment } from './openExperiment.ts';
import { placeAt } from './placeAt.ts';

const promptText = /^llm\.prompts\.\d+\.(?:template|messages\.\d+\.content)$/;

/** Undefined where the offset lies in no tag of a prompt that stands in this file. */
export function promptVariablesAt(
  { loaded }: OpenExperiment,
  offset: number,
): { suggestions: Suggestion[]; word: { start: number; end: number } } | undefined {
  const text = loaded.text.text;
  const { line, character } = loaded.text.positionAt(offset);
  const content = loaded.text.lineAt(line);
  const written = /\{\{\{?\s*[#^/&]?\s*([\w-]*)$/.exec(content.slice(0, character))?.[1];
  if (written === undefined || !isPrompt(loaded, offset)) return undefined;
  const after = /^[\w-]*/.exec(content.slice(character))?.[0].length ?? 0;
  const word = { start: offset - written.length, end: offset + after };
  const closed = /^\s*\}\}/.test(text.slice(word.end));
  const suggestions = [...sourcesOf(loaded)].map(([name, told]) => ({
    label: name,
    text: closed ? name : `${name}}}`,
    kind: CompletionItemKind.Variable,
    detail: told,
  }));
  return { suggestions, word };
}

/** Where the prompts of this file name their variables, in the order of the text. */
export function promptVariablesIn({ loaded }: OpenExperiment): { start: number; end: number }[] {
  const { source, text } = loaded;
  const found: { start: number; end: number }[] = [];
  for (let prompt = 0; source.has(`llm.prompts.${prompt}`); prompt++) {
    const paths = [`llm.prompts.${prompt}.template`];
    for (let message = 0; source.has(`llm.prompts.${prompt}.messages.${message}`); message++)
      paths.push(`llm.prompts.${prompt}.messages.${message}.content`);
    for (const path of paths) {
      const node = source.locate(path)?.node;
      if (node?.kind !== 'scalar') continue;
      const written = text.text.slice(node.start, node.end);
      for (const { name, start, end } of variablesOf(written)) {
        const at = node.start + start + Math.max(0, written.slice(start, end).indexOf(name));
        found.push({ start: at, end: at + name.length });
      }
    }
  }
  return found;
}

/** Markdown, of the variable whose tag holds the offset; `start` is where the prompt's text starts. */
export function promptVariableText(
  { loaded }: OpenExperiment,
  offset: number,
): { text: string; start: number; end: number } | undefined {
  const place = isPrompt(loaded, offset) ? placeAt(loaded.source, offset) : undefined;
  if (place === undefined) return undefined;
  const tag = variablesOf(loaded.text.text.slice(place.start, place.end)).find(
    ({ start, end }) => offset >= place.start + start && offset <= place.start + end,
  );
  if (tag === undefined) return undefined;
  const told = sourcesOf(loaded).get(tag.name) ?? 'no test gives it a value';
  const range = { start: place.start + tag.start, end: place.start + tag.end };
  return { text: `${code(tag.name)} · variable of the prompt: ${told}`, ...range };
}

function isPrompt({ source }: OpenExperiment['loaded'], offset: number): boolean {
  const place = placeAt(source, offset);
  return place?.at === 'value' && promptText.test(place.steps.join('.'));
}

/** Each variable that has a value, and who gives it. */
function sourcesOf(loaded: OpenExperiment['loaded']): ReadonlyMap<string, string> {
  const section = llmOf(loaded);
  const counts = new Map<string, number>();
  for (const { vars } of section?.tests ?? [])
    for (const name of Object.keys(vars)) counts.set(name, (counts.get(name) ?? 0) + 1);
  const all = section?.tests.length ?? 0;
  const given = [...counts].map(([name, tests]) => [name, `of ${tests} of ${all} tests`] as const);
  const filled = section === undefined ? [] : providedNames(section);
  return new Map([...filled.map((name) => [name, 'filled in by the run'] as const), ...given]);
}
