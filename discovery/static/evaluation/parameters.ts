/** What a parameter holds: what the call at hand passes, otherwise what any call in the package passes, or its annotation. */
import { type Expr, lastName, walk } from '../syntax/ast.ts';
import { classOf, type Scope, selfName } from '../syntax/scope.ts';
import { CallSites } from './call-sites.ts';
import type { Evaluator } from './evaluate.ts';
import { argumentOf, CONTAINERS, externalInstance, type Frame, isClassMethod, mapIn } from './frames.ts';
import { union, type Value } from './values.ts';

export class ParameterValues {
  readonly #evaluator: Evaluator;
  readonly #sites: CallSites;
  readonly #known = new Map<Scope, Map<string, Value[]>>();

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
    this.#sites = new CallSites(evaluator);
  }

  of(scope: Scope, name: string, frame: Frame | undefined): Value[] {
    const given = frame?.scope === scope ? frame.values.get(name) : undefined;
    if (given) return given;
    if (name === selfName(scope)) {
      if (frame?.scope === scope && frame.self) return [frame.self];
      const owner = classOf(scope);
      if (owner) return [{ kind: isClassMethod(scope) ? 'class' : 'instance', scope: owner, open: true }];
    }
    return this.#evaluator.recursion.remembered(mapIn(this.#known, scope), name, () =>
      this.#anywhere(scope, name),
    );
  }

  #anywhere(scope: Scope, name: string): Value[] {
    if (scope.definition?.kind !== 'function') return [];
    const { parameters } = scope.definition;
    const parameter = parameters.find((candidate) => candidate.name === name);
    const passed = this.#sites.of(scope).flatMap((site) => {
      const argument = argumentOf(site, parameters, name, selfName(scope) !== undefined);
      return argument ? [this.#evaluator.evaluate(argument, site.scope)] : [];
    });
    const defaults =
      parameter?.default && scope.parent ? [this.#evaluator.evaluate(parameter.default, scope.parent)] : [];
    const values = union([...passed, ...defaults]);
    if (values.length > 0 || !parameter?.annotation) return values;
    return this.annotated(parameter.annotation, scope);
  }

  /** An instance of the class that an annotation names; generics and unions are looked into. */
  annotated(annotation: Expr, scope: Scope): Value[] {
    const outer = scope.kind === 'function' ? (scope.parent ?? scope) : scope;
    const container = annotation.kind === 'subscript' ? lastName(annotation.value)?.toLowerCase() : undefined;
    if (annotation.kind === 'subscript' && container !== undefined && CONTAINERS.test(container)) {
      const inside = annotation.index.flatMap((part) => this.annotated(part, scope));
      if (inside.length === 0) return [];
      return /list|sequence|set|iter/.test(container)
        ? [{ kind: 'list', items: [inside] }]
        : [{ kind: 'dict', entries: [{ value: inside }] }];
    }
    const found: Value[][] = [];
    for (const part of walk(
      annotation.kind === 'string' ? { kind: 'name', id: annotation.value } : annotation,
    )) {
      if (part.kind !== 'name' && part.kind !== 'attribute') continue;
      for (const value of this.#evaluator.evaluate(part, outer)) {
        if (value.kind === 'class') found.push([{ kind: 'instance', scope: value.scope, open: true }]);
        if (value.kind === 'external') found.push(externalInstance(value.name));
      }
    }
    return union(found);
  }
}
