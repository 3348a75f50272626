/** What was worked out for a text is kept for the next one, where most of it stands again. */

/** By the characters it was worked out from; what neither of the last two texts asked for is forgotten. */
export class Recent<Result> {
  #these = new Map<string, Result>();
  #former: ReadonlyMap<string, Result> = new Map();

  /** Another text begins. */
  turn(): void {
    this.#former = this.#these;
    this.#these = new Map();
  }

  /** Whatever the last two texts asked for. */
  *results(): Iterable<Result> {
    yield* this.#former.values();
    yield* this.#these.values();
  }

  find(characters: string): Result | undefined {
    return this.#these.get(characters) ?? this.#former.get(characters);
  }

  keep(characters: string, result: Result): Result {
    this.#these.set(characters, result);
    return result;
  }

  recall(characters: string, workOut: (characters: string) => Result): Result {
    return this.keep(characters, this.find(characters) ?? workOut(characters));
  }
}
