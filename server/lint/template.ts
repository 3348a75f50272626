/** Prompt templates, Mustache and Jinja alike: which variables must have a value, and where untrusted text stands in them. */

export interface TemplateVariable {
  /** The first name: `user` of `{{ user.name | upper }}`. */
  readonly name: string;
  /** It only decides whether a part is shown, or stands within such a part: a test may leave it out. */
  readonly optional: boolean;
  /** Offsets of the whole tag. */
  readonly start: number;
  readonly end: number;
}

const tag = /\{\{\{?\s*([#^/!>&]?)\s*([^}]*?)\s*\}?\}\}|\{%-?\s*([^%]*?)\s*-?%\}/g;
const name = /^[A-Za-z_][\w-]*/;
/** Words of the template languages themselves. */
const own: ReadonlySet<string> = new Set([
  'else',
  'this',
  'true',
  'false',
  'none',
  'loop',
  'if',
  'each',
  'not',
]);

/** In the order of the text; names that a loop of the template itself gives are left out. */
export function variablesOf(template: string): TemplateVariable[] {
  const found: TemplateVariable[] = [];
  const loops: string[] = [];
  let depth = 0;
  for (const match of template.matchAll(tag)) {
    const [whole, sign = '', inside = '', statement] = match;
    const place = { start: match.index, end: match.index + whole.length };
    const add = (text: string, optional: boolean): void => {
      const root = name.exec(text)?.[0];
      if (root !== undefined && !own.has(root) && !loops.includes(root))
        found.push({ name: root, optional, ...place });
    };
    if (statement !== undefined) {
      const [word = '', ...rest] = statement.split(/\s+/);
      const loop = /^for\s+(\w+)\s+in\s+(.+)$/.exec(statement);
      if (loop !== null) {
        add(loop[2] ?? '', true);
        loops.push(loop[1] ?? '');
        depth++;
      } else if (word === 'if' || word === 'elif') {
        add(rest.filter((each) => each !== 'not')[0] ?? '', true);
        if (word === 'if') depth++;
      } else if (word.startsWith('end')) {
        if (word === 'endfor') loops.pop();
        depth = Math.max(0, depth - 1);
      }
    } else if (sign === '/') depth = Math.max(0, depth - 1);
    else if (sign === '#' || sign === '^') {
      add(inside.replace(/^(?:if|each|unless|with)\s+/, ''), true);
      depth++;
    } else if (sign === '' || sign === '&') add(inside, depth > 0);
  }
  return found;
}

/** What marks off text: a pair of tags, a fence, triple quotes, double brackets, or quotes right around it. */
const pairs: readonly (readonly [RegExp, RegExp])[] = [
  [/<([\w-]+)(?:\s[^<>]*)?>\s*[^<>]*$/, /^[^<>]*\s*<\/[\w-]+\s*>/],
  [/```[\w-]*\s*\n?[^`]*$/, /^[^`]*```/],
  [/"""[^"]*$/, /^[^"]*"""/],
  [/'''[^']*$/, /^[^']*'''/],
  [/\[\[[^\]]*$/, /^[^[]*\]\]/],
  [/"[^"\n]*$/, /^[^"\n]*"/],
];

/** Text is a message of its own where nothing else stands in it. */
export function isDelimited(template: string, { start, end }: TemplateVariable): boolean {
  const [before, after] = [template.slice(0, start), template.slice(end)];
  if (before.trim() === '' && after.trim() === '') return true;
  return pairs.some(([open, close]) => open.test(before) && close.test(after));
}

/** A rough count of tokens: four characters each, as the catalogue takes it. */
export function tokensIn(text: string): number {
  return Math.ceil(text.length / 4);
}
