/** Keeps the evaluation of expressions finite: what was asked before is remembered, what is being asked answers nothing. */
import type { Expr } from '../syntax/ast.ts';
import { type Memo, mapIn } from './frames.ts';
import type { Value } from './values.ts';

const MAX_DEPTH = 40;

export class Recursion {
  readonly #busy = new Set<Expr>();
  /** Results that a recursion cut short: good until the outermost question is answered, forgotten then. */
  readonly #tentative = new Map<Memo, Map<Expr, Value[]>>();
  /** Counts the results cut short, so that what rests on one is not remembered as final. */
  #cut = 0;
  #depth = 0;

  /** The values of an expression: from the memo, or by `compute`. */
  answer(memo: Memo, expression: Expr, compute: () => Value[]): Value[] {
    const known = memo.get(expression) ?? this.#tentative.get(memo)?.get(expression);
    if (known) return known;
    if (this.#depth > MAX_DEPTH) {
      this.#cut++;
      return [];
    }
    const cut = this.#cut;
    const values = this.#guarded(expression, compute);
    if (this.#cut === cut) memo.set(expression, values);
    else if (this.#depth > 0) mapIn(this.#tentative, memo).set(expression, values);
    if (this.#depth === 0) this.#tentative.clear();
    return values;
  }

  #guarded(expression: Expr, compute: () => Value[]): Value[] {
    if (this.#busy.has(expression)) {
      this.#cut++;
      return [];
    }
    this.#busy.add(expression);
    this.#depth++;
    try {
      return compute();
    } finally {
      this.#depth--;
      this.#busy.delete(expression);
    }
  }

  /** The values under a key of a table; nothing while they are computed, and not kept when cut short. */
  remembered(table: Map<string, Value[]>, key: string, compute: () => Value[]): Value[] {
    const known = table.get(key);
    if (known) return known;
    table.set(key, []);
    const cut = this.#cut;
    const values = compute();
    if (this.#cut === cut) table.set(key, values);
    else table.delete(key);
    return values;
  }
}
