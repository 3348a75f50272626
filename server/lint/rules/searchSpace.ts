/** `tune.space`: every parameter exists, belongs to the chosen model, and varies within its legal range. */
import { setEdit } from '../../config/edits.ts';
import { isMap } from '../../config/schema/nodes.ts';
import { spaceFault } from '../../config/searchSpace.ts';
import { fixOf } from '../fixes.ts';
import type { Draft, Rule } from '../rule.ts';
import { writtenAt } from '../walk.ts';

const searchSpaceInvalid: Rule = {
  id: 'search-space-invalid',
  needs: ['config'],
  *run({ loaded }) {
    const space = writtenAt(loaded, 'tune.space');
    const { experiment } = loaded;
    if (experiment === undefined || space === undefined) return;
    if (!isMap(space) || Object.keys(space).length === 0) {
      yield { path: 'tune.space', message: '`tune.space`: it is empty; nothing would vary.', data: {} };
      return;
    }
    for (const parameter of Object.keys(space)) {
      const path = `tune.space.${parameter}`;
      const fault = spaceFault(parameter, space, experiment.model.type);
      if (fault === undefined) continue;
      const { why, instead } = fault;
      const fixes =
        instead === undefined ? [] : fixOf(`Change to ${instead}`, setEdit(loaded.source, path, instead));
      yield { path, message: `\`${parameter}\`: ${why}.`, data: { parameter }, fixes } satisfies Draft;
    }
  },
};

export const searchSpaceRules: readonly Rule[] = [searchSpaceInvalid];
