/** Examples of rules about what a candidate and a served model must have: gates, records, serving, monitoring, governance. */
import { candidate, ending, head, of, type RuleExamples, shipped } from './example.ts';

const wrong = `${head}monitor: {alerts: [{when: error_rate > 1%, severity: page`;
const busy = `${head}problem: {constraints: {throughput: 100/s}, success: [{kpi: renewals, baseline: 0.1}]}\n`;

/** Gates, registry, reproducibility. */
const registry = {
  'no-gates': of(shipped, '', 'gates: [beats baseline]\n'),
  'env-unlocked': of(candidate, '', '', {
    by: 'Put a lock file beside or above the experiment, such as `uv.lock` or `package-lock.json`.',
  }),
  'unregistered-served': of(shipped, '', 'registry: churn\n'),
  'no-tests': of(
    shipped,
    'run: {tests: {data: false, model: false}}\n',
    'run: {tests: {data: true, model: true}}\n',
  ),
  'no-ci': of(shipped, '', 'run: {export: [github-actions]}\n'),
  'notebook-soup': of(
    candidate,
    'model: {type: command, command: {train: jupyter run train.ipynb}}\n',
    'model: {type: command, command: {train: python train.py}}\n',
    { files: { 'train.py': 'import pandas as pd\n' } },
  ),
  'untracked-config': of(candidate, '', '', {
    shown: 'In a git repository, of which the experiment is no part.',
    says: '`churn.experiment.yaml` is not versioned: nobody else can repeat this.',
    by: 'Run `git add churn.experiment.yaml`.',
  }),
} satisfies RuleExamples;

const serving = {
  'no-rollback': of(
    head,
    'serve: realtime\n',
    'serve: {mode: realtime, rollback: {to: previous, keep: 2}}\n',
  ),
  'big-bang-rollout': of(
    head,
    'serve: {mode: realtime, rollout: {strategy: all}}\n',
    'serve: {mode: realtime, rollout: {strategy: canary}}\n',
  ),
  'canary-no-guard': of(
    head,
    'serve: {rollout: {strategy: canary, guard: []}}\n',
    'serve: {rollout: {strategy: canary, guard: [error_rate < 1%]}}\n',
  ),
  'no-latency-budget': of(head, 'serve: realtime\n', 'serve: {mode: realtime, latency: {p95: 100ms}}\n'),
  'no-load-test': of(head, 'serve: realtime\n', 'serve: {mode: realtime, load_test: {duration: 60s}}\n'),
  'loose-input': of(
    head,
    'serve: {mode: realtime, input: none}\n',
    'serve: {mode: realtime, input: strict}\n',
  ),
  'feature-unavailable-online': of(
    shipped,
    'features: {store: {view: customers_v1, online: false}}\n',
    'features: {store: {view: customers_v1, online: true}}\n',
  ),
  'tight-coupling': of(head, 'serve: realtime\n', 'serve: {mode: realtime, endpoint: {version: v1}}\n'),
  'no-fallback': of(
    head,
    'serve: {mode: realtime, fallback: none}\n',
    'serve: {mode: realtime, fallback: previous}\n',
  ),
  'optimize-unchecked': of(
    head,
    'serve: {optimize: {quantize: int8}}\n',
    'serve: {optimize: {quantize: int8, max_drop: 0.005}}\n',
  ),
  'no-prediction-log': of(
    head,
    'serve: {log: {sample: 0}}\n',
    'serve: {log: {inputs: true, outputs: true}}\n',
  ),
  'pii-in-log': of(
    'data: {source: data/churn.csv, columns: {city: {pii: address}}}\ntarget: churned\n',
    'serve: {log: {redact: [age]}}\n',
    'serve: {log: {redact: [age, city]}}\n',
  ),
  'ab-underpowered': of(
    busy,
    'serve: {rollout: {hold: 10m, ab: {metric: renewals, mde: 5%, sequential: true}}}\n',
    'serve: {rollout: {hold: 1d, ab: {metric: renewals, mde: 5%, sequential: true}}}\n',
  ),
  'ab-peeking': of(
    head,
    'serve: {rollout: {ab: {metric: renewals}}}\n',
    'serve: {rollout: {ab: {metric: renewals, sequential: true}}}\n',
  ),
  'stream-no-watermark': of(
    head,
    'serve: {mode: stream}\n',
    'serve: {mode: stream, stream: {watermark: 1m}}\n',
  ),
  'no-autoscale': of(busy, 'serve: {scale: {max: 1}}\n', 'serve: {scale: {max: 4}}\n'),
  'no-api-docs': of(head, 'serve: {runtime: triton}\n', 'serve: {runtime: builtin}\n'),
} satisfies RuleExamples;

const monitoring = {
  'no-monitoring': of(shipped, '', 'monitor: 1d\n'),
  'no-drift-detection': of(shipped, 'monitor: {drift: none}\n', 'monitor: {drift: {effect: medium}}\n'),
  'no-performance-signal': of(
    shipped,
    'monitor: {performance: {estimate: none}}\n',
    'monitor: {performance: {estimate: auto}}\n',
  ),
  'uncorrected-tests': of(
    shipped,
    'monitor: {drift: {correction: none}}\n',
    'monitor: {drift: {correction: maxt}}\n',
  ),
  'distance-uncalibrated': of(
    head,
    'monitor: {window: 200, drift: {method: wasserstein, effect: 0.1}}\n',
    'monitor: {window: 200, drift: {method: auto, effect: 0.1}}\n',
  ),
  'reference-is-train': of(head, 'monitor: {reference: train}\n', 'monitor: {reference: test}\n'),
  'alert-no-runbook': of(wrong, '}]}\n', ', runbook: docs/runbook.md}]}\ncard: {owner: churn team}\n'),
  'no-retrain-plan': of(
    shipped,
    'monitor: {window: 1d}\n',
    'monitor: {window: 1d, retrain: {approve: manual}}\n',
  ),
  'auto-retrain-ungated': of(
    head,
    'monitor: {retrain: {approve: auto}}\n',
    'monitor: {retrain: {approve: manual}}\n',
  ),
} satisfies RuleExamples;

const governance = {
  'no-owner': of(shipped, 'card: {license: MIT}\n', 'card: {license: MIT, owner: churn team}\n'),
  'no-card': of(shipped, '', 'card: {owner: churn team}\n'),
  'card-incomplete': of(
    shipped,
    'card: {owner: churn team, intended_use: Whom to call before a contract ends}\n',
    `card:
  owner: churn team
  intended_use: Whom to call before a contract ends
  out_of_scope: Prices
  limitations: [Knows no customers of less than a month]
  ethics: [{risk: Some are never called, mitigation: One call in ten goes to a customer drawn by chance}]
`,
  ),
  'no-datasheet': ending(
    'target: churned\nserve: realtime\n',
    'data: data/churn.csv\n',
    'data: {source: data/churn.csv, datasheet: docs/datasheet.md}\n',
  ),
  'no-decision-record': of(
    `${shipped}registry: {promote: {to: production}}\n`,
    'card: {owner: churn team}\n',
    `card:
  owner: churn team
  decisions: [{date: 2026-02-01, decision: Trees instead of a linear model, why: Three points of AUC more}]
`,
  ),
  'licence-missing': of(shipped, 'card: {owner: churn team}\n', 'card: {owner: churn team, license: MIT}\n'),
  'regulated-use': of(`${shipped}description: Who gets a loan\n`, '', 'card: {regulation: {class: high}}\n'),
  'review-overdue': of(shipped, 'card: {review_by: 2026-02-28}\n', 'card: {review_by: 2027-02-28}\n'),
} satisfies RuleExamples;

export const processExamples = { ...registry, ...serving, ...monitoring, ...governance };
