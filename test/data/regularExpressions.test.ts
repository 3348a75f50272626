/** The check of patterns while one types says what DuckDB says, which runs them: of patterns of either kind, and of random ones. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { patternFault } from '../../server/config/expression/regularExpression.ts';
import { Database } from '../../server/data/duckdb/database.ts';
import { sqlText } from '../../server/data/duckdb/sql.ts';
import { createRandom } from '../../server/statistics/random.ts';
import { rounds } from '../rounds.ts';

let database: Database;
beforeAll(async () => {
  database = await Database.open();
});
afterAll(() => database.close());

/** Why DuckDB refuses it; undefined where it runs. */
async function refusal(pattern: string): Promise<string | undefined> {
  try {
    await database.rows(`SELECT regexp_matches('x', ${sqlText(pattern)})`);
    return undefined;
  } catch (error) {
    return String(error);
  }
}

const inRe2 = [
  ...String.raw`\A \z (?P<name>a) (?P<é>a) (?P<1>a) (?i)a (?) (?i-s:a) (?U)a* (?m)^a$ [[:alpha:]] [[:^space:]x] [:alpha:] \pN \p{N} \p{^Lu} \P{Greek} \p{Any} \p{Old_Italic} \p{Thai} \Qa(*[\E \Qab\E* \Qabc \C \B \x41 \x{1F600} \0 \012 \777 \a\f\n\r\t\v \_\- a*? a?? a{2}? a{,2} a{2 { } a{01} ^* ()* \b* a(?i)* (a{10}){100} (a{0}){1000} []a] [^]a] [a-] [-a] [\d-a] [+--] [\pL\D] [[a] [\01] a&&b (|a) a||b`.split(
    ' ',
  ),
  '',
  '\\ ',
  'x{ 2}',
  '\\\n',
];

/** With a part of what is said of each. */
const notInRe2: readonly (readonly [string, string])[] = [
  ['(?=a)', '`(?=` looks around'],
  ['(?<!a)', '`(?<!` looks around'],
  [String.raw`(a)\1`, '`\\1` refers back'],
  [String.raw`(?P<n>a)\k<n>`, 'refers back'],
  ['(?<name>a)', 'RE2 writes as `(?P<name>…)`'],
  ['(?P=name)', 'refers to another group'],
  [String.raw`\cX`, '`\\cX` is no escape of RE2'],
  [String.raw`\u0041`, 'is no escape of RE2: a character is written'],
  [String.raw`a\Z`, 'the end of the text is `\\z`'],
  [String.raw`\x4`, 'is no number of a character'],
  [String.raw`\x{110000}`, 'is no number of a character'],
  [String.raw`\E`, 'ends a quotation'],
  [String.raw`\h`, 'a blank is'],
  [String.raw`\q`, 'is no escape of RE2'],
  ['(?>a)', 'atomic group'],
  ['(?#a)', 'is a comment'],
  ['(?x)a', 'its flags are i, m, s and U'],
  ['(?i', 'is no group of RE2'],
  ['a**', '`**` repeats what is repeated already'],
  ['a*+', 'repeats what is repeated already'],
  ['a|*', '`*` repeats nothing'],
  [String.raw`\Q\E*`, '`*` repeats nothing'],
  ['a{2,1}', 'is no number of times'],
  ['a{1001}', 'is no number of times'],
  ['((a{10}){10}){11}', 'together more than 1000 times'],
  ['(a{600}b{3}){2}', 'together more than 1000 times'],
  ['(a', '`)` is missing'],
  ['a)', '`)` closes nothing'],
  ['[a', 'has no closing `]`'],
  ['[]', 'has no closing `]`'],
  ['[b-a]', '`b-a` is no range'],
  ['[[:foo:]]', 'is no class such as `[:alpha:]`'],
  [String.raw`[a-\d]`, 'is no escape of RE2'],
  [String.raw`\p{Grek}`, 'is no class of Unicode'],
  [String.raw`\p{Letter}`, 'is no class of Unicode'],
  [String.raw`\p{Script=Greek}`, 'is no class of Unicode'],
  [String.raw`\pQ`, 'is no class of Unicode'],
  ['a\\', 'at the end escapes nothing'],
];

describe('a pattern', () => {
  test.each(inRe2)('%s is one', async (pattern) => {
    expect(await refusal(pattern)).toBeUndefined();
    expect(patternFault(pattern)).toBeUndefined();
  });

  test.each(notInRe2)('%s is none: %s', async (pattern, message) => {
    expect(await refusal(pattern)).toBeDefined();
    const fault = patternFault(pattern);
    expect(fault?.message).toContain(message);
    const { start = -1, end = -1 } = fault ?? {};
    expect(start).toBeGreaterThanOrEqual(0);
    expect(end).toBeGreaterThanOrEqual(start);
    expect(end).toBeLessThanOrEqual(pattern.length);
  });
});

const pieces =
  String.raw`a b ( ) ( ( | * + ? {2} {2,} {0,3} {,3} {40} {01} [ [ [^ ] ] - ^ $ . \d \W \b \B \A \z \Z \pL \p{Greek} \p{^Lu} \P{Nd} \p{Foo} \pX [:alpha:] [[:digit:] [:foo:] (?i) (?i: (?: (?P<n> (?P<m> (?<n> (?= (?! (?<= (?s-i: (?-) (?U) (?x) (?i-s) \1 \01 \x41 \x{1F600} \x{110000} \x \n \Q \E \_ \é é 😀 \ { } , z-a a-z \u0041 \cA \C 0 && ' " # ß`.split(
    ' ',
  );

test('random patterns are judged as DuckDB judges them', async () => {
  const random = createRandom(11, 'patterns');
  const wrong: string[] = [];
  let valid = 0;
  for (let round = 0; round < rounds(4_000, 200_000); round++) {
    const drawn = Array.from(
      { length: 1 + random.int(7) },
      () => pieces[random.int(pieces.length)] ?? '',
    ).join('');
    // Every other one with its parentheses closed, so that enough of them are patterns.
    const open = drawn.split('(').length - drawn.split(')').length;
    const pattern = round % 2 === 0 ? drawn : drawn + ')'.repeat(Math.max(0, open));
    const [ours, said] = [patternFault(pattern), await refusal(pattern)];
    // That is known only once it has been compiled.
    if (said?.includes('pattern too large') === true) continue;
    if (said === undefined) valid++;
    if ((ours === undefined) !== (said === undefined)) wrong.push(`${pattern}: ${ours?.message} / ${said}`);
  }
  expect(wrong).toEqual([]);
  expect(valid).toBeGreaterThan(rounds(800, 40_000));
});
