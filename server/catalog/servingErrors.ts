/** Failures of the registry and of serving. Part of the table in errors.ts. */
import type { ErrorEntry } from './errorEntry.ts';

export const servingErrors = {
  'model-name-unusable': {
    message: '`{name}` cannot be the name of a model: {reason}.',
    help: 'Use up to 200 letters, digits, spaces, points, hyphens and underscores, starting with a letter or a digit.',
    exit: 2,
  },
  'alias-unusable': {
    message: '`{alias}` cannot be an alias: {reason}.',
    help: 'Use letters, digits, points, hyphens and underscores, starting with a letter.',
    exit: 2,
  },
  'model-version-not-found': {
    message: 'Model `{name}` has no version {version}.',
    help: 'It has {known}; `modelwright models show {name}` tells more.',
    exit: 2,
  },
  'model-alias-not-found': {
    message: 'No version of model `{name}` has the alias `{alias}`.',
    help: 'Its versions are {known}; `modelwright models alias {name}/VERSION {alias}` names one so.',
    exit: 2,
  },
  'model-without-production': {
    message: 'No version of model `{name}` is in production.',
    help: 'Its versions are {known}; put one there with `modelwright models promote {name}/VERSION`, or write NAME/VERSION.',
    exit: 2,
  },
  'model-gates-failed': {
    message: 'Run `{run}` has not passed its gates: {gates}.',
    help: 'Mend the model, or let it in with --force; the audit log then says so.',
    exit: 2,
  },
  'model-nothing-before': {
    message: '`{name}@{alias}` has never stood for another version: there is nothing to go back to.',
    help: '`modelwright models show {name} --audit` shows every change; `models promote` and `models alias` set a version.',
    exit: 2,
  },
  'model-in-use': {
    message: 'Version {version} of model `{name}` is in use: {use}.',
    help: 'Promote or alias another version first and stop its deployments, or delete it with --force.',
    exit: 2,
  },
  'deployment-not-found': {
    message: 'There is no deployment `{id}` in this workspace.',
    help: '`modelwright deployments list` shows them; --workspace names another folder.',
    exit: 2,
  },
  'deployment-not-running': {
    message: 'Deployment `{id}` is not running; it {status}.',
    help: 'Nothing to do; `modelwright serve` starts another one.',
    exit: 2,
  },
} as const satisfies Record<string, ErrorEntry>;
