/** Gates and baselines that a run cannot judge: what they measure, what they compare with, and whether it is there. */

import { parseMetricName } from '../../catalog/metrics.ts';
import { removeEdit } from '../../config/edits.ts';
import type { Gate, Reference, Span } from '../../config/expression/ast.ts';
import { parseGate } from '../../config/expression/gate.ts';
import { whyNotJudged } from '../../config/expression/judgeable.ts';
import { nearest } from '../../config/nearest.ts';
import { isMap } from '../../config/schema/nodes.ts';
import type { Fix } from '../../protocol/finding.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, LintContext, Rule } from '../rule.ts';
import { itemPath } from '../walk.ts';
import { figures, rangeWithin } from './expressions.ts';

const unjudgedGate: Rule = {
  id: 'unsupported-setting',
  needs: ['config'],
  *run(context) {
    for (const { path, text, gate } of gatesOf(context)) {
      const why = whyNotJudged(gate);
      // A word that is no figure at all, or a model that is not there, is told as that.
      if (why === undefined || !isNamed(gate) || missingReference(context, gate) !== undefined) continue;
      yield draftOf(context, path, why.span, {
        message: `The gate \`${text}\` cannot be judged and always fails: ${why.reason}.`,
        data: { path, gate: text },
      });
    }
  },
};

const missingModel: Rule = {
  id: 'unresolved-reference',
  needs: ['config'],
  *run(context) {
    for (const { path, gate } of gatesOf(context)) {
      const missing = missingReference(context, gate);
      if (missing === undefined) continue;
      const draft = draftOf(context, path, missing.span, {
        message: `${missing.what} not found${missing.hint}.`.replace('?.', '?'),
        data: { path, reference: missing.id },
      });
      yield { ...draft, fixes: [...nearFix(draft, missing), ...(draft.fixes ?? [])] };
    }
    for (const name of context.loaded.experiment?.baseline ?? []) {
      const id = /^run:(.+)$/.exec(name)?.[1];
      if (id === undefined || context.runs?.hasRun?.(id) !== false) continue;
      const path = itemPath(context.loaded, 'baseline', name);
      yield draftOf(context, path, undefined, {
        message: `Run \`${id}\` not found (looked in the store of this workspace).`,
        data: { path, reference: id },
      });
    }
  },
};

function gatesOf({ loaded }: LintContext): { path: string; text: string; gate: Gate }[] {
  return (loaded.experiment?.gates ?? []).flatMap((text) => {
    const { ast } = parseGate(text);
    return ast === undefined ? [] : [{ path: itemPath(loaded, 'gates', text), text, gate: ast }];
  });
}

function isNamed(gate: Gate): boolean {
  return (
    gate.kind === 'beats' || figures.test(gate.metric.name) || parseMetricName(gate.metric.name) !== undefined
  );
}

/** Of a variant whose name is near. */
function nearFix({ range }: Draft, { near }: Missing): readonly Fix[] {
  if (range === undefined || near === undefined) return [];
  return fixOf(`Use variant(${near})`, [{ range, text: `variant(${near})` }]);
}

interface Missing {
  readonly near?: string;
  readonly id: string;
  readonly what: string;
  readonly hint: string;
  readonly span: Span;
}

/** A variant that the file does not have, or a run that the store does not. */
function missingReference({ loaded, runs }: LintContext, gate: Gate): Missing | undefined {
  const reference = referenceOf(gate);
  if (reference === undefined || !('id' in reference)) return undefined;
  const { id, span } = reference;
  if (reference.kind === 'run') {
    if (runs?.hasRun?.(id) !== false) return undefined;
    return { id, span, what: `Run \`${id}\``, hint: ' (looked in the store of this workspace)' };
  }
  const variants = isMap(loaded.value) ? loaded.value['variants'] : undefined;
  const names = isMap(variants) ? Object.keys(variants) : [];
  if (names.includes(id)) return undefined;
  const near = nearest(id, names);
  const hint = near === undefined ? ' (looked in `variants`)' : `; did you mean \`${near}\`?`;
  return { id, span, what: `Variant \`${id}\``, hint, ...(near === undefined ? {} : { near }) };
}

function referenceOf(gate: Gate): Reference | undefined {
  if (gate.kind === 'beats') return gate.reference;
  return gate.right.kind === 'reference' ? gate.right.reference : undefined;
}

function draftOf(
  { loaded }: LintContext,
  path: string,
  span: Span | undefined,
  said: Pick<Draft, 'message' | 'data'>,
): Draft {
  const range = span && rangeWithin(loaded, path, span);
  return {
    path,
    ...(range === undefined ? {} : { range }),
    ...said,
    fixes: fixOf(
      path.startsWith('gates') ? 'Remove the gate' : `Remove ${path}`,
      removeEdit(loaded.source, path),
    ),
  };
}

export const gateReachRules: readonly Rule[] = [unjudgedGate, missingModel];
