import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ruleNamed } from '../../../server/catalog/rules.ts';
import { fields } from '../../../server/config/fields.ts';
import { supportedRules } from '../../../server/lint/engine.ts';
import type { LintContext } from '../../../server/lint/rule.ts';
import { temporaryFolder } from '../../temporary.ts';
import { check, clean, fixed, lint, only } from '../marked.ts';
import { figure, historyOf, resultOf } from '../pastResults.ts';

const candidate = `${clean}gates: [beats baseline]\n`;
const shipped = `${clean}serve: {mode: realtime}\n`;
const of = (rule: string, text: string, more: Partial<LintContext> = {}) => only(lint(text, more), rule);

test('every rule that the schema requires something for is active, and stands in the catalogue at that stage', () => {
  const active = new Set(supportedRules());
  for (const { path, requiredFrom } of fields) {
    if (requiredFrom === undefined) continue;
    expect(active.has(requiredFrom.rule), requiredFrom.rule).toBe(true);
    expect([path, ruleNamed(requiredFrom.rule)?.stage]).toEqual([path, requiredFrom.stage]);
  }
});

interface Case {
  readonly rule: string;
  /** With «marks» where the finding stands. */
  readonly fires: string;
  readonly message: string | RegExp;
  readonly twin: string;
  /** What the fix makes of it. */
  readonly mended?: string;
}

const retail = 'problem: {constraints: {throughput: 100/s}, success: [{kpi: rate, baseline: 0.1}]}\n';
const cases: readonly Case[] = [
  // Required by the schema.
  {
    rule: 'no-objective',
    fires: `${clean}«gates»: [beats baseline]\n`,
    message: 'State what decision this improves.',
    twin: `${candidate}problem: {hypothesis: x}\n`,
  },
  {
    rule: 'no-explanation',
    fires: `${clean}«gates»: [beats baseline]\nproblem: {constraints: {interpretability: post-hoc}}\n`,
    message: 'Explanations promised, none configured.',
    twin: `${candidate}problem: {constraints: {interpretability: none}}\n`,
    mended: `${candidate}problem: {constraints: {interpretability: post-hoc}}\nevaluate: {explain: {method: auto}}\n`,
  },
  {
    rule: 'no-latency-budget',
    fires: `${clean}«serve»: {mode: realtime}\n`,
    message: 'No latency target.',
    twin: `${clean}serve: batch\n`,
    mended: `${clean}serve: {mode: realtime, latency: {p95: 100ms}}\n`,
  },
  {
    rule: 'no-load-test',
    fires: `${clean}«serve»: {mode: realtime}\n`,
    message: 'Never stress-tested.',
    twin: `${clean}serve: batch\n`,
  },
  {
    rule: 'tight-coupling',
    fires: `${clean}«serve»: {mode: realtime}\n`,
    message: 'App and model are glued together.',
    twin: `${clean}serve: {endpoint: {version: v2}}\n`,
    mended: `${clean}serve: {mode: realtime, endpoint: {version: v1}}\n`,
  },
  {
    rule: 'stream-no-watermark',
    fires: `${clean}«serve»: stream\n`,
    message: 'Late events are undefined.',
    twin: `${clean}serve: {mode: stream, stream: {late: drop}}\n`,
    mended: `${clean}serve: {mode: stream, stream: {watermark: 1m}}\n`,
  },
  {
    rule: 'unlabelled-process',
    fires: `data: {source: data/churn.csv, «labeling»: {method: human}}\ntarget: churned\ngates: [beats baseline]\n`,
    message: 'How were labels made?',
    twin: `data: {source: data/churn.csv, labeling: {method: human, audit_sample: 50}}\ntarget: churned\ngates: [beats baseline]\n`,
  },
  {
    rule: 'no-decision-record',
    fires: `${clean}serve: {mode: realtime}\n«card»: {owner: me}\nregistry: {promote: {to: production}}\n`,
    message: 'Why this model?',
    twin: `${shipped}card: {owner: me}\nregistry: churn\n`,
  },
  // Refused in writing.
  {
    rule: 'no-slices',
    fires: `${candidate}evaluate: {slices: «[]»}\n`,
    message: 'Only the average is known.',
    twin: candidate,
    mended: `${candidate}evaluate: {slices: auto}\n`,
  },
  {
    rule: 'no-error-analysis',
    fires: `${shipped}evaluate: {errors: «{top: 0, confusion: false}»}\n`,
    message: 'Nobody looked at the failures.',
    twin: `${shipped}evaluate: {errors: {top: 0, confusion: true}}\n`,
    mended: `${shipped}evaluate: {errors: {confusion: true, residuals: true}}\n`,
  },
  {
    rule: 'no-tests',
    fires: `${shipped}run: {tests: «{data: false, model: false}»}\n`,
    message: 'Model code is untested.',
    twin: `${shipped}run: {tests: {data: false}}\n`,
    mended: `${shipped}run: {tests: {data: true, model: true}}\n`,
  },
  {
    rule: 'canary-no-guard',
    fires: `${clean}serve: {rollout: {guard: «[]»}}\n`,
    message: 'Nothing aborts the canary.',
    twin: `${clean}serve: {rollout: {strategy: canary}}\n`,
    mended: `${clean}serve: {rollout: {guard: [error_rate < 1%]}}\n`,
  },
  {
    rule: 'no-prediction-log',
    fires: `${clean}serve: {log: «{sample: 0}»}\n`,
    message: 'No record of predictions.',
    twin: `${clean}serve: {log: {sample: 0.1}}\n`,
    mended: `${clean}serve: {log: {inputs: true, outputs: true}}\n`,
  },
  {
    rule: 'no-autoscale',
    fires: `${clean}${retail}serve: {scale: {max: «1»}}\n`,
    message: 'One replica for 100/s.',
    twin: `${clean}serve: {scale: {max: 1}}\n`,
    mended: `${clean}${retail}serve: {scale: {max: 4}}\n`,
  },
  {
    rule: 'no-api-docs',
    fires: `${clean}serve: {runtime: «triton»}\n`,
    message: 'Callers have no contract.',
    twin: `${clean}serve: {runtime: kserve}\n`,
    mended: `${clean}serve: {runtime: builtin}\n`,
  },
  // Planning.
  {
    rule: 'untuned',
    fires: `${candidate}model: «gbdt»\n`,
    message: 'learning_rate, max_leaves were never tuned: gbdt runs with the defaults that matter most.',
    twin: `${candidate}model: {gbdt: {max_leaves: 15}}\n`,
    mended: `${candidate}model: gbdt\ntune: 30\n`,
  },
  {
    rule: 'no-regularization',
    fires: `${clean}model: {type: mlp, mlp: {dropout: «0»}}\ntrain: {optimizer: {weight_decay: 0}}\n`,
    message: /neither dropout nor weight decay/,
    twin: `${clean}model: {type: mlp, mlp: {dropout: 0}}\n`,
    mended: `${clean}model: {type: mlp, mlp: {dropout: 0.1}}\ntrain: {optimizer: {weight_decay: 0}}\n`,
  },
  {
    rule: 'pretrained-unpinned',
    fires: `${clean}model: {type: transfer, transfer: {base: «hub/net»}}\n`,
    message: '`hub/net` can change under you: it is used without revision and license.',
    twin: `${clean}model: {type: transfer, transfer: {base: hub/net, revision: 5206a32, license: MIT}}\n`,
  },
  {
    rule: 'single-metric',
    fires: `${clean}metric: roc_auc\ntask: binary\n«gates»: [roc_auc >= 0.6]\n`,
    message: 'Nothing guards against gaming `roc_auc`: no second metric and no slice has a gate.',
    twin: `${clean}metric: roc_auc\ngates: [roc_auc >= 0.6, ece <= 0.05]\n`,
    mended: `${clean}metric: roc_auc\ntask: binary\ngates: [roc_auc >= 0.6, log_loss < baseline]\n`,
  },
  {
    rule: 'notebook-soup',
    fires: `${candidate}model: {type: command, command: {train: «jupyter run train.ipynb»}}\n`,
    message: /^Production step is a notebook: `train.ipynb`/,
    twin: `${candidate}model: {type: command, command: {train: python train.py}}\n`,
  },
  // Serving.
  {
    rule: 'feature-unavailable-online',
    fires: `${shipped}features: {store: {view: v1, online: «false»}}\n`,
    message: /^The features of `v1` do not exist at serving time/,
    twin: `${clean}serve: batch\nfeatures: {store: {view: v1, online: false}}\n`,
    mended: `${shipped}features: {store: {view: v1, online: true}}\n`,
  },
  {
    rule: 'optimize-unchecked',
    fires: `${clean}serve: {optimize: {quantize: «int8»}}\n`,
    message: /^Compressed by `quantize`/,
    twin: `${clean}serve: {optimize: {quantize: none}}\n`,
    mended: `${clean}serve: {optimize: {quantize: int8, max_drop: 0.005}}\n`,
  },
  {
    rule: 'pii-in-log',
    fires: `data: {source: data/churn.csv, columns: {city: {pii: name}}}\ntarget: churned\nserve: {log: {redact: «[age]»}}\n`,
    message: '`city` would be logged with every request, and it is personal data.',
    twin: `data: {source: data/churn.csv, columns: {city: {pii: name}}}\ntarget: churned\nserve: {log: {sample: 0.5}}\n`,
    mended: `data: {source: data/churn.csv, columns: {city: {pii: name}}}\ntarget: churned\nserve: {log: {redact: [age, city]}}\n`,
  },
  {
    // Two proportions, 0.1 and 0.105, alpha 0.05, power 0.8: 57,763 in each arm (statsmodels with the same variances).
    rule: 'ab-underpowered',
    fires: `${clean}${retail}serve: {rollout: {hold: «10m», ab: {metric: rate, mde: 5%, sequential: true}}}\n`,
    message: 'Needs 115,526 units to see a change of 5 % in rate, you have at most 60,000 in 10m.',
    twin: `${clean}${retail}serve: {rollout: {hold: 1h, ab: {metric: rate, mde: 5%, sequential: true}}}\n`,
    mended: `${clean}${retail}serve: {rollout: {hold: 1d, ab: {metric: rate, mde: 5%, sequential: true}}}\n`,
  },
  {
    rule: 'ab-peeking',
    fires: `${clean}serve: {rollout: {«ab»: {metric: rate}}}\n`,
    message: /^The guard looks at a test of fixed length/,
    twin: `${clean}serve: {rollout: {guard: [], ab: {metric: rate}}}\n`,
    mended: `${clean}serve: {rollout: {ab: {metric: rate, sequential: true}}}\n`,
  },
  // Monitoring.
  {
    rule: 'estimator-invalid',
    fires: `${clean}task: regression\nmonitor: {performance: {estimate: «cbpe»}}\n`,
    message: /^Estimated quality will be wrong: CBPE needs classes/,
    twin: `${clean}task: binary\nmonitor: {performance: {estimate: cbpe}}\n`,
    mended: `${clean}task: regression\nmonitor: {performance: {estimate: dle}}\n`,
  },
  {
    rule: 'distance-uncalibrated',
    fires: `${clean}monitor: {window: 200, drift: {method: wasserstein, effect: «0.1»}}\n`,
    message: /^Threshold 0.1 is below noise 0.1534/,
    twin: `${clean}monitor: {window: 200, drift: {method: wasserstein, effect: 0.2}}\n`,
    mended: `${clean}monitor: {window: 200, drift: {method: auto, effect: 0.1}}\n`,
  },
  {
    rule: 'alert-no-runbook',
    fires: `${clean}monitor: {alerts: [«{when: error_rate > 1%, severity: page}»]}\n`,
    message: 'This alert wakes somebody, and there is no runbook and no owner: who does what at 3 a.m.?',
    twin: `${clean}monitor: {alerts: [{when: error_rate > 1%, severity: ticket}]}\n`,
  },
  {
    rule: 'alert-no-runbook',
    fires: `${clean}monitor: {alerts: [«{when: error_rate > 1%, severity: page}»]}\ncard: {owner: me}\n`,
    message: /no runbook: who/,
    twin: `${clean}monitor: {alerts: [{when: error_rate > 1%, severity: page}]}\ncard: {owner: me, runbook: docs/runbook.md}\n`,
    mended: `${clean}monitor: {alerts: [{when: error_rate > 1%, severity: page, runbook: docs/runbook.md}]}\ncard: {owner: me}\n`,
  },
  // Governance.
  {
    rule: 'high-risk-unreviewed',
    fires: `${clean}serve: {mode: realtime}\nproblem: {risk: «high»}\n`,
    message: /^High-risk use needs human_review, fairness, card/,
    twin: `${shipped}problem: {risk: medium}\n`,
    mended: `${clean}serve: {mode: realtime, human_review: {sample: 0.05}}\nproblem: {risk: high}\nevaluate: {fairness: {metrics: [equalized_odds]}}\ncard: {owner: 'TODO: Accountable person/team'}\n`,
  },
  {
    rule: 'fairness-unchecked',
    fires: `data: {source: data/churn.csv, columns: {age: «{protected: true}»}}\ntarget: churned\ngates: [beats baseline]\n`,
    message: 'Not tested per group, although `age` is protected.',
    twin: `data: {source: data/churn.csv, columns: {age: {protected: false}}}\ntarget: churned\ngates: [beats baseline]\n`,
    mended: `data: {source: data/churn.csv, columns: {age: {protected: true}}}\ntarget: churned\ngates: [beats baseline]\nevaluate: {fairness: {groups: [age]}}\n`,
  },
  {
    rule: 'fairness-unchecked',
    fires: `data: {source: data/churn.csv, id: customer_id}\ntarget: churned\ngates: [beats baseline]\nproblem: {risk: «medium»}\n`,
    message: /impact on people/,
    twin: `data: {source: data/churn.csv, id: row}\ntarget: churned\nname: machines\ngates: [beats baseline]\nproblem: {risk: medium}\n`,
  },
  {
    rule: 'regulated-use',
    fires: `${shipped}description: «Who gets a loan»\n`,
    message: /^Looks like a high-risk use: "loan" \(credit\)/,
    twin: `${shipped}description: Who gets a letter\n`,
    mended: `${shipped}description: Who gets a loan\ncard: {regulation: {class: high}}\n`,
  },
  {
    rule: 'review-overdue',
    fires: `${shipped}card: {review_by: «2026-02-28»}\n`,
    message: 'Review was due 2026-02-28: look at the model and its card again, then write the next date.',
    twin: `${shipped}card: {review_by: 2026-03-01}\n`,
  },
];

describe.each(cases)('$rule: $message', ({ rule, fires, message, twin, mended }) => {
  const text = fires.replaceAll(/[«»]/g, '');

  test('fires at its place, and is silent on its twin', () => {
    check(rule, fires, message);
    expect(of(rule, twin)).toEqual([]);
  });

  test.runIf(mended !== undefined)('its fix makes it silent', () => {
    const after = fixed(text, of(rule, text)[0]);
    expect(after).toBe(mended);
    expect(of(rule, after)).toEqual([]);
  });

  test('it does not speak before its stage', () => {
    const stage = ruleNamed(rule)?.stage ?? 1;
    const early = text.replace(/^(?:gates|serve|monitor|registry):.*\n/gm, '');
    if (stage > 1) expect(of(rule, early)).toEqual([]);
  });
});

test('env-unlocked: a lock file beside or above the experiment pins it', () => {
  const folder = temporaryFolder();
  const below = join(folder, 'experiments');
  mkdirSync(below);
  const request = { file: join(below, 'a.experiment.yaml'), workspace: folder };
  expect(of('env-unlocked', candidate, { request } as object)).toHaveLength(1);
  writeFileSync(join(folder, 'uv.lock'), '');
  expect(of('env-unlocked', candidate, { request } as object)).toEqual([]);
});

test('estimator-invalid: probabilities of the last result that are no rates', () => {
  const text = `${clean}monitor: {performance: {estimate: cbpe}}\n`;
  const withError = (ece: number) =>
    of('estimator-invalid', text, {
      runs: historyOf([
        resultOf(text, {
          metrics: { test: { roc_auc: figure(0.8), ece: figure(ece) }, valid: {}, train: {} },
        }),
      ]),
    });
  expect(withError(0.1)[0]?.message).toMatch(/calibrated probabilities, and theirs are off by 0\.1/);
  expect(withError(0.06)).toEqual([]);
});

describe('what git keeps', () => {
  const inGit = (text: string, names: readonly string[], folder: string) =>
    lint(text, {
      request: { file: join(folder, 'a.experiment.yaml'), workspace: folder },
      repository: () => ({ tracked: new Set(names.map((name) => join(folder, name))) }),
    });

  test('untracked-config: the file itself, a base, a pointer; large data that are in git', () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'big.csv'), Buffer.alloc(10_000_001));
    writeFileSync(join(folder, 'base.yaml'), 'target: y\n');
    const text = 'extends: base.yaml\ndata: {source: big.csv, version: dvc:main}\ngates: [beats baseline]\n';
    const told = (names: readonly string[]) =>
      only(inGit(text, names, folder), 'untracked-config').map(({ message }) => message);
    expect(told([])).toEqual([
      '`a.experiment.yaml` is not versioned: nobody else can repeat this.',
      '`base.yaml` is not versioned: nobody else can repeat this.',
      '`big.csv.dvc` is not versioned: nobody else can fetch these data.',
    ]);
    const all = ['a.experiment.yaml', 'base.yaml', 'big.csv.dvc'];
    expect(told(all)).toEqual([]);
    expect(told([...all, 'big.csv'])).toEqual([
      '`big.csv` is 10 MB in git, which every clone pays for; pin a version instead.',
    ]);
  });

  test('outside a repository nothing is said', () => {
    expect(of('untracked-config', candidate)).toEqual([]);
    expect(of('untracked-config', candidate, { repository: () => undefined })).toEqual([]);
  });
});
