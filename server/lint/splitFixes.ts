/** What mends rows that are not parted as they should be. */
import { renameEdit, setEdit, yamlScalar } from '../config/edits.ts';
import type { LoadedExperiment } from '../config/load.ts';
import { isMap } from '../config/schema/nodes.ts';
import type { Fix } from '../protocol/finding.ts';
import { setFix } from './columns.ts';
import { fixOf } from './fixes.ts';

/** Both given files taken together, and the test rows drawn from them; none where no two files are given. */
export function drawnTestFix(loaded: LoadedExperiment): readonly Fix[] {
  const source = loaded.experiment?.data.source;
  if (!isMap(source) || typeof source['test'] !== 'string' || typeof source['train'] !== 'string') return [];
  const files = [source['train'], source['valid'], source['test']].filter((file) => typeof file === 'string');
  return fixOf(
    'Draw the test rows from all files',
    setEdit(loaded.source, 'data.source', `[${files.map(yamlScalar).join(', ')}]`),
  );
}

/** Folds take the place of validation rows: both cannot be. */
export function foldsFix(loaded: LoadedExperiment): readonly Fix[] {
  if (!loaded.source.has('split.valid') || loaded.source.has('split.cv'))
    return setFix(loaded, 'split.cv', '5');
  const edits = [
    ...renameEdit(loaded.source, 'split.valid', 'cv'),
    ...setEdit(loaded.source, 'split.valid', '5'),
  ];
  return fixOf('Set split.cv: 5 instead', edits);
}
