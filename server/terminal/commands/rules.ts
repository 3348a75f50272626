/** `modelwright rules`: the rule catalogue, what is active and what is planned. */
import { ModelwrightError } from '../../catalog/errors.ts';
import { type RuleEntry, rules } from '../../catalog/rules.ts';
import { waitingRules } from '../../catalog/waitingRules.ts';
import { supportedRules } from '../../lint/engine.ts';
import { table } from '../style.ts';
import { type Declare, declare } from '../terminal.ts';

export const declareRules: Declare = (program, act) => {
  declare(program, 'rules', 'rules [id]').action(
    act(async (terminal, id: string | undefined) => {
      const chosen = id === undefined ? rules : rules.filter((rule) => rule.id === id);
      if (chosen.length === 0) throw new ModelwrightError('rule-not-found', { id });
      const active = new Set(supportedRules());
      const stateOf = (rule: RuleEntry) => (active.has(rule.id) ? 'active' : 'planned');
      const documents = chosen.map((rule) => ({
        id: rule.id,
        severity: rule.severity,
        level: `${rule.level}${rule.stage}`,
        state: stateOf(rule),
        doc: rule.detects,
      }));
      const words =
        id === undefined ? renderList(documents) : chosen.map((rule) => renderRule(rule, stateOf(rule)));
      terminal.print({ rules: documents }, [words].flat().join('\n'));
    }),
  );
};

function renderList(
  documents: readonly { readonly [name in 'id' | 'severity' | 'level' | 'state' | 'doc']: string }[],
): string {
  const active = documents.filter(({ state }) => state === 'active').length;
  const rows = documents.map(({ id, severity, level, state, doc }) => [id, severity, level, state, doc]);
  const waiting = Object.entries(waitingRules).map(([id, why]) => [id, why]);
  const told = `${active} of ${documents.length} rules are active. The others wait for what they look at:`;
  return [...table(rows), '', told, '', ...table(waiting)].join('\n');
}

function renderRule(rule: RuleEntry, state: string): string {
  return table([
    ['rule', rule.id],
    ['severity', rule.severity],
    ['state', waitingRules[rule.id] === undefined ? state : `${state}: ${waitingRules[rule.id]}`],
    ['detects', rule.detects],
    ['method', rule.method],
    ['message', rule.message],
    ['fix', rule.fix],
  ]).join('\n');
}
