/** Rules about what prompts weigh: money against its ceiling, tokens against the context, chunks against the embedder. */
import { resolve } from 'node:path';
import { isMap } from '../../config/schema/nodes.ts';
import type { Fix } from '../../protocol/finding.ts';
import { grouped } from '../../protocol/grouped.ts';
import { readRows } from '../besides.ts';
import { setFix } from '../columns.ts';
import { figure, type LlmSection, llmOf, type Prompt, type Provider, repeatsOf, words } from '../llm.ts';
import { moneyIn } from '../quantities.ts';
import type { Rule, RuleContext } from '../rule.ts';
import { tokensIn } from '../template.ts';

/** Tokens of an answer where no ceiling is written: a paragraph. */
const usualAnswer = 256;

interface Weight {
  /** Of the prompt with the longest values, without what is retrieved. */
  readonly prompt: number;
  readonly chunks: number;
  readonly chunk: number;
  readonly examples: number;
}

/** Four characters are a token; what stands in files that cannot be read weighs nothing. */
function weigh(prompt: Prompt, section: LlmSection, { loaded }: RuleContext): Weight {
  const { settings, tests } = section;
  const text = prompt.messages.reduce((sum, { content }) => sum + tokensIn(content), 0);
  const values = tests.map(({ vars }) =>
    Object.values(vars).reduce<number>((sum, value) => sum + tokensIn(String(value)), 0),
  );
  const { k, size } = retrievalOf(settings);
  const shots = isMap(settings['examples']) ? settings['examples'] : {};
  const from = words(shots['from']);
  const rows = from === undefined ? [] : readRows(resolve(loaded.directory, from));
  const each = rows.reduce((sum, row) => sum + tokensIn(JSON.stringify(row)), 0) / Math.max(1, rows.length);
  return {
    prompt: text + Math.max(0, ...values),
    chunks: k,
    chunk: size,
    examples: Math.ceil((figure(shots['k']) ?? 0) * each),
  };
}

function retrievalOf({ rag }: LlmSection['settings']): { k: number; size: number; overlap: number } {
  if (!isMap(rag)) return { k: 0, size: 0, overlap: 0 };
  const chunk = isMap(rag['chunk']) ? rag['chunk'] : {};
  const retrieve = isMap(rag['retrieve']) ? rag['retrieve'] : {};
  // The defaults of the language.
  return {
    k: figure(retrieve['k']) ?? 5,
    size: figure(chunk['size']) ?? 400,
    overlap: figure(chunk['overlap']) ?? 40,
  };
}

function tokensAsked({ prompt, chunks, chunk, examples }: Weight): number {
  return prompt + chunks * chunk + examples;
}

const contextOverflow: Rule = {
  id: 'context-overflow',
  needs: ['text'],
  *run(context) {
    const section = llmOf(context.loaded);
    for (const provider of section?.providers ?? []) {
      const { context: room, maxTokens = 0 } = provider;
      const [heaviest] = (section?.prompts ?? [])
        .flatMap((prompt) =>
          section === undefined ? [] : [{ prompt, weight: weigh(prompt, section, context) }],
        )
        .toSorted((a, b) => tokensAsked(b.weight) - tokensAsked(a.weight));
      if (room === undefined || heaviest === undefined) continue;
      const { weight, prompt } = heaviest;
      const needed = tokensAsked(weight) + maxTokens;
      if (needed <= room) continue;
      const fits = Math.floor(
        (room - maxTokens - weight.prompt - weight.examples) / Math.max(1, weight.chunk),
      );
      yield {
        path: `${provider.path}.context`,
        message: `About ${grouped(needed)} of ${grouped(room)} tokens: prompt ${prompt.id} (${grouped(weight.prompt)}), ${weight.chunks} chunks of ${weight.chunk}, examples (${grouped(weight.examples)}) and the answer (${grouped(maxTokens)}) do not fit ${provider.id}.`,
        data: { needed, context: room, provider: provider.id },
        fixes:
          weight.chunks > 0 && fits >= 1 ? setFix(context.loaded, 'llm.rag.retrieve.k', String(fits)) : [],
      };
    }
  },
};

const costForecast: Rule = {
  id: 'cost-forecast',
  needs: ['text'],
  *run(context) {
    const section = llmOf(context.loaded);
    const limits = section?.settings['cost'];
    if (section === undefined || !isMap(limits)) return;
    const tests = section.tests.length + (section.tests.length === 0 ? (context.facts?.rows ?? 0) : 0);
    const calls = section.providers.flatMap((provider) =>
      section.prompts.map((prompt) => ({
        provider,
        cost: costOfCall(provider, tokensAsked(weigh(prompt, section, context))),
      })),
    );
    const run = calls.reduce((sum, { cost }) => sum + cost, 0) * tests * repeatsOf(section);
    const cap = moneyIn(limits['per_run']);
    if (cap !== undefined && run > cap) {
      yield {
        path: 'llm.cost.per_run',
        message: `About ${money(run)} for ${grouped(tests)} tests, ${section.prompts.length} prompts, ${section.providers.length} models, ${repeatsOf(section)} times each; the cap is ${money(cap)}.`,
        data: { cost: run, cap, tests },
        fixes: fewerRuns(context.loaded, section, Math.floor((cap / run) * repeatsOf(section))),
      };
    }
    const dearest = calls.toSorted((a, b) => b.cost - a.cost)[0];
    const perCall = moneyIn(limits['per_call']);
    if (dearest === undefined || perCall === undefined || dearest.cost <= perCall) return;
    yield {
      path: 'llm.cost.per_call',
      message: `About ${money(dearest.cost)} for a call of ${dearest.provider.id}; the cap is ${money(perCall)}.`,
      data: { cost: dearest.cost, cap: perCall },
      fixes: shorterAnswers(context.loaded, dearest, perCall),
    };
  },
};

/** As often as the cap allows; tests, prompts and models are for a person to leave out. */
function fewerRuns(loaded: RuleContext['loaded'], section: LlmSection, times: number): readonly Fix[] {
  return times < 1 || times >= repeatsOf(section) ? [] : setFix(loaded, 'llm.repeat', String(times));
}

/** As many tokens of an answer as the cap leaves. */
function shorterAnswers(
  loaded: RuleContext['loaded'],
  { provider, cost }: { readonly provider: Provider; readonly cost: number },
  cap: number,
): readonly Fix[] {
  const { price, maxTokens = usualAnswer, path } = provider;
  if (price === undefined || price.out <= 0) return [];
  const tokens = Math.floor(maxTokens - ((cost - cap) * 1e6) / price.out);
  return tokens < 1 ? [] : setFix(loaded, `${path}.max_tokens`, String(tokens));
}

/** Prices are for a million tokens. */
function costOfCall({ price, maxTokens = usualAnswer }: Provider, asked: number): number {
  return price === undefined ? 0 : (asked * price.in + maxTokens * price.out) / 1e6;
}

function money(value: number): string {
  return String(Number(value.toPrecision(3)));
}

/** Tokens that embedders read of a text; what is longer is cut off. By their model cards. */
const embedders: readonly (readonly [RegExp, number])[] = [
  [/all-minilm|paraphrase-minilm/i, 256],
  [/all-mpnet|bge-(?:small|base|large)|e5-(?:small|base|large)|gte-(?:small|base|large)|mxbai-embed/i, 512],
  [/text-embedding-(?:ada|3)|nomic-embed|bge-m3|jina-embeddings/i, 8191],
];

const chunkMisfit: Rule = {
  id: 'chunk-misfit',
  needs: ['text'],
  *run({ loaded }) {
    const settings = llmOf(loaded)?.settings;
    if (settings === undefined || !isMap(settings['rag'])) return;
    const { size, overlap } = retrievalOf(settings);
    if (overlap >= size) {
      const tenth = Math.floor(size / 10);
      yield {
        path: 'llm.rag.chunk.overlap',
        message: `Chunks of ${size} tokens share ${overlap}: each repeats the last, and none goes on.`,
        data: { size, overlap },
        fixes: setFix(loaded, 'llm.rag.chunk.overlap', String(tenth)),
      };
    }
    const embed = isMap(settings['rag']['embed']) ? words(settings['rag']['embed']['model']) : undefined;
    const limit = embedders.find(([pattern]) => pattern.test(embed ?? ''))?.[1];
    if (embed === undefined || limit === undefined || size <= limit) return;
    yield {
      path: 'llm.rag.chunk.size',
      message: `${embed} reads ${limit} tokens; of chunks of ${size} the rest is not searched.`,
      data: { size, limit },
      fixes: setFix(loaded, 'llm.rag.chunk.size', String(limit)),
    };
  },
};

export const llmCostRules: readonly Rule[] = [contextOverflow, costForecast, chunkMisfit];
