/** What several ask for at a time is read once, and not held longer than somebody needs it. */

/** Columns that are read once for all who ask while somebody still holds them. */
export class Shared<T extends object> {
  readonly #reading = new Map<string, Promise<T>>();
  readonly #held = new Map<string, WeakRef<T>>();

  /** What is held or being read. */
  known(name: string): T | Promise<T> | undefined {
    return this.#held.get(name)?.deref() ?? this.#reading.get(name);
  }

  async of(name: string, read: () => Promise<T>): Promise<T> {
    const known = this.known(name);
    if (known !== undefined) return known;
    const reading = read();
    this.#reading.set(name, reading);
    try {
      const values = await reading;
      this.#held.set(name, new WeakRef(values));
      return values;
    } finally {
      this.#reading.delete(name);
    }
  }
}
