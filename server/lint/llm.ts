/** The LLM section as its rules see it: prompts, providers, tests and assertions, each with its place, files read. */
import { resolve } from 'node:path';
import type { LoadedExperiment } from '../config/load.ts';
import { isMap } from '../config/schema/nodes.ts';
import { readRows, readText } from './besides.ts';
import { writtenAt } from './walk.ts';

type Settings = Readonly<Record<string, unknown>>;

export interface Message {
  readonly role: string;
  readonly content: string;
  /** Of the text in this file; undefined where a file of its own holds it. */
  readonly path?: string;
}

export interface Prompt {
  readonly id: string;
  readonly path: string;
  readonly messages: readonly Message[];
  /** As written; absent for prompts in place. */
  readonly file?: string;
  /** The JSON Schema of the answer is part of what is sent. */
  readonly withSchema: boolean;
}

export interface Provider {
  readonly id: string;
  readonly path: string;
  readonly model: string;
  readonly revision?: string;
  readonly endpoint?: string;
  readonly temperature: number;
  readonly maxTokens?: number;
  readonly context?: number;
  /** For a million tokens, asked and answered; absent where none is written. */
  readonly price?: { readonly in: number; readonly out: number };
}

export interface Assertion {
  /** Without `not-`. */
  readonly name: string;
  readonly value: unknown;
  readonly path: string;
}

export interface LlmTest {
  readonly id: string;
  /** Undefined for tests of a file of their own. */
  readonly path?: string;
  readonly vars: Settings;
  readonly assertions: readonly Assertion[];
  readonly weight: number;
}

export interface LlmSection {
  readonly settings: Settings;
  readonly prompts: readonly Prompt[];
  readonly providers: readonly Provider[];
  /** Of this file and of the file that `llm.tests` names. */
  readonly tests: readonly LlmTest[];
  /** Of every test. */
  readonly shared: readonly Assertion[];
}

const sections = new WeakMap<LoadedExperiment, LlmSection | null>();

/** Undefined where the section is not written. What has another form than the language wants is passed over. */
export function llmOf(loaded: LoadedExperiment): LlmSection | undefined {
  const known = sections.get(loaded) ?? read(loaded);
  sections.set(loaded, known);
  return known ?? undefined;
}

function read(loaded: LoadedExperiment): LlmSection | null {
  const settings = writtenAt(loaded, 'llm');
  if (!isMap(settings)) return null;
  return {
    settings,
    prompts: promptsOf(loaded, settings['prompts']),
    providers: listOf(settings['providers']).flatMap((each, i) => providerOf(each, `llm.providers.${i}`)),
    tests: testsOf(loaded, settings['tests']),
    shared: assertionsOf(settings['assert'], 'llm.assert'),
  };
}

function promptsOf({ directory }: LoadedExperiment, prompts: unknown): Prompt[] {
  if (typeof prompts === 'string') {
    const content = readText(resolve(directory, prompts));
    return content === undefined
      ? []
      : [fromFile({ id: prompts, path: 'llm.prompts', file: prompts }, content)];
  }
  return listOf(prompts).flatMap((each, i): Prompt[] => {
    if (!isMap(each)) return [];
    const path = `llm.prompts.${i}`;
    const head = { id: words(each['id']) ?? `${i + 1}`, path, withSchema: each['schema'] !== undefined };
    const file = words(each['file']);
    if (file !== undefined) {
      const content = readText(resolve(directory, file));
      return content === undefined
        ? []
        : [{ ...fromFile({ ...head, file }, content), withSchema: head.withSchema }];
    }
    const template = words(each['template']);
    if (template !== undefined)
      return [{ ...head, messages: [{ role: 'user', content: template, path: `${path}.template` }] }];
    const messages = listOf(each['messages']).flatMap((message, place): Message[] => {
      const [role, content] = isMap(message) ? [words(message['role']), words(message['content'])] : [];
      return role === undefined || content === undefined
        ? []
        : [{ role, content, path: `${path}.messages.${place}.content` }];
    });
    return [{ ...head, messages }];
  });
}

/** A file of Markdown or text is one message of the user; JSON may be a conversation. */
function fromFile(head: { id: string; path: string; file: string }, content: string): Prompt {
  const parsed = head.file.endsWith('.json') ? jsonOf(content) : undefined;
  const messages = listOf(isMap(parsed) ? parsed['messages'] : parsed).flatMap((each): Message[] => {
    const [role, text] = isMap(each) ? [words(each['role']), words(each['content'])] : [];
    return role === undefined || text === undefined ? [] : [{ role, content: text }];
  });
  return {
    ...head,
    withSchema: false,
    messages: messages.length > 0 ? messages : [{ role: 'user', content }],
  };
}

function providerOf(provider: unknown, path: string): Provider[] {
  if (typeof provider === 'string') return [{ id: provider, path, model: provider, temperature: 0 }];
  if (!isMap(provider)) return [];
  const model = words(provider['model']) ?? '';
  const price = provider['price'];
  const [revision, endpoint] = [words(provider['revision']), words(provider['endpoint'])];
  const [maxTokens, context] = [figure(provider['max_tokens']), figure(provider['context'])];
  return [
    {
      id: words(provider['id']) ?? model,
      path,
      model,
      temperature: figure(provider['temperature']) ?? 0,
      ...(revision === undefined ? {} : { revision }),
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(maxTokens === undefined ? {} : { maxTokens }),
      ...(context === undefined ? {} : { context }),
      ...(isMap(price) ? { price: { in: figure(price['in']) ?? 0, out: figure(price['out']) ?? 0 } } : {}),
    },
  ];
}

function testsOf({ directory }: LoadedExperiment, tests: unknown): LlmTest[] {
  if (typeof tests === 'string')
    return readRows(resolve(directory, tests)).map((row, i) => testOf(row, undefined, i));
  return listOf(tests).flatMap((each, i) => (isMap(each) ? [testOf(each, `llm.tests.${i}`, i)] : []));
}

function testOf(test: Settings, path: string | undefined, index: number): LlmTest {
  return {
    id: words(test['id']) ?? `${index + 1}`,
    ...(path === undefined ? {} : { path }),
    vars: isMap(test['vars']) ? test['vars'] : {},
    assertions: assertionsOf(test['assert'], `${path ?? 'llm.tests'}.assert`),
    weight: figure(test['weight']) ?? 1,
  };
}

function assertionsOf(assertions: unknown, path: string): Assertion[] {
  return listOf(assertions).flatMap((each, i): Assertion[] => {
    const place = `${path}.${i}`;
    if (typeof each === 'string') return [{ name: plainName(each), value: true, path: place }];
    if (!isMap(each)) return [];
    return Object.entries(each).map(([name, value]) => ({
      name: plainName(name),
      value,
      path: `${place}.${name}`,
    }));
  });
}

function plainName(name: string): string {
  return name.replace(/^not-/, '');
}

/** It runs on this machine, so that nothing leaves it and nothing is paid. */
export function isLocal({ endpoint, model }: Pick<Provider, 'endpoint' | 'model'>): boolean {
  if (endpoint === undefined) return /^(?:ollama|llamacpp|llama\.cpp|local|vllm|echo|file)[:/]/i.test(model);
  return /^(?:https?:\/\/)?(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0)(?:[:/]|$)/i.test(endpoint);
}

export function isPaid(provider: Provider): boolean {
  const { price } = provider;
  return price === undefined ? !isLocal(provider) : price.in > 0 || price.out > 0;
}

/** Runs of each test: once, or three times where an answer is drawn. */
export function repeatsOf({ settings, providers }: LlmSection): number {
  return figure(settings['repeat']) ?? (providers.some(({ temperature }) => temperature > 0) ? 3 : 1);
}

/** Variables that the runtime fills in by itself, by the section that they come from; the first name is the usual one. */
export const provided = {
  rag: ['context', 'contexts', 'chunks', 'documents', 'passages', 'sources', 'retrieved'],
  examples: ['examples', 'few_shot', 'shots'],
  tools: ['tools'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Those of the sections that are written. */
export function providedNames({ settings }: LlmSection): readonly string[] {
  return Object.entries(provided).flatMap(([part, names]) => (settings[part] === undefined ? [] : names));
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

export function words(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

export function figure(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
