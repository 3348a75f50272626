/** How loud a rule is: the catalogue's severity, moved by the profile, replaced by `lint.rules`. */
import { isMap } from '../config/schema/nodes.ts';
import type { Severity } from '../protocol/finding.ts';

const profiles: Readonly<Record<string, Readonly<Partial<Record<Severity, Severity>>>>> = {
  relaxed: { warning: 'info', info: 'hint' },
  standard: {},
  strict: { warning: 'error', info: 'warning' },
  regulated: { warning: 'error', info: 'warning' },
};

const written: Readonly<Record<string, Severity | 'off'>> = {
  off: 'off',
  false: 'off',
  hint: 'hint',
  info: 'info',
  warn: 'warning',
  warning: 'warning',
  error: 'error',
};

/** Settings that cannot be read leave the severity as it is; the schema reports them. */
export function severityOf(
  rule: string,
  base: Severity,
  { profile, rules }: { profile: unknown; rules: Readonly<Record<string, unknown>> },
): Severity | 'off' {
  const setting = Object.hasOwn(rules, rule) ? rules[rule] : undefined;
  const asked = isMap(setting) ? setting['severity'] : setting;
  const own = Object.hasOwn(written, String(asked)) ? written[String(asked)] : undefined;
  if (own !== undefined) return own;
  return profiles[typeof profile === 'string' ? profile : 'standard']?.[base] ?? base;
}
