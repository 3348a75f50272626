/** How a person wants experiments to be checked in the editor: when, and whether their data is looked at. */
import * as z from 'zod';
import { ruleNamed } from '../catalog/rules.ts';
import type { Finding } from '../protocol/finding.ts';

const schema = z.object({
  /** `onSave`: findings of a text that has changed wait until it is saved. */
  run: z.enum(['onType', 'onSave']).catch('onType'),
  /** `off`: findings about the data are not told; completion and hover still know its columns. */
  dataRules: z.enum(['on', 'off']).catch('on'),
});
export type LintSettings = z.infer<typeof schema>;

/** What an editor does not say, or says wrongly, is as by default. */
export function readLintSettings(given: unknown): LintSettings {
  return schema.parse(typeof given === 'object' && given !== null ? given : {});
}

/** Out of the settings of `workspace/didChangeConfiguration`; undefined where they are about something else. */
export function changedLintSettings(settings: unknown): LintSettings | undefined {
  const parsed = z.object({ modelwright: z.object({ lint: schema }) }).safeParse(settings);
  return parsed.success ? parsed.data.modelwright.lint : undefined;
}

export function wanted(findings: readonly Finding[], { dataRules }: LintSettings): readonly Finding[] {
  if (dataRules === 'on') return findings;
  return findings.filter(({ rule }) => ['S', undefined].includes(ruleNamed(rule)?.level));
}
