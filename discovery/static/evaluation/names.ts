/** What a name stands for: its bindings where it stands, followed through imports within the package. */
import { localName, resolveModule, type SourceModule } from '../package.ts';
import type { Binding, Scope } from '../syntax/scope.ts';
import type { Evaluator } from './evaluate.ts';
import { definitionValue, type Frame, isEmpty, isWithin } from './frames.ts';
import { elementsOf, union, type Value } from './values.ts';

export class NameValues {
  readonly #evaluator: Evaluator;

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** The scopes in which a name is looked up, innermost first; class bodies are skipped from inside functions. */
  #lookup(name: string, scope: Scope): { scope: Scope; bindings: Binding[] } | undefined {
    for (let at: Scope | undefined = scope; at; at = at.parent) {
      if (at.kind === 'class' && at !== scope) continue;
      const bindings = at.bindings.get(name);
      if (bindings) return { scope: at, bindings };
    }
    return undefined;
  }

  of(name: string, scope: Scope, frame: Frame | undefined): Value[] {
    const found = this.#lookup(name, scope);
    if (found) return this.bindings(found.bindings, name, frame);
    const module = this.#evaluator.moduleOf(scope);
    return module ? this.#starred(module, name) : [];
  }

  #starred(module: SourceModule, name: string): Value[] {
    return union(
      module.scope.stars.map((star) => {
        const target = resolveModule(this.#evaluator.source, module, star.level, star.module);
        return target && target !== module ? this.exported(target, name) : [];
      }),
    );
  }

  /** What a module's name stands for, seen from outside. */
  exported(module: SourceModule, name: string): Value[] {
    const bindings = module.scope.bindings.get(name);
    if (bindings) return this.bindings(bindings, name, undefined);
    const inner = module.name === '' ? name : `${module.name}.${name}`;
    if (this.#evaluator.source.modules.has(inner)) return [{ kind: 'module', name: inner }];
    return this.#starred(module, name);
  }

  bindings(bindings: readonly Binding[], name: string, frame: Frame | undefined): Value[] {
    const scopes = bindings.filter((binding) => binding.kind === 'scope');
    if (scopes.length === bindings.length || bindings.length === 1)
      return union(bindings.map((binding) => this.#binding(binding, name, frame)));
    // Items put into a container beside the container itself.
    const items = bindings.filter((binding) => binding.kind === 'item');
    const others = bindings.filter((binding) => binding.kind !== 'item' && binding.kind !== 'annotation');
    const values = union(others.map((binding) => this.#binding(binding, name, frame)));
    const annotated = bindings.filter((binding) => binding.kind === 'annotation');
    return union([
      values,
      ...items.map((binding) => this.#binding(binding, name, frame)),
      ...(values.every(isEmpty) ? annotated.map((binding) => this.#binding(binding, name, frame)) : []),
    ]);
  }

  #binding(binding: Binding, name: string, frame: Frame | undefined): Value[] {
    const inner = (scope: Scope) => (frame && isWithin(scope, frame.scope) ? frame : undefined);
    switch (binding.kind) {
      case 'value':
        return this.#evaluator.evaluate(binding.value, binding.scope, inner(binding.scope));
      case 'element': {
        const container = this.#evaluator.evaluate(binding.of, binding.scope, inner(binding.scope));
        const once = elementsOf(container, undefined);
        // `for a, b in pairs` and `a, b = pair` look alike here; both readings count.
        return binding.index === undefined
          ? once
          : union([elementsOf(container, binding.index), elementsOf(once, binding.index)]);
      }
      case 'item':
        return [
          {
            kind: 'dict',
            entries: [
              { value: this.#evaluator.evaluate(binding.value, binding.scope, inner(binding.scope)) },
            ],
          },
        ];
      case 'scope':
        return [definitionValue(binding.scope)];
      case 'parameter':
        return this.#evaluator.parameters.of(binding.scope, name, frame);
      case 'annotation':
        return this.#evaluator.parameters.annotated(binding.annotation, binding.scope);
      case 'module':
        return this.#module(binding.module);
      case 'import': {
        const from = this.#evaluator.moduleOf(binding.scope);
        return from ? this.#imported(from, binding) : [];
      }
    }
  }

  #module(name: string): Value[] {
    const local =
      name === this.#evaluator.source.name
        ? ''
        : name.startsWith(`${this.#evaluator.source.name}.`)
          ? name.slice(this.#evaluator.source.name.length + 1)
          : undefined;
    return local !== undefined && this.#evaluator.source.modules.has(local)
      ? [{ kind: 'module', name: local }]
      : [{ kind: 'external', name }];
  }

  /** What `from module import name` in `from` brings. */
  #imported(from: SourceModule, binding: Extract<Binding, { kind: 'import' }>): Value[] {
    const local = localName(this.#evaluator.source, from, binding.level, binding.module);
    if (local === undefined) return [{ kind: 'external', name: `${binding.module}.${binding.name}` }];
    const target = this.#evaluator.source.modules.get(local);
    const submodule = local === '' ? binding.name : `${local}.${binding.name}`;
    const values = target && target !== from ? this.exported(target, binding.name) : [];
    if (values.length > 0) return values;
    return this.#evaluator.source.modules.has(submodule) ? [{ kind: 'module', name: submodule }] : [];
  }
}
