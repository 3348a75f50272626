/** Section 15 of the language, retrieval: what is looked up, and how. */
import { planned } from './meta.ts';
import { bool, choice, group, int, number, ratio, text } from './values.ts';

export const rag = planned(
  group({
    corpus: planned(text('path'), 'Documents'),
    chunk: planned(
      group({
        by: planned(choice(['tokens', 'sentence', 'heading', 'semantic']), 'Where it is cut', {
          default: 'heading',
        }),
        size: planned(int({ min: 1 }), 'Tokens', { default: 400 }),
        overlap: planned(int({ min: 0 }), 'Tokens that two share', { default: 40 }),
      }),
      'Chunking',
    ),
    embed: planned(
      group({
        provider: planned(text(), 'Who embeds'),
        model: planned(text(), 'Model'),
        dims: planned(int({ min: 1 }), 'Numbers of a vector'),
      }),
      'Embeddings',
      { defaultText: 'builtin hashed/bm25 (offline)' },
    ),
    index: planned(choice(['flat', 'hnsw', 'bm25', 'hybrid']), 'Vector and lexical index', {
      default: 'hybrid',
    }),
    retrieve: planned(
      group({
        k: planned(int({ min: 1, max: 10_000 }), 'Chunks', { default: 5 }),
        rerank: planned(text(), 'Model that orders them again, or none'),
        mmr: planned(ratio(), 'Weight of variety'),
        min_score: planned(number(), 'Lowest score'),
        filter: planned(text('expr'), 'Documents considered'),
      }),
      'Retrieval strategy',
    ),
    golden: planned(text('path'), 'question -> relevant document ids, for recall@k/MRR/nDCG', {
      requiredFrom: { stage: 1, rule: 'no-retrieval-eval', task: 'rag', insert: 'golden.jsonl' },
    }),
    cite: planned(bool(), 'Require citations', { default: true }),
  }),
  'Retrieval',
  {
    onlyWritten: true,
    appliesTo: { tasks: ['rag'], because: 'only the task rag retrieves' },
  },
);
