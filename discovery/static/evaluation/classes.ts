/** Classes of the package and what they derive from. */
import type { SourcePackage } from '../package.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Scope } from '../syntax/scope.ts';
import type { Value } from './values.ts';

export class Classes {
  readonly #evaluate: (expression: Expr, scope: Scope) => Value[];
  readonly #subclasses = new Map<Scope, Scope[]>();
  readonly #bases = new Map<Scope, Scope[]>();

  constructor(evaluate: (expression: Expr, scope: Scope) => Value[]) {
    this.#evaluate = evaluate;
  }

  /** Learns which classes of the package derive from which. */
  linkAll(source: SourcePackage): void {
    for (const scope of source.scopes) if (scope.kind === 'class') this.#link(scope);
  }

  #link(scope: Scope): void {
    for (const base of this.basesOf(scope))
      this.#subclasses.set(base, [...(this.#subclasses.get(base) ?? []), scope]);
  }

  /** Base classes that the package defines. */
  basesOf(scope: Scope): Scope[] {
    const known = this.#bases.get(scope);
    if (known) return known;
    this.#bases.set(scope, []);
    const definition = scope.definition;
    if (definition?.kind !== 'class' || scope.parent === undefined) return [];
    const outer = scope.parent;
    const found = definition.bases.flatMap((base) =>
      this.#evaluate(base.kind === 'subscript' ? base.value : base, outer).flatMap((value) =>
        value.kind === 'class' && value.scope !== scope ? [value.scope] : [],
      ),
    );
    this.#bases.set(scope, found);
    return found;
  }

  subclassesOf(scope: Scope): Scope[] {
    const direct = this.#subclasses.get(scope) ?? [];
    return direct.flatMap((inner) => (inner === scope ? [] : [inner, ...this.subclassesOf(inner)]));
  }

  /** A class and its bases, nearest first. */
  lineOf(scope: Scope, seen = new Set<Scope>()): Scope[] {
    if (seen.has(scope)) return [];
    seen.add(scope);
    return [scope, ...this.basesOf(scope).flatMap((base) => this.lineOf(base, seen))];
  }

  /** Whether a class derives from one of another package that may call its methods: an auth flow, a handler, a thread. */
  hasForeignBase(scope: Scope): boolean {
    return this.lineOf(scope).some(
      ({ definition, parent }) =>
        definition?.kind === 'class' &&
        parent !== undefined &&
        definition.bases.some((base) =>
          this.#evaluate(base, parent).some(
            (value) =>
              value.kind === 'external' &&
              !/^(pydantic|abc|typing|enum|collections|dataclasses)\b/.test(value.name),
          ),
        ),
    );
  }
}
