/** `npm start`: sets everything up, then runs the main job on three million real flights. */
import { join } from 'node:path';
import { environment24, node24, root } from './node24.mjs';
import { run, setUp } from './setup.mjs';

setUp();
run(node24(), [join(root, 'dist', 'cli.js'), 'run', 'flights.experiment.yaml', ...process.argv.slice(2)], {
  cwd: join(root, 'examples'),
  env: environment24(),
});
