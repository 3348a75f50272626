/** Inlay hints: what the file leaves open and the data or the defaults decide, beside the setting that it belongs to. */
import { type InlayHint, InlayHintKind } from 'vscode-languageserver/node';
import { walk } from '../config/configNode.ts';
import { fields } from '../config/fields.ts';
import { valueAt } from '../config/valueAt.ts';
import { percent } from '../lint/columns.ts';
import type { Position } from '../protocol/finding.ts';
import { grouped } from '../protocol/grouped.ts';
import { valueText } from './describeField.ts';
import { gateResult, gateText } from './gateResults.ts';
import type { OpenExperiment } from './openExperiment.ts';

/** In the order of the file. */
export function inlayHints(open: OpenExperiment): InlayHint[] {
  const hints = [
    ...targetHint(open),
    ...splitHint(open),
    ...modelHint(open),
    ...referenceHints(open),
    ...gateHints(open),
  ];
  return hints.toSorted(
    (a, b) => a.position.line - b.position.line || a.position.character - b.position.character,
  );
}

/** Task, positive class and metric, where they are inferred; the split too where none is written. */
function targetHint(open: OpenExperiment): InlayHint[] {
  const { loaded, facts } = open;
  const target = facts?.target;
  if (target === undefined || target.name !== loaded.experiment?.target) return [];
  const positive = target.task === 'binary' ? target.classes[1] : undefined;
  const share = target.prevalence === null ? '' : `, ${percent(target.prevalence)} of the rows`;
  const parts = [
    ...(loaded.isWritten('task') ? [] : [`task: ${target.task}`]),
    ...(positive === undefined || loaded.isWritten('positive')
      ? []
      : [`positive: ${positive.label}${share}`]),
    ...(loaded.isWritten('metric') ? [] : [`metric: ${target.metric}`]),
    ...(loaded.isWritten('split') ? [] : splitParts(open)),
  ];
  return after(open, 'target', parts);
}

function splitHint(open: OpenExperiment): InlayHint[] {
  return after(open, 'split', splitParts(open));
}

function splitParts({ facts }: OpenExperiment): string[] {
  const split = facts?.split;
  if (split === undefined) return [];
  const { train, valid, test, method, folds } = split;
  const validation = folds >= 2 ? `${folds} folds` : `valid ${grouped(valid.rows)}`;
  return [`${method}: train ${grouped(train.rows)}`, validation, `test ${grouped(test.rows)}`];
}

/** The settings that matter most, as far as nobody wrote them. */
function modelHint(open: OpenExperiment): InlayHint[] {
  const { loaded } = open;
  const type = loaded.experiment?.model.type;
  if (type === undefined || !loaded.source.has('model')) return [];
  const most = fields
    .filter(
      ({ path, impact = 0 }) => impact >= 2 && path.startsWith(`model.${type}.`) && !loaded.isWritten(path),
    )
    .toSorted((a, b) => (b.impact ?? 0) - (a.impact ?? 0))
    .flatMap(({ path }) => {
      const value = valueAt(loaded.experiment, path.split('.'));
      return value === undefined || value === null ? [] : [`${path.split('.').at(-1)}: ${valueText(value)}`];
    });
  return after(open, loaded.source.has('model.type') ? 'model.type' : 'model', most.slice(0, 4));
}

/** `= 2025-07-01` beside a value that is put together from variables. */
function referenceHints({ loaded }: OpenExperiment): InlayHint[] {
  const hints: InlayHint[] = [];
  if (loaded.source.root === undefined) return hints;
  walk(loaded.source.root, (node, path) => {
    if (node.kind !== 'scalar' || typeof node.value !== 'string' || !node.value.includes('${')) return;
    const value = valueAt(loaded.value, path.split('.'));
    if (value === undefined || value === node.value || typeof value === 'object') return;
    hints.push(hint(loaded.text.positionAt(node.end), `= ${valueText(value)}`));
  });
  return hints;
}

function gateHints(open: OpenExperiment): InlayHint[] {
  const { source, text } = open.loaded;
  const gates = source.locate('gates')?.node;
  return (gates?.kind === 'list' ? gates.items : []).flatMap((item) => {
    const result = item.kind === 'scalar' ? gateResult(open, String(item.value)) : undefined;
    return result === undefined
      ? []
      : [hint(text.positionAt(item.end), `${result.passed ? '✓' : '✗'} ${gateText(result)}`)];
  });
}

/** At the end of the setting's line, or of its key where the value comes below. */
function after({ loaded }: OpenExperiment, path: string, parts: readonly string[]): InlayHint[] {
  const range = loaded.source.rangeOf(path);
  if (parts.length === 0 || range === undefined) return [];
  const key = loaded.source.rangeOf(path, 'key');
  const isKey =
    key !== undefined && key.end.line === range.end.line && key.end.character === range.end.character;
  const end = isKey ? { line: range.end.line, character: range.end.character + 1 } : range.end;
  return [hint(end, parts.join(' · '))];
}

const longest = 120;

function hint(position: Position, text: string): InlayHint {
  const label = text.length > longest ? `${text.slice(0, longest - 1)}…` : text;
  return { position, label, kind: InlayHintKind.Type, paddingLeft: true };
}
