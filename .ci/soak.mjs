/** `npm run soak`: the kill, fuzz and simulation tests with their full counts; hours, not minutes. */
import { environment24 } from './node24.mjs';
import { run, setUp } from './setup.mjs';

setUp();
const named = process.argv.slice(2);
run('vitest', ['run', '--testTimeout=36000000', '--reporter=verbose', ...named], {
  env: { ...environment24(), MODELWRIGHT_SOAK: '1' },
});
