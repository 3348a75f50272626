/** Shapes that numbers are given before they are filled and scaled, learnt on training values; the same in the model file. */
import type { GraphBuilder } from '../onnx/graph.ts';
import { apply, double, where } from '../onnx/operators.ts';
import { appendPieces, evaluatePieces, type Pieces } from '../onnx/pieces.ts';
import { fitRanks } from './ranks.ts';
import type { NumericSettings } from './settings.ts';

export type FittedShape =
  | { readonly kind: 'none' | 'log1p' | 'sqrt' }
  | { readonly kind: 'yeo-johnson'; readonly power: number }
  | { readonly kind: 'pieces'; readonly pieces: Pieces };

export const unshaped: FittedShape = { kind: 'none' };

/** `values` hold no NaN. `rank`: see fitRanks; `yeo-johnson`: see yeoJohnsonPower. */
export function fitShape(values: Float32Array, transform: NumericSettings['transform']): FittedShape {
  switch (transform) {
    case 'rank':
      return values.length === 0 ? unshaped : { kind: 'pieces', pieces: fitRanks(values, 'uniform') };
    case 'yeo-johnson':
      return { kind: transform, power: yeoJohnsonPower(values) };
    default:
      return { kind: transform };
  }
}

/** log1p and sqrt are made odd, so that negative values keep their order: sign(x) log(1 + |x|) and sign(x) √|x|. */
export function applyShape(value: number, shape: FittedShape): number {
  switch (shape.kind) {
    case 'none':
      return value;
    case 'log1p':
      return Math.sign(value) * Math.log(Math.abs(value) + 1);
    case 'sqrt':
      return Math.sign(value) * Math.sqrt(Math.abs(value));
    case 'yeo-johnson':
      return yeoJohnson(value, shape.power);
    case 'pieces':
      return evaluatePieces(shape.pieces, value);
  }
}

/** For double [n, 1], double [n, 1] out. */
export function appendShape(graph: GraphBuilder, value: string, shape: FittedShape): string {
  const size = () => apply(graph, 'Abs', [value]);
  const signed = (magnitude: string) => apply(graph, 'Mul', [apply(graph, 'Sign', [value]), magnitude]);
  switch (shape.kind) {
    case 'none':
      return value;
    case 'log1p':
      return signed(apply(graph, 'Log', [apply(graph, 'Add', [size(), double(graph, 1)])]));
    case 'sqrt':
      return signed(apply(graph, 'Sqrt', [size()]));
    case 'yeo-johnson': {
      // Either branch sees 1 + |x|, so that none is asked for the power of a negative number.
      const base = apply(graph, 'Add', [size(), double(graph, 1)]);
      const isBelow = apply(graph, 'Less', [value, double(graph, 0)]);
      return where(
        graph,
        isBelow,
        apply(graph, 'Neg', [appendBoxCox(graph, base, 2 - shape.power)]),
        appendBoxCox(graph, base, shape.power),
      );
    }
    case 'pieces':
      return appendPieces(graph, value, shape.pieces);
  }
}

/** Yeo and Johnson (2000): Box and Cox's transform of 1 + x, and of negative values its mirror image. */
function yeoJohnson(value: number, power: number): number {
  return value < 0 ? -boxCox(1 - value, 2 - power) : boxCox(1 + value, power);
}

/** A power this near 0 is the logarithm: the quotient would lose its digits. */
const nearlyZero = 1e-9;

function boxCox(base: number, power: number): number {
  return Math.abs(power) < nearlyZero ? Math.log(base) : (base ** power - 1) / power;
}

function appendBoxCox(graph: GraphBuilder, base: string, power: number): string {
  if (Math.abs(power) < nearlyZero) return apply(graph, 'Log', [base]);
  const raised = apply(graph, 'Pow', [base, double(graph, power)]);
  return apply(graph, 'Div', [apply(graph, 'Sub', [raised, double(graph, 1)]), double(graph, power)]);
}

/** The power lies within; where data ask for more, a rank is the better shape. */
const [leastPower, mostPower] = [-5, 7];

/**
 * The power of largest likelihood that the result is normal, as scikit-learn's PowerTransformer:
 * -n/2 log Var(ψ(x)) + (λ - 1) Σ sign(x) log(1 + |x|). By golden sections: the likelihood has one peak
 * (Yeo and Johnson 2000). 1 for fewer than two different values.
 */
export function yeoJohnsonPower(values: Float32Array): number {
  if (values.every((value) => value === values[0])) return 1;
  const logs = values.reduce((sum, value) => sum + Math.sign(value) * Math.log1p(Math.abs(value)), 0);
  const loss = (power: number): number => {
    let [count, mean, squares] = [0, 0, 0];
    for (const value of values) {
      const shaped = yeoJohnson(value, power);
      const distance = shaped - mean;
      mean += distance / ++count;
      squares += distance * (shaped - mean);
    }
    return (values.length / 2) * Math.log(squares / values.length) - (power - 1) * logs;
  };
  const golden = (Math.sqrt(5) - 1) / 2;
  let [low, high]: [number, number] = [leastPower, mostPower];
  let [left, right] = [high - golden * (high - low), low + golden * (high - low)];
  let [leftLoss, rightLoss] = [loss(left), loss(right)];
  while (high - low > 1e-7) {
    // A loss that is no number lies beyond what doubles can hold: away from it.
    if (leftLoss < rightLoss || Number.isNaN(rightLoss)) {
      [high, right, rightLoss] = [right, left, leftLoss];
      left = high - golden * (high - low);
      leftLoss = loss(left);
    } else {
      [low, left, leftLoss] = [left, right, rightLoss];
      right = low + golden * (high - low);
      rightLoss = loss(right);
    }
  }
  return (low + high) / 2;
}
