/** What lint says about an open experiment, with facts that may be a moment older than its text. */
import { ruleNamed } from '../catalog/rules.ts';
import { lintExperiment, stageOf } from '../lint/engine.ts';
import type { Finding } from '../protocol/finding.ts';
import type { OpenExperiment } from './openExperiment.ts';

/** Rules over the data that older facts answer as well: they only ask which columns there are. */
const lasting: ReadonlySet<string> = new Set(['column-not-found']);

/**
 * With facts of an older text, a finding about the data is kept where it stood before and nothing new is said: what
 * was taken out of the file goes at once, what was put in waits for the data worker.
 */
export function checkOpen(
  open: Omit<OpenExperiment, 'findings'>,
  before: readonly Finding[],
  now: Date,
): Finding[] {
  const {
    loaded,
    glimpse,
    facts = glimpse,
    failure,
    current,
    history,
    repository,
    missingDevice,
    expectRun,
  } = open;
  const findings = lintExperiment(
    {
      loaded,
      stage: stageOf(loaded),
      ...(facts === undefined ? {} : { facts }),
      ...(failure === undefined || !current ? {} : { failure }),
      ...(history === undefined ? {} : { runs: history }),
      ...(repository === undefined ? {} : { repository }),
      ...(missingDevice === undefined ? {} : { missingDevice }),
      ...(expectRun === undefined ? {} : { expectRun }),
    },
    { now },
  );
  if (current || facts === undefined) return findings;
  const told = new Set(before.map(topicOf));
  return findings.filter(
    (finding) => isStatic(finding) || lasting.has(finding.rule) || told.has(topicOf(finding)),
  );
}

function isStatic({ rule, data }: Finding): boolean {
  const level = ruleNamed(rule)?.level;
  // Past runs are judged by the text alone.
  if (level === 'R') return true;
  // A leak that the expression shows needs no facts, and its number is the last one known.
  return level === 'S' || level === undefined || (rule === 'target-leak' && data['low'] === undefined);
}

function topicOf({ rule, path, data }: Finding): string {
  return JSON.stringify([rule, path, data['column']]);
}
