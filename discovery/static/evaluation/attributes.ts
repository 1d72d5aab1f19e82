/** What an attribute of known values stands for: methods, properties, fields, names of modules, parts of AWS clients. */
import type { Scope } from '../syntax/scope.ts';
import { isBotoAttribute } from './boto.ts';
import type { Evaluator } from './evaluate.ts';
import { externalAttribute, type Frame, isProperty, propertyFrame } from './frames.ts';
import { union, type Value } from './values.ts';

export class AttributeValues {
  readonly #evaluator: Evaluator;

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  of(values: readonly Value[], name: string, frame?: Frame): Value[] {
    return union(values.map((value) => this.#attributeOf(value, name, frame)));
  }

  #attributeOf(value: Value, name: string, frame: Frame | undefined): Value[] {
    switch (value.kind) {
      case 'instance':
      case 'class':
        return this.#member(value, name, frame);
      case 'module': {
        const module = this.#evaluator.source.modules.get(value.name);
        return module ? this.#evaluator.names.exported(module, name) : [];
      }
      case 'external':
        return externalAttribute(value.name, name);
      case 'client':
        return isBotoAttribute(value, name);
      default:
        return [];
    }
  }

  #member(
    value: Extract<Value, { kind: 'instance' | 'class' }>,
    name: string,
    frame: Frame | undefined,
  ): Value[] {
    const line = this.#evaluator.classes.lineOf(value.scope);
    const below = value.open ? this.#evaluator.classes.subclassesOf(value.scope) : [];
    const found: Value[][] = [];
    for (const owner of [...line, ...below]) {
      const bindings = [...(owner.bindings.get(name) ?? []), ...(owner.attributes.get(name) ?? [])];
      if (bindings.length === 0) continue;
      const methods = bindings.flatMap((binding) => (binding.kind === 'scope' ? [binding.scope] : []));
      if (methods.length === 0) found.push(this.#evaluator.names.bindings(bindings, name, frame));
      for (const method of methods) found.push(this.#bound(method, value, owner));
      // The nearest definition hides those of the bases, but not those of the subclasses.
      if (line.includes(owner) && below.length === 0 && found.length > 0 && methods.length > 0) break;
    }
    return union(found);
  }

  #bound(method: Scope, value: Extract<Value, { kind: 'instance' | 'class' }>, owner: Scope): Value[] {
    if (method.kind === 'class') return [{ kind: 'class', scope: method, open: false }];
    const holder = value.open ? owner : value.scope;
    if (isProperty(method))
      return this.#evaluator.calls.returned(method, propertyFrame(method, holder, value.open));
    return [{ kind: 'function', scope: method, owner: holder }];
  }

  /** Properties that run when an attribute of the values is read. */
  properties(values: readonly Value[], name: string): { scope: Scope; frame: Frame }[] {
    return values.flatMap((value) => {
      if (value.kind !== 'instance') return [];
      const owners = [
        ...this.#evaluator.classes.lineOf(value.scope),
        ...(value.open ? this.#evaluator.classes.subclassesOf(value.scope) : []),
      ];
      return owners.flatMap((owner) =>
        (owner.bindings.get(name) ?? []).flatMap((binding) =>
          binding.kind === 'scope' && isProperty(binding.scope)
            ? [{ scope: binding.scope, frame: propertyFrame(binding.scope, value.scope, value.open) }]
            : [],
        ),
      );
    });
  }
}
