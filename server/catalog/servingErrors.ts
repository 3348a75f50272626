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
  'port-busy': {
    message: 'Port {port} is in use by another process.',
    help: 'Name another one with --port, leave it out to take a free one, or stop the other process; `modelwright deployments list` shows ours.',
    exit: 2,
  },
  'port-unusable': {
    message: 'Port {port} cannot be listened on: {reason}.',
    help: 'Name another one with --port; 0 takes a free one.',
    exit: 2,
  },
  'endpoint-unusable': {
    message: '`serve.endpoint.path: {path}` cannot be served: {reason}.',
    help: 'Write a path such as /predict: letters, digits, points, hyphens and underscores between slashes.',
    exit: 2,
  },
  'serving-crashed': {
    message: 'The serving process ended before it answered ({reason}).',
    help: 'Try again; with enough memory free it should start within seconds.',
    exit: 3,
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
  'deployment-unreachable': {
    message: 'The deployment at {url} did not answer: {reason}.',
    help: '`modelwright deployments list` shows whether it still runs; `modelwright serve` starts another one.',
    exit: 3,
  },
  'request-host': {
    message: 'A request for the {header} `{value}` is not answered: this server is for this machine only.',
    help: 'Ask for localhost or 127.0.0.1, from a program or from a page of this machine.',
    exit: 2,
  },
  'request-path': {
    message: 'There is nothing at {method} {path}.',
    help: 'GET /openapi.json lists what there is.',
    exit: 2,
  },
  'model-not-served': {
    message: 'The model {name} is not served here.',
    help: 'This server has {known}.',
    exit: 2,
  },
  'request-media-type': {
    message: 'The content type {type} is not understood here.',
    help: 'Send {accepted}.',
    exit: 2,
  },
  'request-too-large': {
    message: 'The request is larger than {limit} bytes.',
    help: 'Send fewer rows at a time, or start the server with a larger --body-limit.',
    exit: 2,
  },
  'request-headers-too-large': {
    message: 'The headers of the request are larger than {limit} bytes.',
    help: 'Send what is long in the body.',
    exit: 2,
  },
  'request-slow': {
    message: 'The request did not arrive whole within {seconds} seconds.',
    help: 'Send it again, in smaller parts where the line is slow.',
    exit: 2,
  },
  'request-malformed': {
    message: 'The request cannot be read: {reason}.',
    help: '{help}',
    exit: 2,
  },
  'request-column-missing': {
    message: 'Row {row} does not have the column `{column}`, which the model takes.',
    help: 'Send every column of the model, with null where its value is missing.',
    exit: 2,
  },
  'request-column-unknown': {
    message: 'The model has no input `{column}`.',
    help: 'Its inputs are {known}.',
    exit: 2,
  },
  'request-value': {
    message: 'Row {row} holds {value} in column `{column}`, which wants {wanted}.',
    help: 'Mend the value; null stands for a missing one. `serve.input: coerce` also takes numbers written as text.',
    exit: 2,
  },
  'contract-missing': {
    message: 'Row {row} has no value in column `{column}`, where training had one in every row.',
    help: 'Give its value. `features.validate.missing` says what is done about it; a model trained with `warn` counts such rows and answers.',
    exit: 2,
  },
  'contract-range': {
    message: 'Row {row} holds {value} in column `{column}`, where training had {low} to {high}.',
    help: 'Mend the value. `features.validate.range` says what is done about it; a model trained with `warn` counts such rows and answers.',
    exit: 2,
  },
  'contract-unseen': {
    message: 'Row {row} holds `{value}` in column `{column}`, a level that training did not see.',
    help: 'It saw {known}. `features.validate.unseen` says what is done about others; a model trained with `warn` counts such rows and answers.',
    exit: 2,
  },
  'server-busy': {
    message: 'More rows are waiting than this server can answer in time.',
    help: 'Ask again a little later, or send fewer rows at a time.',
    exit: 3,
  },
} as const satisfies Record<string, ErrorEntry>;
