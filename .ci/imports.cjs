/** Who may import whom. The order of the stages is the picture in the architecture document, read left to right. */
const stages = [
  'config',
  'data',
  'onnx',
  'engines',
  'features',
  'models',
  'training',
  'tuning',
  'evaluation',
  'store',
  'tracking',
  'registry',
  'mlflow',
  'cards',
  'serving',
  'monitoring',
  'llm',
  'lint',
  'language',
  'runs',
];
/** Of data, each built on those before it; the words that all of them use stand outside. */
const rooms = ['duckdb', 'sources', 'split', 'tables', 'profile', 'facts', 'worker'];
const blind = ['evaluation', 'serving', 'monitoring', 'cards'];
const folder = (names) => `^server/(${names.join('|')})/`;
const rule = (name, from, to) => ({ name, severity: 'error', from, to });

module.exports = {
  forbidden: [
    rule('no cycles, of types neither', {}, { circular: true }),
    rule(
      'protocol and catalog import only zod',
      { path: folder(['protocol', 'catalog']) },
      { pathNot: [folder(['protocol', 'catalog']), 'zod'] },
    ),
    rule('statistics imports nothing', { path: '^server/statistics/' }, { pathNot: '^server/statistics/' }),
    ...stages.map((stage, index) =>
      rule(
        `${stage} imports a later stage`,
        { path: `^server/${stage}/` },
        { path: folder(stages.slice(index + 1).concat('$none')) },
      ),
    ),
    ...rooms.map((room, index) =>
      rule(
        `data/${room} imports a later room`,
        { path: `^server/data/${room}/` },
        {
          path: `^server/data/(${rooms
            .slice(index + 1)
            .concat('$none')
            .join('|')})/`,
        },
      ),
    ),
    rule(
      'the words of data import no room',
      { path: '^server/data/[^/]+$' },
      { path: folder(rooms.map((room) => `data/${room}`)) },
    ),
    rule(
      'lint imports config, data and statistics',
      { path: '^server/lint/' },
      { path: folder(stages.filter((stage) => !['config', 'data', 'lint'].includes(stage))) },
    ),
    rule(
      'knows only the ONNX file',
      { path: folder(blind) },
      { path: folder(['features', 'models', 'training']) },
    ),
    rule(
      'composition roots are imported by nobody',
      { path: '^server/.+/' },
      { path: '^server/[^/]+\\.ts$' },
    ),
    rule(
      'the extension knows protocol and catalog',
      { path: '^extension/' },
      { path: '^server/(?!protocol/|catalog/)' },
    ),
    rule(
      'webviews know protocol',
      { path: '^webviews/' },
      { path: '^(extension/|vscode$|server/(?!protocol/))' },
    ),
    rule('the server knows no VS Code', { path: '^server/' }, { path: '^(vscode$|extension/)' }),
    rule(
      'language server packages only at its root and in language',
      { path: '^server/', pathNot: '^server/(main\\.ts|language/)' },
      { path: 'vscode-languageserver' },
    ),
    rule('DuckDB only in data', { path: '^server/', pathNot: '^server/data/' }, { path: '@duckdb' }),
    rule(
      'SQLite only in store and data',
      { path: '^server/', pathNot: '^server/(store|data)/' },
      { path: 'better-sqlite3' },
    ),
    rule(
      'ONNX Runtime only in engines',
      { path: '^server/', pathNot: '^server/engines/' },
      { path: 'onnxruntime' },
    ),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
