/** What a credential looks like: the prefixes that providers give theirs, and text that is too random to be words. */

/** Sources: the providers' own documentation of their token formats. */
const known: readonly (readonly [string, RegExp])[] = [
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY-----/],
  ['an AWS access key', /\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a GitHub token', /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,})/],
  ['a GitLab token', /\bglpat-[\w-]{16,}/],
  ['a Slack token', /\bxox[abeprs]-[\w-]{10,}/],
  ['a Google API key', /\bAIza[\w-]{30,}/],
  ['a Google token', /\bya29\.[\w-]{20,}/],
  ['a Stripe key', /\b[rs]k_(?:live|test)_[A-Za-z0-9]{10,}/],
  ['an API key', /\bsk-[A-Za-z0-9][\w-]{15,}/],
  ['a Hugging Face token', /\bhf_[A-Za-z0-9]{20,}/],
  ['an npm token', /\bnpm_[A-Za-z0-9]{30,}/],
  ['a PyPI token', /\bpypi-[\w-]{30,}/],
  ['a SendGrid key', /\bSG\.[\w-]{16,}\.[\w-]{16,}/],
  ['a Databricks token', /\bdapi[0-9a-f]{32}\b/],
  ['a JSON web token', /\beyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]+/],
  ['a bearer token', /\bBearer\s+[\w.~+/-]{16,}/],
  ['a password in a URL', /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@$]+:[^\s/@$]{3,}@/i],
];

/** Of such keys, any literal is a secret. */
const secretKey = /(?:^|_)(?:api_?key|secret|token|password|passwd|pwd|credentials?)$/i;

/** Formats whose text has its own meaning, however random it looks. */
const exempt: ReadonlySet<string> = new Set([
  'path',
  'source',
  'testPath',
  'version',
  'expr',
  'gate',
  'slice',
  'column',
  'glob',
  'run',
]);

export interface Secret {
  readonly kind: string;
  /** As it stands in the text. */
  readonly text: string;
}

const reference = /\$\{[^}]+\}/;

/** The first credential of a known form within a text; none in one that holds references. */
export function knownSecret(text: string): Secret | undefined {
  if (reference.test(text)) return undefined;
  for (const [kind, pattern] of known) {
    const [found] = pattern.exec(text) ?? [];
    if (found !== undefined) return { kind, text: found };
  }
  return undefined;
}

/** What kind of secret the value is; undefined for anything else, references included. */
export function secretKind(
  value: string,
  { key, formats }: { key: string; formats: readonly string[] },
): string | undefined {
  if (reference.test(value)) return undefined;
  const match = knownSecret(value);
  if (match !== undefined) return match.kind;
  if ((formats.includes('secret') || secretKey.test(key)) && value.length >= 8)
    return `the value of \`${key}\``;
  if (formats.some((format) => exempt.has(format))) return undefined;
  return looksRandom(value) ? `${value.length} random characters` : undefined;
}

/** More than 4 bits a character over 20 and more, letters and digits mixed within its parts; hashes in hex stay below. */
function looksRandom(value: string): boolean {
  if (!/^[A-Za-z0-9+/_=.-]{20,}$/.test(value) || bitsPerCharacter(value) <= 4) return false;
  return value.split(/[_./=-]/).some((part) => part.length >= 12 && /\d/.test(part) && /[a-z]/i.test(part));
}

/** Shannon entropy of the characters' frequencies. */
function bitsPerCharacter(value: string): number {
  const counts = [...Map.groupBy(value, (character) => character).values()].map((same) => same.length);
  return -counts.reduce((sum, count) => sum + (count / value.length) * Math.log2(count / value.length), 0);
}
