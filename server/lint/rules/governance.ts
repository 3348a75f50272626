/** Rules about who is answerable: high risk, people in the data, regulated fields, reviews that are due. */
import { setEdit, yamlScalar } from '../../config/edits.ts';
import { insertEdits } from '../../config/inserts.ts';
import type { LoadedExperiment } from '../../config/load.ts';
import { toFill } from '../../config/skeleton.ts';
import { nameTokens } from '../../data/facts/names.ts';
import { fixOf } from '../fixes.ts';
import { insertionOf } from '../inserted.ts';
import type { Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

const highRiskUnreviewed: Rule = {
  id: 'high-risk-unreviewed',
  needs: ['text'],
  *run(context) {
    const { loaded } = context;
    if (writtenAt(loaded, 'problem.risk') !== 'high') return;
    const owner = insertionOf(context, 'card.owner');
    const wanted = [
      { path: 'serve.human_review', value: '{sample: 0.05}' },
      { path: 'evaluate.fairness', value: '{metrics: [equalized_odds]}' },
      { path: 'card', value: { owner: owner?.value ?? toFill('Accountable person/team') } },
    ];
    const missing = wanted.filter(({ path }) => !loaded.isWritten(path));
    if (missing.length === 0) return;
    const names = missing.map(({ path }) => path.split('.').at(-1));
    yield {
      path: 'problem.risk',
      message: `High-risk use needs ${names.join(', ')}: a wrong prediction must be seen by somebody.`,
      data: { missing: missing.map(({ path }) => path) },
      fixes: fixOf('Insert the sections, to be filled in', insertEdits(loaded.source, missing)),
    };
  },
};

/** Words for persons, as they name ids, groups, columns and targets. */
const people: readonly string[] = [
  ...[
    'customer',
    'client',
    'patient',
    'person',
    'people',
    'user',
    'subscriber',
    'member',
    'employee',
    'worker',
  ],
  ...[
    'applicant',
    'borrower',
    'student',
    'pupil',
    'driver',
    'tenant',
    'citizen',
    'passenger',
    'child',
    'defendant',
  ],
];

const fairnessUnchecked: Rule = {
  id: 'fairness-unchecked',
  needs: ['config'],
  *run({ loaded, facts }) {
    const { experiment } = loaded;
    if (experiment === undefined || loaded.isWritten('evaluate.fairness')) return;
    const declared = Object.entries(experiment.data.columns).flatMap(([name, contract]) =>
      contract.protected === true ? [name] : [],
    );
    const [first] = declared;
    const risk = writtenAt(loaded, 'problem.risk');
    const risky = (risk === 'medium' || risk === 'high') && aboutPeople(loaded, facts?.profile.columns ?? []);
    if (first === undefined && !risky) return;
    yield {
      path: first === undefined ? 'problem.risk' : `data.columns.${first}`,
      message:
        first === undefined
          ? `A wrong prediction has ${risk} impact on people, and it is not tested per group.`
          : `Not tested per group, although \`${first}\` is protected.`,
      data: { columns: declared },
      fixes: fixOf(
        'Test per group',
        setEdit(
          loaded.source,
          'evaluate.fairness',
          // Which groups there are, only a person can say.
          first === undefined
            ? '{metrics: [equalized_odds]}'
            : `{groups: [${declared.map(yamlScalar).join(', ')}]}`,
        ),
      ),
    };
  },
};

function aboutPeople(loaded: LoadedExperiment, columns: readonly { readonly name: string }[]): boolean {
  const { experiment } = loaded;
  const named = [
    experiment?.data.id,
    experiment?.data.group,
    experiment?.name,
    ...columns.map(({ name }) => name),
  ];
  const tokens = named.flatMap((name) => (name === undefined ? [] : nameTokens(name)));
  return tokens.some((token) => people.includes(token) || people.includes(token.replace(/s$/, '')));
}

/** Fields of Annex III of the EU AI Act and, for medical use, of its Article 6(1); a person must decide. */
const regulated: Readonly<Record<string, readonly string[]>> = {
  hiring: [
    'hiring',
    'hire',
    'recruit',
    'recruiting',
    'recruitment',
    'applicant',
    'applicants',
    'resume',
    'promotion',
    'dismissal',
  ],
  credit: ['credit', 'creditworthiness', 'loan', 'loans', 'mortgage', 'lending', 'borrower', 'borrowers'],
  insurance: ['insurance', 'insurer', 'underwriting', 'policyholder', 'policyholders'],
  education: [
    'education',
    'student',
    'students',
    'exam',
    'exams',
    'admission',
    'admissions',
    'school',
    'university',
  ],
  biometric: ['biometric', 'biometrics', 'fingerprint', 'fingerprints', 'iris', 'face', 'faces', 'facial'],
  medical: [
    'medical',
    'patient',
    'patients',
    'diagnosis',
    'clinical',
    'disease',
    'hospital',
    'tumor',
    'tumour',
    'cancer',
  ],
  justice: ['recidivism', 'defendant', 'defendants', 'parole', 'asylum', 'policing', 'offender', 'offenders'],
};

const regulatedUse: Rule = {
  id: 'regulated-use',
  needs: ['config'],
  *run({ loaded }) {
    if (loaded.isWritten('card.regulation.class')) return;
    // What the card refuses is not what the model is for.
    const told = [
      'name',
      'description',
      'target',
      'problem.objective',
      'problem.outputs',
      'card.intended_use',
    ];
    for (const path of told) {
      const tokens = [writtenAt(loaded, path)]
        .flat()
        .flatMap((text) => (typeof text === 'string' ? nameTokens(text) : []));
      for (const [field, words] of Object.entries(regulated)) {
        const word = tokens.find((token) => words.includes(token));
        // Iris the flower has no eye.
        if (word === undefined || (word === 'iris' && !tokens.includes('eye'))) continue;
        yield {
          path,
          message: `Looks like a high-risk use: "${word}" (${field}), and no \`card.regulation.class\` says what it is.`,
          data: { word, field },
          fixes: fixOf('Class it as high', setEdit(loaded.source, 'card.regulation', '{class: high}')),
        };
        return;
      }
    }
  },
};

const reviewOverdue: Rule = {
  id: 'review-overdue',
  needs: ['text'],
  *run({ loaded, now }) {
    const due = writtenAt(loaded, 'card.review_by');
    if (typeof due !== 'string' || due.slice(0, 10) >= now.toISOString().slice(0, 10)) return;
    yield {
      path: 'card.review_by',
      message: `Review was due ${due}: look at the model and its card again, then write the next date.`,
      data: { due },
    };
  },
};

export const governanceRules: readonly Rule[] = [
  highRiskUnreviewed,
  fairnessUnchecked,
  regulatedUse,
  reviewOverdue,
];
