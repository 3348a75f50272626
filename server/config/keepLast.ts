/** Answers about texts that come again at every key press, kept for the next one. */

/** UTF-16 code units. */
const longest = 10_000;

/** `work` must be pure; once `most` answers are kept, all are forgotten. Answers about longer texts are not kept. */
export function keepLast<Answer>(most: number, work: (text: string) => Answer): (text: string) => Answer {
  const kept = new Map<string, Answer>();
  return (text) => {
    const known = kept.get(text);
    if (known !== undefined) return known;
    const answer = work(text);
    if (kept.size >= most) kept.clear();
    if (text.length <= longest) kept.set(text, answer);
    return answer;
  };
}
