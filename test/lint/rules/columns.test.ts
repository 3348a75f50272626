/** What is offered for a column that the features leave out. */
import { expect, test } from 'vitest';
import { Drawing, lintTable, ofRule, plain } from '../tables.ts';

test('long names that come again can be read as categories, texts of their own cannot', async () => {
  const told = async (names: number, yaml?: string) => {
    const d = new Drawing(1000, 3);
    const note = d.column(() => `fracture of the lower end of bone number ${d.random.int(names)}`);
    const linted = await lintTable({ ...plain(1000), note }, yaml);
    const [found, ...more] = ofRule(linted, 'text-as-category');
    expect(more).toEqual([]);
    return {
      message: found?.message,
      fixes: found?.fixes.map(({ title }) => title),
      isFeature: linted.facts.features.some(({ name }) => name === 'note'),
    };
  };
  const leftOut = '`note` is free text, which this version leaves out of the features';
  expect(await told(900)).toEqual({ message: `${leftOut}.`, fixes: ['Exclude note'], isFeature: false });
  expect(await told(40)).toEqual({
    message: `${leftOut}; its 40 values come again and again, as those of a category do.`,
    fixes: ['Set features.types.note: categorical', 'Exclude note'],
    isFeature: false,
  });
  const typed = 'data: data.csv\ntarget: y\nfeatures: {types: {note: categorical}}\n';
  expect(await told(40, typed)).toEqual({ message: undefined, fixes: undefined, isFeature: true });
});
