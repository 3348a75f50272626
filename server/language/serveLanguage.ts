/** Answers the extension's own questions about an open experiment: resolved text, edits, its data and their rows. */
import type * as z from 'zod';
import { ModelwrightError } from '../catalog/errors.ts';
import { loadExperiment } from '../config/load.ts';
import { applyFixes } from '../lint/fix.ts';
import type { Call } from '../protocol/call.ts';
import { languageCalls } from '../protocol/languageCalls.ts';
import { dataDocument } from './dataDocument.ts';
import { inferColumnsEdits, pinDataEdits } from './dataEdits.ts';
import type { OpenExperiment } from './openExperiment.ts';
import type { OpenExperiments, ServerWorld } from './openExperiments.ts';
import { resolvedText } from './resolved.ts';

/** What this needs of an LSP connection. */
interface Connection {
  onRequest(method: string, answer: (params: unknown) => Promise<unknown>): unknown;
}

export function serveLanguage(
  connection: Connection,
  world: ServerWorld,
  experiments: () => OpenExperiments | undefined,
): void {
  const register = <Params, Result>(
    { method, params, result }: Call<Params, Result>,
    answer: (given: Params) => Promise<Result>,
  ) =>
    connection.onRequest(method, async (given) => {
      try {
        return { result: result.parse(await answer(params.parse(given))) };
      } catch (error) {
        return { failure: { exit: 3, ...world.failureOf(error) } };
      }
    });
  const settled = async (uri: string): Promise<OpenExperiment> => {
    const open = await experiments()?.settled(uri);
    if (open === undefined) throw new ModelwrightError('file-not-found', { path: uri });
    return open;
  };
  register(languageCalls.resolved, async ({ uri, variant }) => {
    const open = experiments()?.get(uri);
    if (open === undefined) throw new ModelwrightError('file-not-found', { path: uri });
    return { text: resolvedText(variant === null ? open.loaded : withVariant(open, variant, world)) };
  });
  register(languageCalls.edit, async ({ uri, kind }) => {
    const open = kind === 'fixAll' ? experiments()?.get(uri) : await settled(uri);
    if (open === undefined) throw new ModelwrightError('file-not-found', { path: uri });
    return { version: open.version, ...editsOf(open, kind) };
  });
  register(languageCalls.data, async ({ uri }) => {
    const open = await settled(uri);
    return dataDocument(open, factsOf(open));
  });
  register(languageCalls.rows, async ({ uri, question }) => {
    const open = await settled(uri);
    const { experiment, directory } = open.loaded;
    if (world.data === undefined || experiment === undefined) throw unread(open);
    const { target, data } = experiment;
    const columns = [data.id, data.time, target].filter((name) => name !== undefined);
    return world.data.rows(experiment, directory, { question, columns });
  });
}

type EditKind = z.infer<typeof languageCalls.edit.params>['kind'];

function editsOf(open: OpenExperiment, kind: EditKind) {
  if (kind === 'fixAll') {
    const { applied } = applyFixes(open.loaded.text.text, open.findings);
    const many = applied.length === 1 ? '1 problem is fixed.' : `${applied.length} problems are fixed.`;
    return {
      edits: applied.flatMap(({ fix }) => [...fix.edits]),
      told: applied.length === 0 ? 'No problem has a fix that is safe to apply.' : many,
    };
  }
  factsOf(open);
  const edits = [...(kind === 'pinData' ? pinDataEdits(open) : inferColumnsEdits(open))];
  const done = kind === 'pinData' ? 'The data version is pinned.' : 'Each column has its contract.';
  const nothing =
    kind === 'pinData'
      ? 'The data are pinned to this version already.'
      : 'Every column has a contract already.';
  return { edits, told: edits.length > 0 ? done : nothing };
}

function factsOf(open: OpenExperiment) {
  if (open.facts === undefined) throw unread(open);
  return open.facts;
}

/** Why nothing is known of the data. */
function unread({ failure, loaded }: OpenExperiment): Error {
  if (failure !== undefined)
    return Object.assign(new ModelwrightError('data-unread', { reason: failure.message }), {
      help: failure.help,
    });
  const reason =
    loaded.experiment?.data.source === undefined
      ? 'The experiment names no data.'
      : 'The folder is not trusted.';
  return new ModelwrightError('data-unread', { reason });
}

function withVariant({ loaded }: OpenExperiment, variant: string, world: ServerWorld) {
  const { file, workspace, text } = loaded;
  return loadExperiment({
    file,
    workspace,
    text: text.text,
    variant,
    environment: world.environment,
    now: world.now(),
  });
}
