/** Builds elements: text is always text, so that no name from a file can become markup. */

type Child = Node | string | null;
type Value = string | number | boolean | null | ((event: Event) => void);

/** `on…` adds a listener; `true` sets an empty attribute, `null` and `false` none; ARIA wants the words. */
export function element(
  tag: string,
  attributes: Readonly<Record<string, Value>>,
  ...children: readonly Child[]
): HTMLElement {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') made.addEventListener(name.slice(2), value);
    else if (name.startsWith('aria-') && value !== null) made.setAttribute(name, String(value));
    else if (value !== null && value !== false) made.setAttribute(name, value === true ? '' : String(value));
  }
  append(made, children);
  return made;
}

export function svg(
  tag: string,
  attributes: Readonly<Record<string, string | number>>,
  ...children: readonly Child[]
): SVGElement {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, String(value));
  append(made, children);
  return made;
}

const shown = new WeakMap<Element, string>();

/** Builds the content anew only when what it shows is another, so that focus, selection and scroll survive an update. */
export function fill(parent: Element, shows: unknown, build: () => readonly Child[]): void {
  const key = JSON.stringify(shows);
  if (shown.get(parent) === key) return;
  shown.set(parent, key);
  parent.replaceChildren();
  append(parent, build());
}

function append(parent: Element, children: readonly Child[]): void {
  for (const child of children) if (child !== null) parent.append(child);
}
