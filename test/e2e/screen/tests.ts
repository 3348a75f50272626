/** All that is done at the screen: with the extension from this repository, with the packaged one, and by `npm run workbench`. */
import { dataTests } from './dataPanel.ts';
import { editingTests } from './editing.ts';
import { folderTests } from './folders.ts';
import { keyboardTests } from './keyboard.ts';
import { manyRunsTests } from './manyRuns.ts';
import { namesTests } from './names.ts';
import { runTests } from './running.ts';
import type { ScreenTest } from './screen.ts';
import { servingTests } from './serving.ts';

export { openedTests } from './opened.ts';
export { packagedTests } from './packaged.ts';

export const developmentTests: readonly ScreenTest[] = [
  ...editingTests,
  ...namesTests,
  ...dataTests,
  ...runTests,
  ...servingTests,
  ...keyboardTests,
  ...folderTests,
  ...manyRunsTests,
];
