/** Random edits, of the kinds that break YAML: what property tests type into examples. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { createRandom, type Random } from '../../server/statistics/random.ts';
import { pieceOfSoak, rounds } from '../rounds.ts';

/** What is put in: signs of YAML and of our own language, whole lines, and what belongs nowhere. */
export const pieces = [
  '"',
  "'",
  '[',
  ']',
  '{',
  '}',
  ':',
  ': ',
  ' ',
  '  ',
  '\n',
  '\n\n',
  '\n  ',
  '\n    ',
  '- ',
  '#',
  '# c\n',
  ' # c',
  '|',
  '>',
  '|\n',
  '>-\n',
  '|+\n',
  '&a ',
  '*a',
  '!x',
  '? ',
  '<<: ',
  '---\n',
  '...\n',
  '%',
  '\t',
  '\r\n',
  '\r',
  'a: 1\n',
  '  a: 1\n',
  '    b: c\n',
  'data:\n',
  'target: x',
  '\u0000',
  '🙂',
  '<<<<<<< a\n',
  '=======\n',
  'é: ü\n',
  '&a',
  '${',
  '${vars.x}',
  '~',
  '\uFEFF',
  '`',
  '(',
  'plan == ',
  '__proto__: 1\n',
  'constructor',
  '<<: *a',
  '# lint-ignore ',
  'null',
  'é',
  '..',
  '@',
  '1e-4',
  'yes',
  '010',
  ' and ',
  ')',
  '==',
  'constructor: x\n',
  '# lint-ignore x\n',
  'extends: x\n',
  '\u00A0',
  '\u2028',
];

/** 100,000 edits over all examples in the soak, in all its pieces; the long ones are read a hundred times slower than the short ones. */
export function editsOf(example: string, few: number): number {
  return Math.ceil(rounds(few, example.length > 1_000 ? 10_000 : 40_000) / pieceOfSoak().of);
}

/** The draws of this piece of the soak for one example. */
export function drawsFor(example: string, seed: number): Random {
  return createRandom(seed, example, pieceOfSoak().piece);
}

/** The soak says what it has counted, for whoever adds up its pieces. */
export function tell(count: string): void {
  if (rounds(0, 1) === 1) process.stdout.write(`${count}\n`);
}

/** Something is put in, taken out or moved. */
export function edited(text: string, random: Random): string {
  const pick = (count: number) => Math.floor(random.uniform() * count);
  const at = pick(text.length + 1);
  const kind = random.uniform();
  if (kind < 0.55) return text.slice(0, at) + (pieces[pick(pieces.length)] ?? '') + text.slice(at);
  if (kind < 0.8) return text.slice(0, at) + text.slice(at + 1 + pick(20));
  // A stretch that is moved, as one does with lines.
  const to = pick(text.length + 1);
  const stretch = text.slice(at, at + pick(120));
  const rest = text.slice(0, at) + text.slice(at + stretch.length);
  return rest.slice(0, to) + stretch + rest.slice(to);
}
