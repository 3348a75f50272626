/** Rules about tests of language models that the model has been shown: among its examples, its training rows or its documents. */
import type { LoadedExperiment } from '../../config/load.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { ShingleIndex } from '../../data/split/nearTexts.ts';
import { grouped } from '../../protocol/grouped.ts';
import { filesOf, readRecords, readText } from '../readText.ts';
import type { Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

/** Equal or nearly equal texts (three-word shingles, Jaccard 0.85) of a test and an example; short ones only when equal. */
const fewShotOverlap: Rule = {
  id: 'few-shot-overlap',
  needs: ['text'],
  *run({ loaded }) {
    for (const path of ['llm.examples.from', 'llm.finetune.data']) {
      const pattern = writtenAt(loaded, path);
      if (typeof pattern !== 'string') continue;
      const index = new ShingleIndex();
      const known = new Set<string>();
      const shown = filesOf(loaded, pattern).flatMap((file) => readRecords(loaded, file));
      for (const [key, record] of shown.entries()) {
        for (const text of textsIn(record)) {
          known.add(normalised(text));
          index.add(key, text);
        }
      }
      const tests = testsOf(loaded);
      const seen = tests.filter(({ vars }) =>
        textsIn(vars).some((text) => known.has(normalised(text)) || index.twinsOf(text).length > 0),
      );
      const [first] = seen;
      if (first === undefined) continue;
      yield {
        path,
        message: `${grouped(seen.length)} of ${grouped(tests.length)} tests are in \`${pattern}\`, such as \`${first.id}\`: the model has been shown their answers.`,
        data: { tests: seen.map(({ id }) => id), rows: seen.length },
      };
    }
  },
};

interface Test {
  readonly id: string;
  readonly vars: unknown;
}

function testsOf(loaded: LoadedExperiment): Test[] {
  const tests = writtenAt(loaded, 'llm.tests');
  const records =
    typeof tests === 'string'
      ? filesOf(loaded, tests).flatMap((file) => readRecords(loaded, file))
      : Array.isArray(tests)
        ? tests.filter(isMap)
        : [];
  return records.map((record, index) => ({
    id: String(record['id'] ?? index + 1),
    vars: record['vars'] ?? record,
  }));
}

/** The texts of a record that are more than a label: four words, or twenty characters, and no id. */
function textsIn(record: unknown): string[] {
  if (typeof record === 'string') return isTelling(record) ? [record] : [];
  if (Array.isArray(record)) return record.flatMap(textsIn);
  if (!isMap(record)) return [];
  return Object.entries(record).flatMap(([key, value]) =>
    /^(?:id|assert|tags|role|weight)$/.test(key) ? [] : textsIn(value),
  );
}

function isTelling(text: string): boolean {
  return text.trim().split(/\s+/).length >= 4 || (text.length >= 20 && /\s/.test(text));
}

function normalised(text: string): string {
  return (
    text
      .normalize('NFKC')
      .toLowerCase()
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ');
}

/** A question and its answer, word for word in one document: retrieval then finds the test, not the knowledge. */
const corpusContainsAnswers: Rule = {
  id: 'corpus-contains-answers',
  needs: ['text'],
  *run({ loaded }) {
    const corpus = writtenAt(loaded, 'llm.rag.corpus');
    const golden = writtenAt(loaded, 'llm.rag.golden');
    if (typeof corpus !== 'string' || typeof golden !== 'string') return;
    const pairs = filesOf(loaded, golden)
      .flatMap((file) => readRecords(loaded, file))
      .flatMap(pairOf);
    if (pairs.length === 0) return;
    const held = new Map<string, number>();
    for (const file of filesOf(loaded, corpus)) {
      const document = ` ${normalised(readText(loaded, file) ?? '')} `;
      const pairsHere = pairs.filter(
        ([question, answer]) => document.includes(` ${question} `) && document.includes(` ${answer} `),
      );
      if (pairsHere.length > 0) held.set(file, pairsHere.length);
    }
    const [worst] = [...held].sort(([, a], [, b]) => b - a);
    if (worst === undefined) return;
    const [file, rows] = worst;
    yield {
      path: 'llm.rag.corpus',
      message: `\`${file}\` holds ${grouped(rows)} of ${grouped(pairs.length)} golden questions with their answers: the corpus contains the test.`,
      data: { file, rows, files: [...held.keys()] },
    };
  },
};

function pairOf(record: Readonly<Record<string, unknown>>): [string, string][] {
  const textOf = (...keys: string[]) => {
    const found = keys.map((key) => record[key]).find((value) => typeof value === 'string');
    return typeof found === 'string' ? normalised(found) : '';
  };
  const question = textOf('question', 'query', 'input', 'prompt');
  const answer = textOf('answer', 'expected', 'output', 'reference');
  // A short answer, such as a year, stands in many documents by chance.
  return question.split(' ').length >= 4 && answer.split(' ').length >= 3 ? [[question, answer]] : [];
}

export const overlapRules: readonly Rule[] = [fewShotOverlap, corpusContainsAnswers];
