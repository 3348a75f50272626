/** What `npm run workbench` opens: the example, with everything that a person sees before anything is typed. */
import { openFile, picture, type ScreenTest } from './screen.ts';

export const openedTests: readonly ScreenTest[] = [
  {
    name: '`npm run workbench` opens the example, with its lenses and the size of its data',
    prepare() {},
    async act(screen) {
      const { page } = screen;
      await openFile(page, 'flights.experiment.yaml');
      const lens = page.locator('.codelens-decoration');
      await lens.locator('a', { hasText: /^\s*Run$/ }).waitFor();
      await lens.filter({ hasText: '3,000,000 rows' }).waitFor();
      await picture(screen, 'opened');
    },
  },
];
