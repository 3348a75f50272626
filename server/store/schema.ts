/** The tables of the workspace's database, as numbered migrations; a migration is never edited once it has landed. */

export const migrations: readonly string[] = [
  `
  CREATE TABLE runs (
    id TEXT PRIMARY KEY,
    experiment TEXT NOT NULL,
    status TEXT NOT NULL CHECK (status IN ('running', 'finished', 'failed', 'cancelled', 'interrupted')),
    started TEXT NOT NULL,
    ended TEXT,
    -- What to run, frozen when the run was created, as JSON: a changed file must not change a resumed run.
    request TEXT NOT NULL,
    metric TEXT, value REAL, low REAL, high REAL,
    -- The result as JSON (protocol/run.ts), the findings and the failure.
    document TEXT,
    findings TEXT,
    error TEXT,
    -- The lease: only the process that holds this attempt may write.
    attempt INTEGER NOT NULL,
    pid INTEGER NOT NULL,
    process_started TEXT NOT NULL,
    heartbeat INTEGER NOT NULL,
    cancel INTEGER NOT NULL DEFAULT 0,
    deleted TEXT
  ) STRICT;
  CREATE INDEX runs_by_start ON runs (started DESC, id);
  CREATE INDEX runs_by_experiment ON runs (experiment, started DESC);

  CREATE TABLE run_events (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    sequence INTEGER NOT NULL,
    time TEXT NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (run, sequence)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE run_artifacts (
    run TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    hash TEXT NOT NULL,
    bytes INTEGER NOT NULL,
    PRIMARY KEY (run, name)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- Model versions are never removed, only marked: a number means one model for ever.
  CREATE TABLE model_versions (
    name TEXT NOT NULL,
    version INTEGER NOT NULL,
    stage TEXT NOT NULL CHECK (stage IN ('candidate', 'staging', 'production', 'archived')),
    run TEXT NOT NULL REFERENCES runs (id),
    -- Of its model.onnx among the artifacts.
    hash TEXT NOT NULL,
    created TEXT NOT NULL,
    deleted TEXT,
    PRIMARY KEY (name, version)
  ) STRICT, WITHOUT ROWID;
  -- Staging and production also serve as aliases, so each is held by one version.
  CREATE UNIQUE INDEX model_versions_by_stage ON model_versions (name, stage) WHERE stage IN ('staging', 'production');

  CREATE TABLE model_aliases (
    name TEXT NOT NULL,
    alias TEXT NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (name, alias),
    FOREIGN KEY (name, version) REFERENCES model_versions (name, version)
  ) STRICT, WITHOUT ROWID;

  -- The audit log; what an alias stood for before is read from it.
  CREATE TABLE model_changes (
    id INTEGER PRIMARY KEY,
    time TEXT NOT NULL,
    user TEXT NOT NULL,
    name TEXT NOT NULL,
    version INTEGER,
    action TEXT NOT NULL,
    alias TEXT,
    previous INTEGER,
    reason TEXT
  ) STRICT;
  CREATE INDEX model_changes_by_name ON model_changes (name, id);

  CREATE TABLE deployments (
    id TEXT PRIMARY KEY,
    status TEXT NOT NULL CHECK (status IN ('running', 'stopped', 'died')),
    -- What is served, as JSON (protocol/servingMessages.ts).
    models TEXT NOT NULL,
    url TEXT NOT NULL,
    pid INTEGER NOT NULL,
    process_started TEXT NOT NULL,
    started TEXT NOT NULL,
    ended TEXT
  ) STRICT;
  CREATE INDEX deployments_by_start ON deployments (started DESC, id);
  `,
  `
  -- Trials of a search are child runs; what was tried and what came of it, as JSON (tracking/trials.ts).
  ALTER TABLE runs ADD COLUMN parent TEXT REFERENCES runs (id) ON DELETE CASCADE;
  ALTER TABLE runs ADD COLUMN trial TEXT;
  CREATE INDEX runs_by_parent ON runs (parent) WHERE parent IS NOT NULL;
  `,
];
