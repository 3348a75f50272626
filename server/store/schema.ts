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
];
