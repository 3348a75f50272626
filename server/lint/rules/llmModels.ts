/** Rules about the models that answer and judge: names that change, judges in their own cause, tools that act alone. */
import { resolve } from 'node:path';
import { isMap } from '../../config/schema/nodes.ts';
import { readRows } from '../besides.ts';
import { setFix } from '../columns.ts';
import { listOf, llmOf, type Provider, words } from '../llm.ts';
import type { Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

const modelUnpinned: Rule = {
  id: 'model-unpinned',
  needs: ['text'],
  *run({ loaded }) {
    for (const provider of llmOf(loaded)?.providers ?? []) {
      if (provider.model === '' || isPinned(provider)) continue;
      yield {
        path: loaded.source.has(`${provider.path}.model`) ? `${provider.path}.model` : provider.path,
        message: `\`${provider.model}\` may change silently: it has neither a date nor a revision.`,
        data: { model: provider.model },
      };
    }
  },
};

/** A date of a release (2024-08-06, 20240806, 0613), a content hash, or a revision of its own. */
function isPinned({ model, revision }: Provider): boolean {
  if (revision !== undefined && !/^(?:main|master|latest|head)$/i.test(revision)) return true;
  if (/latest/i.test(model)) return false;
  return /(?:\d{4}-?\d{2}-?\d{2}|[-@:](?:\d{4}|\d{6})$|@sha256:|sha256:[0-9a-f]{8,}|@[0-9a-f]{7,}$)/.test(
    model,
  );
}

const judgeIsContestant: Rule = {
  id: 'judge-is-contestant',
  needs: ['text'],
  *run({ loaded }) {
    const section = llmOf(loaded);
    const judge = section?.settings['judge'];
    const named = isMap(judge) ? words(judge['provider']) : undefined;
    if (section === undefined || named === undefined) return;
    const same = section.providers.find(({ id, model }) => id === named || model === named);
    const kin = section.providers.find(
      ({ model }) => familyOf(model) !== '' && familyOf(model) === familyOf(named),
    );
    const favoured = same ?? kin;
    if (favoured === undefined) return;
    yield {
      path: 'llm.judge.provider',
      message:
        same === undefined
          ? `Judge favours itself: ${named} is of the family of ${favoured.id}, which it judges.`
          : `Judge favours itself: ${named} is under test here.`,
      data: { judge: named, contestant: favoured.id },
    };
  },
};

/** `gpt` of `openai:gpt-4o-mini`, `llama` of `meta/llama-3.1-8b`. */
function familyOf(model: string): string {
  const name = model.split(/[:/]/).at(-1) ?? model;
  return /^[a-z]{3,}/i.exec(name)?.[0].toLowerCase() ?? '';
}

const judgeUncalibrated: Rule = {
  id: 'judge-uncalibrated',
  needs: ['text'],
  *run({ loaded }) {
    const judge = llmOf(loaded)?.settings['judge'];
    if (!isMap(judge) || judge['provider'] === undefined) return;
    if (isMap(judge['calibrate']) && judge['calibrate']['file'] !== undefined) return;
    yield {
      path: 'llm.judge',
      at: 'key',
      message:
        'Nobody knows how well the judge agrees with people: there are no answers that people have judged.',
      data: { judge: judge['provider'] },
      fixes: setFix(loaded, 'llm.judge.calibrate', '{file: labels.jsonl}'),
    };
  },
};

const judgeUnswapped: Rule = {
  id: 'judge-unswapped',
  needs: ['text'],
  *run({ loaded }) {
    if (writtenAt(loaded, 'llm.judge.swap') !== false) return;
    yield {
      path: 'llm.judge.swap',
      message:
        'Order decides verdicts: judges prefer one place in about a third of all pairs, and only one order is asked.',
      fixes: setFix(loaded, 'llm.judge.swap', 'true'),
    };
  },
};

const excessiveAgency: Rule = {
  id: 'excessive-agency',
  needs: ['text'],
  *run({ loaded }) {
    for (const [index, tool] of listOf(llmOf(loaded)?.settings['tools']).entries()) {
      if (!isMap(tool) || tool['effect'] !== 'write') continue;
      if (![undefined, null, false, 'never'].includes(tool['approve'] as null)) continue;
      const path = `llm.tools.${index}`;
      yield {
        path: loaded.source.has(`${path}.approve`) ? `${path}.approve` : path,
        message: `\`${String(tool['name'])}\` can act alone: it writes, and nobody has to agree.`,
        data: { tool: tool['name'] },
        fixes: setFix(loaded, `${path}.approve`, 'always'),
      };
    }
  },
};

/** Where examples say what they are examples of. */
const labels: readonly string[] = ['label', 'class', 'category', 'output', 'answer', 'target', 'completion'];

const fewShotSkewed: Rule = {
  id: 'few-shot-skewed',
  needs: ['text'],
  *run({ loaded }) {
    const examples = llmOf(loaded)?.settings['examples'];
    const from = isMap(examples) ? words(examples['from']) : undefined;
    if (!isMap(examples) || from === undefined || examples['select'] === 'diverse') return;
    const rows = readRows(resolve(loaded.directory, from));
    const label = labels.find(
      (each) => rows.length >= 5 && rows.every((row) => typeof row[each] === 'string'),
    );
    if (label === undefined) return;
    const counts = [...Map.groupBy(rows, (row) => String(row[label]))].map(([value, same]) => ({
      value,
      rows: same.length,
    }));
    const [most] = counts.toSorted((a, b) => b.rows - a.rows);
    if (most === undefined || most.rows <= 0.8 * rows.length) return;
    yield {
      path: 'llm.examples.from',
      message: `${most.rows} of ${rows.length} examples are "${most.value}": answers will lean that way.`,
      data: { label: most.value, share: most.rows / rows.length },
      fixes: setFix(loaded, 'llm.examples.select', 'diverse'),
    };
  },
};

export const llmModelRules: readonly Rule[] = [
  modelUnpinned,
  judgeIsContestant,
  judgeUncalibrated,
  judgeUnswapped,
  excessiveAgency,
  fewShotSkewed,
];
