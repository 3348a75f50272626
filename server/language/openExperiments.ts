/** The experiments that are open in an editor, each loaded and checked once for every text that it has. */
import { dirname, sep } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { allBases } from '../config/bases.ts';
import { findExperimentFiles, readTextFile } from '../config/findFiles.ts';
import { type LoadedExperiment, loadExperiment } from '../config/load.ts';
import { createPartReader } from '../config/yaml/yamlParts.ts';
import type { DataClient } from '../data/worker/client.ts';
import type { Histories } from '../lint/history.ts';
import type { Repository } from '../lint/repository.ts';
import type { ExpectRun, LintContext } from '../lint/rule.ts';
import type { Finding } from '../protocol/finding.ts';
import type { RunsChanged } from '../protocol/workbench.ts';
import { checkOpen } from './checkOpen.ts';
import { type DataAnswer, DataWatch, factsKey } from './dataWatch.ts';
import { editedLine, isHeld } from './diagnostics.ts';
import type { OpenExperiment } from './openExperiment.ts';
import type { PastRuns } from './pastRuns.ts';
import type { ProjectFiles } from './relatedFiles.ts';

/** Everything that the language server asks of the world outside its documents. */
export interface ServerWorld {
  /** Absent in an untrusted workspace: nothing is opened but text. */
  readonly data?: DataClient;
  /** Absent in an untrusted workspace. */
  readonly runs?: PastRuns;
  /** Absent in an untrusted workspace. */
  readonly histories?: Histories;
  /** Tells from then on when the stores of the workspaces that are added change. */
  readonly watchRuns: (onChange: (change: RunsChanged) => void) => { add(workspace: string): void };
  /** The folder in which facts about the data of a workspace are kept from one start to the next. */
  readonly cacheOf: (workspace: string) => string | undefined;
  readonly failureOf: (error: unknown) => NonNullable<LintContext['failure']>;
  /** The commit that a folder is at. */
  readonly commitOf: (directory: string) => string | undefined;
  /** Absent in an untrusted workspace. */
  readonly repositoryOf?: (directory: string) => () => Repository | undefined;
  readonly missingDevice?: LintContext['missingDevice'];
  readonly expectRun?: ExpectRun;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly now: () => Date;
}

/** A document of the editor. */
export interface EditedText {
  readonly uri: string;
  readonly version: number;
  getText(): string;
}

export interface OpenExperimentsOptions {
  readonly world: ServerWorld;
  /** Absolute; the innermost one that holds a file is its workspace. */
  readonly folders: readonly string[];
  readonly documentAt: (uri: string) => EditedText | undefined;
  readonly publish: (experiment: OpenExperiment, findings: readonly Finding[]) => void;
  /** Facts have come: hints, lenses and hovers have more to say. */
  readonly refresh: () => void;
}

interface Known {
  readonly answer: DataAnswer | undefined;
  /** The findings that were worked out last. */
  readonly told: { findings: readonly Finding[] };
}

interface Entry extends Known {
  shown: OpenExperiment;
  /** Reads again only what has changed since the text before. */
  readonly parse: ReturnType<typeof createPartReader>;
  readonly watch: DataWatch | undefined;
  answer: DataAnswer | undefined;
  /** Where syntax errors wait for a pause. */
  held: { readonly line: number; readonly timer: NodeJS.Timeout } | undefined;
}

/** A syntax error at the caret is held back for so long. */
const holdFor = 300;

export class OpenExperiments {
  readonly #options: OpenExperimentsOptions;
  readonly #entries = new Map<string, Entry>();
  /** Asked of git once for each folder, until something is saved. */
  readonly #commits = new Map<string, string | undefined>();
  /** Files that others extend, looked for once something is lacking, until something is saved. */
  #bases: ReadonlySet<string> | undefined;
  readonly #repositories = new Map<string, () => Repository | undefined>();
  /** Called when something is learnt, or closed. */
  #waiting: (() => void)[] = [];

  constructor(options: OpenExperimentsOptions) {
    this.#options = options;
  }

  /** Of the document's newest text. */
  get(uri: string): OpenExperiment | undefined {
    const document = this.#options.documentAt(uri);
    if (document === undefined) return undefined;
    const entry = this.#entries.get(uri);
    if (entry !== undefined && entry.shown.version === document.version) return entry.shown;
    return this.#update(document, entry).shown;
  }

  /** Tells what is wrong with the newest text, and asks about its data. */
  check(uri: string): void {
    const before = this.#entries.get(uri)?.shown.loaded.text.text;
    const experiment = this.get(uri);
    const entry = this.#entries.get(uri);
    if (experiment === undefined || entry === undefined) return;
    const line = before === undefined ? undefined : editedLine(before, experiment.loaded.text);
    this.#hold(entry, line);
    this.#publish(entry);
    this.#ask(entry, false);
  }

  /** Its bases have changed or, with `files`, anything on disk: data, runs, commits. */
  checkAgain(uri: string, { files }: { files: boolean }): void {
    const document = this.#options.documentAt(uri);
    const entry = this.#entries.get(uri);
    if (document === undefined || entry === undefined) return;
    if (files) {
      this.#commits.clear();
      this.#repositories.clear();
      this.#bases = undefined;
      this.#options.world.histories?.forget();
    }
    this.#publish(this.#update(document, entry));
    this.#ask(entry, files);
  }

  /** Those that build on other files. */
  get derived(): string[] {
    return [...this.#entries]
      .filter(([, { shown }]) => shown.loaded.isWritten('extends'))
      .map(([uri]) => uri);
  }

  /** What a folder's experiments look like from here: those in the editor as they stand there. */
  get project(): ProjectFiles {
    const { folders, documentAt } = this.#options;
    return {
      list: () => [...new Set(folders.flatMap(findExperimentFiles))],
      read: (path) => {
        const document = documentAt(pathToFileURL(path).href);
        if (document !== undefined) return { text: document.getText(), version: document.version };
        try {
          return { text: readTextFile(path), version: null };
        } catch {
          // A file that has just gone, or is no text, shares no names.
          return undefined;
        }
      },
    };
  }

  /** Once what is known of the data belongs to the newest text; at once where no data can be read. */
  async settled(uri: string): Promise<OpenExperiment | undefined> {
    for (;;) {
      const shown = this.get(uri);
      const entry = this.#entries.get(uri);
      const asks = entry?.watch !== undefined && shown?.loaded.experiment?.data.source !== undefined;
      const known = shown?.current === true && shown.glimpse === undefined;
      if (shown === undefined || entry === undefined || !asks || known) return shown;
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  get uris(): string[] {
    return [...this.#entries.keys()];
  }

  close(uri: string): void {
    const entry = this.#entries.get(uri);
    clearTimeout(entry?.held?.timer);
    entry?.watch?.stop();
    this.#entries.delete(uri);
    this.#wake();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }

  #publish({ shown, held }: Entry): void {
    this.#options.publish(
      shown,
      shown.findings.filter((finding) => !isHeld(finding, held?.line)),
    );
  }

  #hold(entry: Entry, line: number | undefined): void {
    clearTimeout(entry.held?.timer);
    entry.held = undefined;
    if (!entry.shown.findings.some((finding) => isHeld(finding, line)) || line === undefined) return;
    const timer = setTimeout(() => {
      entry.held = undefined;
      this.#publish(entry);
    }, holdFor);
    entry.held = { line, timer };
  }

  #update(document: EditedText, entry: Entry | undefined): Entry {
    const parse = entry?.parse ?? createPartReader();
    const loaded = this.#load(document, parse, entry?.shown.loaded.value);
    if (entry !== undefined) {
      entry.shown = this.#open(document, loaded, entry);
      return entry;
    }
    const told = { findings: [] };
    const created: Entry = {
      shown: this.#open(document, loaded, { answer: undefined, told }),
      told,
      parse,
      watch: this.#watch(document.uri, loaded.workspace),
      answer: undefined,
      held: undefined,
    };
    this.#entries.set(document.uri, created);
    return created;
  }

  #open(document: EditedText, loaded: LoadedExperiment, { answer, told }: Known): OpenExperiment {
    const { world } = this.#options;
    const { uri, version } = document;
    const { experiment } = loaded;
    const known = {
      ...(answer?.facts === undefined
        ? {}
        : { [answer.facts.sampled === undefined ? 'facts' : 'glimpse']: answer.facts }),
      ...(answer?.failure === undefined ? {} : { failure: answer.failure }),
      current:
        answer !== undefined &&
        experiment !== undefined &&
        answer.key === factsKey(experiment, loaded.directory),
    };
    const runs = experiment === undefined ? [] : (world.runs?.of(loaded.workspace, experiment.name) ?? []);
    const history =
      experiment === undefined
        ? undefined
        : world.histories?.of(loaded.workspace, experiment.name, loaded.directory);
    const repository = this.#repositoryOf(loaded.directory);
    const open = {
      ...{ uri, version, loaded, runs, ...known },
      ...(history === undefined ? {} : { history }),
      ...(repository === undefined ? {} : { repository }),
      ...(world.missingDevice === undefined ? {} : { missingDevice: world.missingDevice }),
      ...(world.expectRun === undefined ? {} : { expectRun: world.expectRun }),
    };
    const now = world.now();
    let findings: readonly Finding[] | undefined;
    return {
      ...open,
      // Hovers and completions of a text that is typed over do not wait for lint.
      get findings() {
        if (findings === undefined) {
          findings = checkOpen(open, told.findings, now);
          told.findings = findings;
        }
        return findings;
      },
    };
  }

  #load(document: EditedText, parse: Entry['parse'], before: unknown): LoadedExperiment {
    const { world, documentAt } = this.#options;
    const file = pathOf(document.uri);
    return loadExperiment({
      file,
      text: document.getText(),
      workspace: this.#workspaceOf(file),
      // What is open in the editor is newer than what is on disk.
      readFile: (path) => documentAt(pathToFileURL(path).href)?.getText() ?? readTextFile(path),
      environment: world.environment,
      git: () => this.#commitOf(dirname(file)),
      now: world.now(),
      isBase: () => this.#allBases().has(file),
      parse,
      before,
    });
  }

  #commitOf(directory: string): string | undefined {
    if (!this.#commits.has(directory)) this.#commits.set(directory, this.#options.world.commitOf(directory));
    return this.#commits.get(directory);
  }

  #allBases(): ReadonlySet<string> {
    const { list, read } = this.project;
    this.#bases ??= allBases(list(), (path) => read(path)?.text);
    return this.#bases;
  }

  #repositoryOf(directory: string): (() => Repository | undefined) | undefined {
    const known = this.#repositories.get(directory) ?? this.#options.world.repositoryOf?.(directory);
    if (known !== undefined) this.#repositories.set(directory, known);
    return known;
  }

  #workspaceOf(file: string): string {
    const holding = this.#options.folders.filter((folder) => file.startsWith(folder + sep));
    return holding.toSorted((a, b) => b.length - a.length)[0] ?? dirname(file);
  }

  #watch(uri: string, workspace: string): DataWatch | undefined {
    const { data: client, cacheOf, failureOf } = this.#options.world;
    if (client === undefined) return undefined;
    const onAnswer = (answer: DataAnswer) => this.#learn(uri, answer);
    return new DataWatch({ client, cache: cacheOf(workspace), failureOf, onAnswer });
  }

  #ask({ watch, shown }: Entry, again: boolean): void {
    const { experiment, directory } = shown.loaded;
    if (experiment?.data.source !== undefined) watch?.ask(experiment, directory, again);
  }

  #learn(uri: string, answer: DataAnswer): void {
    const entry = this.#entries.get(uri);
    const document = this.#options.documentAt(uri);
    if (entry === undefined || document === undefined) return;
    // What was known of the columns is better than nothing while the data cannot be read.
    const { facts = entry.answer?.facts } = answer;
    entry.answer = { ...answer, ...(facts === undefined ? {} : { facts }) };
    this.#publish(this.#update(document, entry));
    this.#options.refresh();
    if (facts?.sampled === undefined) this.#wake();
  }
}

/** Documents that are not files (a diff, an untitled one) keep their URI as their name. */
export function pathOf(uri: string): string {
  return uri.startsWith('file:') ? fileURLToPath(uri) : uri;
}
