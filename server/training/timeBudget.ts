/** `train.budget.time`: what a search and the training of the model may take together, and how fits share it. */
import type { CheckpointPort } from '../models/family.ts';
import { grouped } from '../protocol/grouped.ts';

export interface TimeBudget {
  /** As written, such as `20m`. */
  readonly text: string;
  readonly seconds: number;
  /** Seconds of work that the run stands on: of this attempt, and of earlier ones up to what they had saved. */
  spent(): number;
}

/** How long one fit may go on. */
export interface FitLimit {
  /** Asked between steps: whether the fit is to end after `done` of at most `total`. */
  isOver(done: number, total: number): boolean;
  /** The fit has ended. */
  end?(): void;
}

export interface FitLimits {
  /** Of the fit that starts now; `name` as its checkpoints have it. */
  next(name: string): FitLimit;
  /** In words, which fits were ended before their time; undefined where none was. */
  told?(): string | undefined;
}

interface DivideOptions {
  readonly budget: TimeBudget;
  /** Of each fit, in the order in which they are fitted: about what each of its steps takes. */
  readonly rows: readonly number[];
  /** Where a fit writes after which step it ended: one that is resumed ends there again, whatever the clock says then. */
  checkpoint?(name: string): CheckpointPort | undefined;
}

/** Each fit has its share by rows of what is left; what it does not use, the later ones have. */
export function divideTime({ budget, rows, checkpoint }: DivideOptions): FitLimits {
  let started = 0;
  const ended: { done: number; total: number; last: boolean }[] = [];

  function next(name: string): FitLimit {
    const rest = rows.slice(started).reduce((sum, each) => sum + each, 0);
    const share = rest === 0 ? 1 : (rows[started] ?? 0) / rest;
    const deadline = budget.spent() + Math.max(0, budget.seconds - budget.spent()) * share;
    const last = ++started === rows.length;
    const port = checkpoint?.(`${name}, end`);
    const known = readEnd(port?.load(), budget.text);
    let isCut = false;
    return {
      isOver(done, total) {
        const isOver = known === undefined ? budget.spent() >= deadline : done >= known;
        if (isOver && !isCut) {
          isCut = true;
          ended.push({ done, total, last });
          writeEnd(port, budget.text, done);
        }
        return isOver;
      },
      end() {
        if (!isCut && known === undefined) writeEnd(port, budget.text, Number.POSITIVE_INFINITY);
      },
    };
  }

  return {
    next,
    told() {
      const [first] = ended;
      if (first === undefined) return undefined;
      const final = ended.find(({ last }) => last) ?? first;
      const steps = `after ${grouped(final.done)} of at most ${grouped(final.total)} steps`;
      const what =
        rows.length === 1
          ? `\`train.budget.time\` (${budget.text}) ended the training ${steps}`
          : `\`train.budget.time\` (${budget.text}) ended ${ended.length} of ${rows.length} fits, one of them ${steps}`;
      return `${what}: the model is what early stopping would have kept by then. With a larger budget it may be better.`;
    },
  };
}

/** The step, or infinity where a fit came to its own end; undefined where that is not known, or of another budget. */
function readEnd(state: Uint8Array | undefined, budget: string): number | undefined {
  if (state === undefined) return undefined;
  try {
    const { budget: of, steps } = JSON.parse(new TextDecoder().decode(state)) as Record<string, unknown>;
    if (of !== budget) return undefined;
    return typeof steps === 'number' ? steps : Number.POSITIVE_INFINITY;
  } catch {
    return undefined;
  }
}

function writeEnd(port: CheckpointPort | undefined, budget: string, steps: number): void {
  if (port === undefined || port.every === Number.POSITIVE_INFINITY) return;
  port.save(new TextEncoder().encode(JSON.stringify({ budget, steps })));
}
