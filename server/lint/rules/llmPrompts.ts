/** Rules about prompts: variables without a value, secrets, text that could give orders, personal data that leaves. */
import { removeEdit, setEdit, yamlScalar } from '../../config/edits.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { setFix } from '../columns.ts';
import { fixOf } from '../fixes.ts';
import {
  isLocal,
  type LlmSection,
  type LlmTest,
  llmOf,
  type Message,
  type Prompt,
  provided,
  providedNames,
} from '../llm.ts';
import type { Draft, Rule } from '../rule.ts';
import { knownSecret, type Secret, secretKind } from '../secrets.ts';
import { isDelimited, type TemplateVariable, variablesOf } from '../template.ts';

const promptVarUndefined: Rule = {
  id: 'prompt-var-undefined',
  needs: ['text'],
  *run({ loaded }) {
    const section = llmOf(loaded);
    for (const test of section?.tests ?? []) {
      const told = new Set<string>();
      for (const prompt of section?.prompts ?? []) {
        for (const { name, optional } of prompt.messages.flatMap(({ content }) => variablesOf(content))) {
          if (section === undefined || optional || told.has(name)) continue;
          if (Object.hasOwn(test.vars, name) || providedNames(section).includes(name)) continue;
          if (name === 'schema' && prompt.withSchema) continue;
          told.add(name);
          yield undefinedIn(loaded, { test, prompt, name });
        }
      }
    }
  },
};

interface Undefined {
  readonly test: LlmTest;
  readonly prompt: Prompt;
  readonly name: string;
}

function undefinedIn(loaded: LoadedExperiment, { test, prompt, name }: Undefined): Draft {
  const path = test.path === undefined ? 'llm.tests' : `${test.path}.vars`;
  return {
    path: test.path !== undefined && !loaded.source.has(path) ? test.path : path,
    message: `\`{{${name}}}\` of prompt ${prompt.id} has no value in test ${test.id}.`,
    data: { variable: name, test: test.id, prompt: prompt.id },
    fixes:
      test.path === undefined
        ? []
        : fixOf(`Add ${name}`, setEdit(loaded.source, `${test.path}.vars.${name}`, '""')),
  };
}

const promptVarUnused: Rule = {
  id: 'prompt-var-unused',
  needs: ['text'],
  *run({ loaded }) {
    const section = llmOf(loaded);
    if (section === undefined || section.prompts.length === 0) return;
    const used = new Set(
      section.prompts.flatMap(({ messages }) =>
        messages.flatMap(({ content }) => variablesOf(content).map(({ name }) => name)),
      ),
    );
    // What cannot be read may use anything.
    if (unread(section) > 0) return;
    for (const { path, vars, id } of section.tests) {
      for (const name of Object.keys(vars)) {
        // An `assert` among the values is a slip that another rule tells.
        if (path === undefined || used.has(name) || name === 'assert') continue;
        yield {
          path: `${path}.vars.${name}`,
          at: 'key',
          message: `\`${name}\` of test ${id} reaches no prompt.`,
          data: { variable: name, test: id },
          fixes: fixOf(`Remove ${name}`, removeEdit(loaded.source, `${path}.vars.${name}`)),
        };
      }
    }
  },
};

/** Prompts that are named and could not be read. */
function unread({ settings, prompts }: LlmSection): number {
  const named = settings['prompts'];
  return (Array.isArray(named) ? named.length : 1) - prompts.length;
}

const secretInPrompt: Rule = {
  id: 'secret-in-prompt',
  needs: ['text'],
  *run({ loaded }) {
    for (const { prompt, message } of messagesOf(loaded)) {
      const secret = secretOf(message.content);
      if (secret === undefined) continue;
      yield {
        path: message.path ?? fileOf(prompt),
        message: `The prompt carries ${secret.kind}, which every answer can give away.`,
        data: { prompt: prompt.id },
        fixes: withoutFix(loaded, message, secret.text),
      };
    }
  },
};

/** The prefixes of providers anywhere in the text, and single words that are too random to be words. */
function secretOf(text: string): Secret | undefined {
  const known = knownSecret(text);
  if (known !== undefined) return known;
  return text.split(/\s+/).flatMap((word) => {
    const kind = secretKind(word, { key: '', formats: [] });
    return kind === undefined ? [] : [{ kind, text: word }];
  })[0];
}

/** A tool of the runtime may hold it; that the prompt needs none is for a person to see to. */
function withoutFix({ source }: LoadedExperiment, { path }: Message, secret: string): Draft['fixes'] & {} {
  const node = path === undefined ? undefined : source.locate(path)?.node;
  const at = node === undefined ? -1 : source.text.text.slice(node.start, node.end).indexOf(secret);
  if (node === undefined || at < 0) return [];
  const range = source.text.rangeAt(node.start + at, node.start + at + secret.length);
  return fixOf('Take it out of the prompt', [{ range, text: '' }]);
}

const injectionSurface: Rule = {
  id: 'injection-surface',
  needs: ['text'],
  *run({ loaded }) {
    const section = llmOf(loaded);
    if (section === undefined) return;
    for (const { prompt, message } of messagesOf(loaded)) {
      const untrusted = variablesOf(message.content).filter(({ name }) => isUntrusted(name, section));
      const exposed =
        message.role === 'system'
          ? untrusted
          : untrusted.filter((each) => !isDelimited(message.content, each));
      const [first] = exposed;
      if (first === undefined) continue;
      const names = [...new Set(exposed.map(({ name }) => `\`{{${name}}}\``))].join(', ');
      const how =
        message.role === 'system' ? 'stands in the system role' : 'is not marked off from the instructions';
      yield {
        path: message.path ?? fileOf(prompt),
        message: `Untrusted text can give orders: ${names} of prompt ${prompt.id} ${how}.`,
        data: { prompt: prompt.id, variables: exposed.map(({ name }) => name), role: message.role },
        fixes: delimitFix(loaded, message, exposed),
      };
    }
  },
};

/** What comes from a user, a document or a tool; the schema and our own examples do not. */
function isUntrusted(name: string, section: LlmSection): boolean {
  if (provided.examples.some((each) => each === name) || name === 'schema' || name === 'tools') return false;
  return (
    providedNames(section).includes(name) ||
    section.tests.some(({ vars }) => Object.hasOwn(vars, name)) ||
    ['question', 'query', 'input', 'message', 'user', 'text', 'document'].includes(name)
  );
}

/** Only text in this file can be mended here, and only where it stands on one line. */
function delimitFix(
  { source }: LoadedExperiment,
  { path, content, role }: Message,
  exposed: readonly TemplateVariable[],
): Draft['fixes'] & {} {
  if (path === undefined || content.includes('\n') || role === 'system') return [];
  const marked = exposed.toReversed().reduce((text, { name, start, end }) => {
    return `${text.slice(0, start)}<${name}>${text.slice(start, end)}</${name}>${text.slice(end)}`;
  }, content);
  return fixOf('Mark it off', setEdit(source, path, yamlScalar(marked)));
}

const piiToProvider: Rule = {
  id: 'pii-to-provider',
  needs: ['config'],
  *run({ loaded, facts }) {
    const section = llmOf(loaded);
    const safety = section?.settings['safety'];
    const away = section?.providers.filter((provider) => !isLocal(provider)) ?? [];
    if (section === undefined || away.length === 0 || !isMap(safety) || safety['pii'] !== 'none') return;
    const columns = loaded.experiment?.data.columns ?? {};
    const used = new Set(
      messagesOf(loaded).flatMap(({ message }) => variablesOf(message.content).map(({ name }) => name)),
    );
    const declared = Object.entries(columns).filter(([, { pii }]) => pii !== undefined && pii !== false);
    const found = (facts?.profile.columns ?? []).filter(({ texts }) =>
      Object.values(texts?.pii ?? {}).some((share) => share >= 0.01),
    );
    const names = new Set([...declared.map(([name]) => name), ...found.map(({ name }) => name)]);
    for (const name of names) {
      if (!used.has(name)) continue;
      yield {
        path: 'llm.safety.pii',
        message: `\`${name}\` leaves the machine: it is personal data, and ${away.map(({ id }) => id).join(', ')} is told.`,
        data: { column: name, providers: away.map(({ id }) => id) },
        fixes: setFix(loaded, 'llm.safety.pii', 'redact'),
      };
    }
  },
};

function messagesOf(loaded: LoadedExperiment): { prompt: Prompt; message: Message }[] {
  return (llmOf(loaded)?.prompts ?? []).flatMap((prompt) =>
    prompt.messages.map((message) => ({ prompt, message })),
  );
}

function fileOf({ path }: Prompt): string {
  return path === 'llm.prompts' ? path : `${path}.file`;
}

export const llmPromptRules: readonly Rule[] = [
  promptVarUndefined,
  promptVarUnused,
  secretInPrompt,
  injectionSurface,
  piiToProvider,
];
