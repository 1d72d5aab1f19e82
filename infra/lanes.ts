/**
 * At most five target operations may be under way on a gateway. Targets are made in a few lanes, one after another in
 * each; every target depends on all earlier ones of its lane, so the order holds when links in between are removed.
 */
export class Lanes<T> {
  readonly #lanes = new Map<number, T[]>();

  get all(): T[] {
    return [...this.#lanes.values()].flat();
  }

  /** Puts into a lane what `make` returns for the earlier ones of it. */
  add(lane: number, make: (earlier: readonly T[]) => T): T {
    const earlier = this.#lanes.get(lane) ?? [];
    const made = make([...earlier]);
    this.#lanes.set(lane, [...earlier, made]);
    return made;
  }
}
