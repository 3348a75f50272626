/** `npm run build`: packages, bundles and example data. */
import { setUp } from './setup.mjs';

setUp();
