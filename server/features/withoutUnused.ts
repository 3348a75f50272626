/** After a selection: the same features from the columns that they need, so that the file asks for no others. */
import { fitFeatures } from './fitFeatures.ts';
import type { FeatureRequest, FittedFeatures } from './fittedFeatures.ts';
import type { FeatureMatrix } from './matrix.ts';
import { pickFeatures } from './select.ts';

/**
 * Fitted anew on fewer columns. Where that gives other numbers, as neighbours that are found by all columns do, every column
 * has an effect, and the features stay as they are.
 */
export async function withoutUnused(
  selected: FittedFeatures,
  request: FeatureRequest,
): Promise<FittedFeatures> {
  const needed = new Set(selected.columns.flatMap(({ sources }) => sources));
  const columns = request.columns.filter(({ name }) => needed.has(name));
  if (columns.length === request.columns.length) return selected;
  const { select: _, cross = [], ...others } = request.settings;
  const crossed = cross.filter((names) => names.every((name) => needed.has(name)));
  const settings = { ...others, ...(crossed.length > 0 && { cross: crossed }) };
  const again = await fitFeatures({ ...request, columns, settings });
  const positions: number[] = [];
  for (const wanted of selected.columns) {
    const from = (positions.at(-1) ?? -1) + 1;
    const found = again.columns.findIndex(
      ({ name, kind }, at) => at >= from && name === wanted.name && kind === wanted.kind,
    );
    if (found < 0) return selected;
    positions.push(found);
  }
  const picked = pickFeatures(again, positions);
  const [before, after] = [await selected.trainingMatrix(), await picked.trainingMatrix()];
  if (!isEqual(before, after)) return selected;
  return { ...picked, ...(selected.selection && { selection: selected.selection }) };
}

function isEqual(a: FeatureMatrix, b: FeatureMatrix): boolean {
  return a.values.every((values, column) => {
    const other = b.values[column];
    if (values.kind === 'numeric')
      return (
        other?.kind === 'numeric' && values.values.every((value, row) => Object.is(value, other.values[row]))
      );
    return other?.kind === 'category' && values.codes.every((code, row) => code === other.codes[row]);
  });
}
