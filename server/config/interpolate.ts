/** Puts values in place of `${vars.x}`, `${env:NAME}`, `${git.sha}`, `${now:yyyy-MM-dd}` and `${config.path}`. */
// biome-ignore-all lint/suspicious/noTemplateCurlyInString: the language's own placeholders.
import { relative } from 'node:path';
import { joined } from './configNode.ts';
import type { Scalar } from './experiment.ts';
import { fieldAt } from './fields.ts';
import type { LoadRequest } from './loadRequest.ts';
import { nearest } from './nearest.ts';
import type { Problem } from './problem.ts';
import { type PrimaryOf, type Traced, type TracedMap, tracedAt } from './traced.ts';

export interface Interpolated {
  readonly traced: TracedMap;
  readonly problems: readonly Problem[];
}

/** `$${` is a plain `${`. Variants are left alone until they are laid over. */
export function interpolate(traced: TracedMap, request: LoadRequest, primaryOf: PrimaryOf): Interpolated {
  const interpolator = new Interpolator(traced, request, primaryOf);
  const entries = new Map<string, Traced>();
  for (const [key, value] of traced.entries) {
    entries.set(key, key === 'variants' ? value : interpolator.replace(value, key));
  }
  return { traced: { ...traced, entries }, problems: interpolator.problems };
}

export function holdsReference(value: unknown): value is string {
  return typeof value === 'string' && value.includes('${');
}

class Interpolator {
  readonly problems: Problem[] = [];
  readonly #root: TracedMap;
  readonly #request: LoadRequest;
  readonly #primaryOf: PrimaryOf;
  /** Variables that are being looked up right now. */
  readonly #open: string[] = [];
  /** Variables whose circle has been told. */
  readonly #circular = new Set<string>();

  constructor(root: TracedMap, request: LoadRequest, primaryOf: PrimaryOf) {
    this.#root = root;
    this.#request = request;
    this.#primaryOf = primaryOf;
  }

  /** What holds no placeholder is given back as it is. */
  replace(traced: Traced, path: string): Traced {
    if (traced.kind === 'list') {
      const items = traced.items.map((item, i) => this.replace(item, joined(path, String(i))));
      return items.every((item, i) => item === traced.items[i]) ? traced : { ...traced, items };
    }
    if (traced.kind === 'map') {
      const changed = new Map<string, Traced>();
      for (const [key, value] of traced.entries) {
        const replaced = this.replace(value, joined(path, key));
        if (replaced !== value) changed.set(key, replaced);
      }
      if (changed.size === 0) return traced;
      const entries = [...traced.entries].map(([key, value]) => [key, changed.get(key) ?? value] as const);
      return { ...traced, entries: new Map(entries) };
    }
    return holdsReference(traced.value) ? this.#text(traced, traced.value, path) : traced;
  }

  #text(traced: Traced, text: string, path: string): Traced {
    const replaced = this.#replaced(traced, text, path);
    // A key stays a reference: what is resolved is stored with every run.
    return fieldAt(path)?.formats.includes('secret') === true ? traced : replaced;
  }

  #replaced(traced: Traced, text: string, path: string): Traced {
    const whole = /^\$\{([^}]*)\}$/.exec(text)?.[1];
    const used = { ...traced.source, value: text };
    if (whole !== undefined) {
      const found = this.#lookUp(whole.trim(), path);
      if (found === undefined) return traced;
      const source =
        found.source.how === 'default' ? traced.source : { ...found.source, how: 'vars' as const };
      return { ...found, source, chain: [used, ...traced.chain] };
    }
    const value = text.replaceAll(/\$?\$\{([^}]*)\}/g, (written, reference: string) => {
      if (written.startsWith('$$')) return written.slice(1);
      const found = this.#lookUp(reference.trim(), path);
      if (found === undefined) return written;
      if (found.kind === 'scalar') return String(found.value ?? '');
      this.#fail(path, `\`${written}\` is a ${found.kind}, which cannot stand inside text.`, reference);
      return written;
    });
    const open = /(?<!\$)\$\{[^}]*$/.exec(text)?.[0];
    if (open !== undefined)
      this.#fail(path, `\`${open}\` is not closed by a \`}\`; \`$\${\` is the plain text.`, open.slice(2));
    return {
      kind: 'scalar',
      value,
      source: traced.source,
      chain: value === text ? traced.chain : [used, ...traced.chain],
    };
  }

  #lookUp(reference: string, path: string): Traced | undefined {
    // Commands get these when they run.
    if (/^split\.(?:train|valid|test)$/.test(reference)) return undefined;
    const name = /^vars\.(.+)$/.exec(reference)?.[1];
    if (name !== undefined) return this.#variable(name, reference, path);
    const variable = /^env:(.+)$/.exec(reference)?.[1];
    if (variable !== undefined) {
      const value = (this.#request.environment ?? process.env)[variable];
      return value === undefined ? this.#missing(path, reference, 'the environment', []) : computed(value);
    }
    const format = /^now:(.+)$/.exec(reference)?.[1];
    if (format !== undefined) return computed(formatTime(this.#request.now ?? new Date(), format));
    if (reference === 'git.sha') {
      const sha = this.#request.git?.();
      return sha === undefined ? this.#missing(path, reference, 'git: no commit here', []) : computed(sha);
    }
    if (reference === 'config.path') return computed(relative(this.#request.workspace, this.#request.file));
    const known = ['vars.NAME', 'env:NAME', 'git.sha', 'now:yyyy-MM-dd', 'config.path'];
    return this.#missing(path, reference, known.join(', '), ['git.sha', 'config.path', ...this.#variables()]);
  }

  #variable(name: string, reference: string, path: string): Traced | undefined {
    if (this.#open.includes(name)) {
      const circle = this.#open.slice(this.#open.indexOf(name));
      // However many ways lead into a circle, it is one fault.
      if (circle.some((step) => this.#circular.has(step))) return undefined;
      for (const step of circle) this.#circular.add(step);
      const steps = [...circle, name].map((step) => `vars.${step}`).join(' uses ');
      return this.#fail(path, `\`\${${reference}}\` goes in a circle: ${steps}.`, reference);
    }
    const found = tracedAt(this.#root, `vars.${name}`, this.#primaryOf);
    if (found === undefined) {
      const names = this.#variables();
      const place = names.length === 0 ? 'vars: there are none' : names.join(', ');
      return this.#missing(path, reference, place, names);
    }
    if (this.#open.length > 50)
      return this.#fail(path, 'variables use each other more than 50 levels deep.', reference);
    this.#open.push(name);
    const replaced = this.replace(found, `vars.${name}`);
    this.#open.pop();
    return replaced;
  }

  #variables(): string[] {
    const vars = this.#root.entries.get('vars');
    return vars?.kind === 'map' ? [...vars.entries.keys()].map((name) => `vars.${name}`) : [];
  }

  #missing(path: string, reference: string, place: string, candidates: readonly string[]): undefined {
    const near = nearest(reference, candidates);
    const hint = near === undefined ? '' : ` Did you mean \`\${${near}}\`?`;
    this.#fail(path, `\`\${${reference}}\` not found (looked in ${place}).${hint}`, reference, near);
  }

  #fail(path: string, message: string, reference: string, suggestion?: string): undefined {
    const data = { reference, ...(suggestion === undefined ? {} : { suggestion }) };
    // A variable that is used in several places is told at each, but once at each.
    if (this.problems.some((problem) => problem.path === path && problem.message === message)) return;
    this.problems.push({ rule: 'unresolved-reference', path, message, data });
  }
}

function computed(value: Scalar): Traced {
  return { kind: 'scalar', value, source: { how: 'default' }, chain: [] };
}

/** UTC; yyyy, MM, dd, HH, mm, ss are replaced, everything else stands. */
function formatTime(now: Date, format: string): string {
  const two = (value: number): string => String(value).padStart(2, '0');
  const parts: Readonly<Record<string, string>> = {
    yyyy: String(now.getUTCFullYear()).padStart(4, '0'),
    MM: two(now.getUTCMonth() + 1),
    dd: two(now.getUTCDate()),
    HH: two(now.getUTCHours()),
    mm: two(now.getUTCMinutes()),
    ss: two(now.getUTCSeconds()),
  };
  return format.replaceAll(/yyyy|MM|dd|HH|mm|ss/g, (part) => parts[part] ?? part);
}
