/** The commands of the terminal, each with one line for `--help`. */

export interface Command {
  readonly name: string;
  readonly usage: string;
  readonly doc: string;
  readonly example: string;
  readonly subcommands?: readonly string[];
}

// biome-ignore format: a row a line reads as a table.
export const commands: readonly Command[] = [
  { name: 'init', usage: 'init [DIR] [--data F] [--target C] [--yes]', doc: 'Look at the data in the folder and write a starting experiment', example: 'modelwright init --data churn.csv --target churned' },
  { name: 'lint', usage: 'lint [FILE…] [--format text|json|sarif|github] [--fix] [--no-data] [--profile P]', doc: 'All diagnostics; default: every experiment file under the folder', example: 'modelwright lint --fix' },
  { name: 'resolve', usage: 'resolve FILE [--explain PATH]', doc: 'The effective experiment, and where each value came from', example: 'modelwright resolve churn.experiment.yaml --explain split.test' },
  { name: 'profile', usage: 'profile DATA [--target C]', doc: 'Column profile: kinds, missing, distinct, quantiles, top values, link with the target', example: 'modelwright profile churn.csv --target churned' },
  { name: 'run', usage: 'run FILE [--detach] [--dry-run]', doc: 'Train, evaluate, record and document', example: 'modelwright run churn.experiment.yaml' },
  { name: 'runs', usage: 'runs list|show|compare|watch|cancel|resume|delete|restore|export|import', doc: 'The run store', example: 'modelwright runs list', subcommands: ['list', 'show', 'compare', 'watch', 'cancel', 'resume', 'delete', 'restore', 'export', 'import'] },
  { name: 'evaluate', usage: 'evaluate MODEL DATA', doc: 'Score a model on any table', example: 'modelwright evaluate churn@production new.csv' },
  { name: 'predict', usage: 'predict MODEL DATA -o OUT', doc: 'Predictions for any table, as parquet, csv, jsonl or arrow', example: 'modelwright predict run:ID new.csv -o scores.parquet' },
  { name: 'explain', usage: 'explain MODEL DATA', doc: 'What moves the predictions, overall and row by row', example: 'modelwright explain churn new.csv' },
  { name: 'models', usage: 'models list|show|register|promote|alias|rollback|delete|export', doc: 'The registry', example: 'modelwright models show churn --lineage', subcommands: ['list', 'show', 'register', 'promote', 'alias', 'rollback', 'delete', 'export'] },
  { name: 'serve', usage: 'serve MODEL… [--port N] [--detach]', doc: 'Serve models on this machine', example: 'modelwright serve churn@production' },
  { name: 'deployments', usage: 'deployments list|show|rollout|rollback|stop|logs|load-test', doc: 'What is being served', example: 'modelwright deployments list', subcommands: ['list', 'show', 'rollout', 'rollback', 'stop', 'logs', 'load-test'] },
  { name: 'monitor', usage: 'monitor NAME|FILE [--replay]', doc: 'Watch a deployment', example: 'modelwright monitor churn' },
  { name: 'drift', usage: 'drift REFERENCE CURRENT [--effect E] [--alpha A] [--seed N]', doc: 'Compare two tables', example: 'modelwright drift january.csv february.csv' },
  { name: 'test', usage: 'test FILE', doc: 'What run.tests asks: contract, gates, behaviour tests, commands', example: 'modelwright test churn.experiment.yaml' },
  { name: 'card', usage: 'card MODEL [-o FILE]', doc: 'Model card as Markdown, HTML or JSON', example: 'modelwright card churn -o MODEL_CARD.md' },
  { name: 'track', usage: 'track [--port N]', doc: "MLflow-compatible tracking server on this workspace's store", example: 'modelwright track --port 5000' },
  { name: 'doctor', usage: 'doctor', doc: 'What this machine can do, why, and how to get more', example: 'modelwright doctor' },
  { name: 'engine', usage: 'engine install tensorflow|lightgbm|xgboost', doc: 'Install an optional engine', example: 'modelwright engine install lightgbm', subcommands: ['install'] },
  { name: 'export', usage: 'export FILE --to TARGET', doc: 'CI, container and orchestrator files', example: 'modelwright export churn.experiment.yaml --to github-actions' },
  { name: 'schema', usage: 'schema', doc: 'JSON Schema of the language', example: 'modelwright schema > experiment.schema.json' },
  { name: 'rules', usage: 'rules [ID]', doc: 'The rule catalogue', example: 'modelwright rules target-leak' },
  { name: 'lsp', usage: 'lsp --stdio', doc: 'The language server for other editors', example: 'modelwright lsp --stdio' },
  { name: 'gc', usage: 'gc [--dry-run]', doc: 'Remove artifacts that no run, version or deployment needs', example: 'modelwright gc --dry-run' },
  { name: 'completion', usage: 'completion bash|zsh|fish', doc: 'Completion for a shell', example: 'modelwright completion bash' },
];
