/**
 * What expressions can stand for, followed through assignments, parameters, returns, attributes and imports of the package.
 * An over-approximation without order or conditions: enough to know which AWS services a client variable may hold.
 * Inside a call the callee's parameters are what that call passes; otherwise they are what any call in the package passes.
 */
import { type CallExpr, type Expr, lastName, walk } from './ast.ts';
import { evaluateBotoCall, isBotoAttribute } from './boto.ts';
import {
  argumentOf,
  type CallSite,
  CONTAINERS,
  definitionValue,
  externalAttribute,
  externalInstance,
  type Frame,
  isClassMethod,
  isEmpty,
  isProperty,
  isWithin,
  type Memo,
  mapIn,
  memoOf,
  propertyFrame,
} from './frames.ts';
import { localName, resolveModule, type SourceModule, type SourcePackage } from './package.ts';
import { type Binding, classOf, nodesOf, type Scope, selfName } from './scope.ts';
import { elementsOf, keysOf, stringsOf, union, type Value } from './values.ts';

const MAX_DEPTH = 40;
/** Functions that call the function they are given with the arguments that follow, and how many stand before it. */
export const FORWARDERS: Readonly<Record<string, number>> = {
  to_thread: 0,
  run_sync: 0,
  partial: 0,
  submit: 0,
  run_in_executor: 1,
  create_task: 0,
  gather: 0,
};

/** Functions that give back what they are given, as far as the readers care. */
const IDENTITIES = new Set([
  'wait_for',
  'shield',
  'run',
  'next',
  'iter',
  'closing',
  'enumerate',
  'reversed',
  'copy',
  'deepcopy',
]);

export type { Frame };

export class Evaluator {
  readonly source: SourcePackage;
  readonly #byFile = new Map<string, SourceModule>();
  readonly #memo: Memo = new Map();
  readonly #busy = new Set<Expr>();
  readonly #returns = new Map<Scope, Map<string, Value[]>>();
  readonly #parameters = new Map<Scope, Map<string, Value[]>>();
  readonly #subclasses = new Map<Scope, Scope[]>();
  readonly #bases = new Map<Scope, Scope[]>();
  #sites: Map<string, CallSite[]> | undefined;
  #depth = 0;
  /** Results that a recursion cut short: good until the outermost question is answered, forgotten then. */
  readonly #tentative = new Map<Memo, Map<Expr, Value[]>>();
  /** Set when a result was cut short by recursion, so that it is not remembered as final. */
  #cut = 0;

  constructor(source: SourcePackage) {
    this.source = source;
    for (const module of source.modules.values()) this.#byFile.set(module.file, module);
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
      this.evaluate(base.kind === 'subscript' ? base.value : base, outer).flatMap((value) =>
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

  moduleOf(scope: Scope): SourceModule | undefined {
    return this.#byFile.get(scope.file);
  }

  evaluate(expression: Expr, scope: Scope, frame?: Frame): Value[] {
    if (expression.kind === 'string') return [{ kind: 'string', value: expression.value }];
    if (expression.kind === 'constant') return [];
    const memo = frame ? memoOf(frame) : this.#memo;
    const known = memo.get(expression) ?? this.#tentative.get(memo)?.get(expression);
    if (known) return known;
    if (this.#depth > MAX_DEPTH) {
      this.#cut++;
      return [];
    }
    const cut = this.#cut;
    const values = this.#guarded(expression, scope, frame);
    if (this.#cut === cut) memo.set(expression, values);
    else if (this.#depth > 0) mapIn(this.#tentative, memo).set(expression, values);
    if (this.#depth === 0) this.#tentative.clear();
    return values;
  }

  #guarded(expression: Expr, scope: Scope, frame: Frame | undefined): Value[] {
    if (this.#busy.has(expression)) {
      this.#cut++;
      return [];
    }
    this.#busy.add(expression);
    this.#depth++;
    try {
      return this.#compute(expression, scope, frame);
    } finally {
      this.#depth--;
      this.#busy.delete(expression);
    }
  }

  #compute(expression: Expr, scope: Scope, frame: Frame | undefined): Value[] {
    const of = (inner: Expr) => this.evaluate(inner, scope, frame);
    switch (expression.kind) {
      case 'name':
        return this.#name(expression.id, scope, frame);
      case 'attribute':
        return this.attribute(of(expression.value), expression.name, frame);
      case 'call':
        return this.#call(expression, scope, frame);
      case 'fstring':
        return this.#text(expression.parts, of);
      case 'sequence':
        return [{ kind: 'list', items: expression.items.map(of) }];
      case 'comprehension':
        return [{ kind: 'list', items: expression.elements.map(of) }];
      case 'dict':
        return [{ kind: 'dict', entries: expression.entries.flatMap((entry) => this.#entries(entry, of)) }];
      case 'subscript':
        return this.#subscript(
          of(expression.value),
          expression.index.flatMap((index) => stringsOf(of(index))),
        );
      case 'either':
        return union(expression.values.map(of));
      case 'conditional':
        return union([of(expression.body), of(expression.orelse)]);
      case 'walrus':
        return of(expression.value);
      case 'binary':
        return expression.operator === '+' || expression.operator === '|'
          ? this.#sum(of(expression.left), of(expression.right))
          : [];
      default:
        return [];
    }
  }

  #entries(
    entry: { key?: Expr; value: Expr },
    of: (inner: Expr) => Value[],
  ): { key?: string; value: Value[] }[] {
    if (entry.key === undefined)
      return of(entry.value).flatMap((value) => (value.kind === 'dict' ? value.entries : []));
    const keys = stringsOf(of(entry.key));
    const value = of(entry.value);
    return keys.length === 0 ? [{ value }] : keys.map((key) => ({ key, value }));
  }

  #sum(left: Value[], right: Value[]): Value[] {
    const texts = stringsOf(left).flatMap((a) =>
      stringsOf(right).map((b): Value => ({ kind: 'string', value: a + b })),
    );
    const rest = [...left, ...right].filter((value) => value.kind === 'list' || value.kind === 'dict');
    return union([texts, rest]);
  }

  /** An f-string all of whose parts are known. */
  #text(parts: readonly (string | Expr)[], of: (inner: Expr) => Value[]): Value[] {
    let texts = [''];
    for (const part of parts) {
      const options = typeof part === 'string' ? [part] : stringsOf(of(part));
      texts = texts.flatMap((text) => options.map((option) => text + option));
      if (texts.length === 0 || texts.length > 50) return [];
    }
    return texts.map((value) => ({ kind: 'string', value }));
  }

  #subscript(values: Value[], keys: readonly string[]): Value[] {
    return union(
      values.flatMap((value): Value[][] => {
        if (value.kind === 'list') return value.items;
        if (value.kind !== 'dict') return [];
        const exact = value.entries.filter((entry) => entry.key !== undefined && keys.includes(entry.key));
        return (exact.length > 0 ? exact : value.entries).map((entry) => entry.value);
      }),
    );
  }

  /** The scopes in which a name is looked up, innermost first; class bodies are skipped from inside functions. */
  lookup(name: string, scope: Scope): { scope: Scope; bindings: Binding[] } | undefined {
    for (let at: Scope | undefined = scope; at; at = at.parent) {
      if (at.kind === 'class' && at !== scope) continue;
      const bindings = at.bindings.get(name);
      if (bindings) return { scope: at, bindings };
    }
    return undefined;
  }

  #name(name: string, scope: Scope, frame: Frame | undefined): Value[] {
    const found = this.lookup(name, scope);
    if (found) return this.bindings(found.bindings, name, frame);
    const module = this.moduleOf(scope);
    return module ? this.#starred(module, name) : [];
  }

  #starred(module: SourceModule, name: string): Value[] {
    return union(
      module.scope.stars.map((star) => {
        const target = resolveModule(this.source, module, star.level, star.module);
        return target && target !== module ? this.exported(target, name) : [];
      }),
    );
  }

  /** What a module's name stands for, seen from outside. */
  exported(module: SourceModule, name: string): Value[] {
    const bindings = module.scope.bindings.get(name);
    if (bindings) return this.bindings(bindings, name, undefined);
    const inner = module.name === '' ? name : `${module.name}.${name}`;
    if (this.source.modules.has(inner)) return [{ kind: 'module', name: inner }];
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
        return this.evaluate(binding.value, binding.scope, inner(binding.scope));
      case 'element': {
        const container = this.evaluate(binding.of, binding.scope, inner(binding.scope));
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
            entries: [{ value: this.evaluate(binding.value, binding.scope, inner(binding.scope)) }],
          },
        ];
      case 'scope':
        return [definitionValue(binding.scope)];
      case 'parameter':
        return this.#parameter(binding.scope, name, frame);
      case 'annotation':
        return this.#annotated(binding.annotation, binding.scope);
      case 'module':
        return this.#module(binding.module);
      case 'import': {
        const from = this.moduleOf(binding.scope);
        return from ? this.#imported(from, binding) : [];
      }
    }
  }

  #module(name: string): Value[] {
    const local =
      name === this.source.name
        ? ''
        : name.startsWith(`${this.source.name}.`)
          ? name.slice(this.source.name.length + 1)
          : undefined;
    return local !== undefined && this.source.modules.has(local)
      ? [{ kind: 'module', name: local }]
      : [{ kind: 'external', name }];
  }

  /** What `from module import name` in `from` brings. */
  #imported(from: SourceModule, binding: Extract<Binding, { kind: 'import' }>): Value[] {
    const local = localName(this.source, from, binding.level, binding.module);
    if (local === undefined) return [{ kind: 'external', name: `${binding.module}.${binding.name}` }];
    const target = this.source.modules.get(local);
    const submodule = local === '' ? binding.name : `${local}.${binding.name}`;
    const values = target && target !== from ? this.exported(target, binding.name) : [];
    if (values.length > 0) return values;
    return this.source.modules.has(submodule) ? [{ kind: 'module', name: submodule }] : [];
  }

  #parameter(scope: Scope, name: string, frame: Frame | undefined): Value[] {
    const given = frame?.scope === scope ? frame.values.get(name) : undefined;
    if (given) return given;
    if (name === selfName(scope)) {
      if (frame?.scope === scope && frame.self) return [frame.self];
      const owner = classOf(scope);
      if (owner) return [{ kind: isClassMethod(scope) ? 'class' : 'instance', scope: owner, open: true }];
    }
    let known = this.#parameters.get(scope);
    if (!known) {
      known = new Map();
      this.#parameters.set(scope, known);
    }
    const before = known.get(name);
    if (before) return before;
    known.set(name, []);
    const cut = this.#cut;
    const values = this.#parameterAnywhere(scope, name);
    if (this.#cut === cut) known.set(name, values);
    else known.delete(name);
    return values;
  }

  #parameterAnywhere(scope: Scope, name: string): Value[] {
    if (scope.definition?.kind !== 'function') return [];
    const { parameters } = scope.definition;
    const parameter = parameters.find((candidate) => candidate.name === name);
    const passed = this.callSites(scope).flatMap((site) => {
      const argument = argumentOf(site, parameters, name, selfName(scope) !== undefined);
      return argument ? [this.evaluate(argument, site.scope)] : [];
    });
    const defaults =
      parameter?.default && scope.parent ? [this.evaluate(parameter.default, scope.parent)] : [];
    const values = union([...passed, ...defaults]);
    if (values.length > 0 || !parameter?.annotation) return values;
    return this.#annotated(parameter.annotation, scope);
  }

  /** An instance of the class that an annotation names; generics and unions are looked into. */
  #annotated(annotation: Expr, scope: Scope): Value[] {
    const outer = scope.kind === 'function' ? (scope.parent ?? scope) : scope;
    const container = annotation.kind === 'subscript' ? lastName(annotation.value)?.toLowerCase() : undefined;
    if (annotation.kind === 'subscript' && container !== undefined && CONTAINERS.test(container)) {
      const inside = annotation.index.flatMap((part) => this.#annotated(part, scope));
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
      for (const value of this.evaluate(part, outer)) {
        if (value.kind === 'class') found.push([{ kind: 'instance', scope: value.scope, open: true }]);
        if (value.kind === 'external') found.push(externalInstance(value.name));
      }
    }
    return union(found);
  }

  /** Calls in the package that may call this function. */
  callSites(scope: Scope): CallSite[] {
    this.#sites ??= this.#indexCalls();
    const owner = classOf(scope);
    const own = scope.definition?.name ?? '';
    const names =
      own === '__init__' && owner
        ? [owner, ...this.subclassesOf(owner)].map((one) => one.definition?.name ?? '')
        : [own];
    if (own === '__init__') names.push('__init__', 'cls');
    return names
      .flatMap((name) => this.#sites?.get(name) ?? [])
      .filter((site) => {
        const callees = this.evaluate(site.callee, site.scope);
        if (callees.length === 0) return own !== '__init__';
        return callees.some((value) => calls(value, scope, owner, this));
      });
  }

  #indexCalls(): Map<string, CallSite[]> {
    const sites = new Map<string, CallSite[]>();
    const put = (site: CallSite): void => {
      const name = lastName(site.callee);
      if (name === undefined) return;
      const known = sites.get(name);
      if (known) known.push(site);
      else sites.set(name, [site]);
    };
    for (const scope of this.source.scopes)
      for (const expression of nodesOf(scope)) {
        if (expression.kind !== 'call') continue;
        put({ call: expression, scope, skip: 0, callee: expression.callee });
        const before = FORWARDERS[lastName(expression.callee) ?? ''];
        const forwarded = before === undefined ? undefined : expression.args[before];
        if (forwarded && before !== undefined)
          put({ call: expression, scope, skip: before + 1, callee: forwarded });
      }
    return sites;
  }

  attribute(values: readonly Value[], name: string, frame?: Frame): Value[] {
    return union(values.map((value) => this.#attributeOf(value, name, frame)));
  }

  #attributeOf(value: Value, name: string, frame: Frame | undefined): Value[] {
    switch (value.kind) {
      case 'instance':
      case 'class':
        return this.#member(value, name, frame);
      case 'module': {
        const module = this.source.modules.get(value.name);
        return module ? this.exported(module, name) : [];
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
    const line = this.lineOf(value.scope);
    const below = value.open ? this.subclassesOf(value.scope) : [];
    const found: Value[][] = [];
    for (const owner of [...line, ...below]) {
      const bindings = [...(owner.bindings.get(name) ?? []), ...(owner.attributes.get(name) ?? [])];
      if (bindings.length === 0) continue;
      const methods = bindings.flatMap((binding) => (binding.kind === 'scope' ? [binding.scope] : []));
      if (methods.length === 0) found.push(this.bindings(bindings, name, frame));
      for (const method of methods) found.push(this.#bound(method, value, owner));
      // The nearest definition hides those of the bases, but not those of the subclasses.
      if (line.includes(owner) && below.length === 0 && found.length > 0 && methods.length > 0) break;
    }
    return union(found);
  }

  #bound(method: Scope, value: Extract<Value, { kind: 'instance' | 'class' }>, owner: Scope): Value[] {
    if (method.kind === 'class') return [{ kind: 'class', scope: method, open: false }];
    const holder = value.open ? owner : value.scope;
    if (isProperty(method)) return this.returned(method, propertyFrame(method, holder, value.open));
    return [{ kind: 'function', scope: method, owner: holder }];
  }

  /** Properties that run when an attribute of the values is read. */
  properties(values: readonly Value[], name: string): { scope: Scope; frame: Frame }[] {
    return values.flatMap((value) => {
      if (value.kind !== 'instance') return [];
      const owners = [...this.lineOf(value.scope), ...(value.open ? this.subclassesOf(value.scope) : [])];
      return owners.flatMap((owner) =>
        (owner.bindings.get(name) ?? []).flatMap((binding) =>
          binding.kind === 'scope' && isProperty(binding.scope)
            ? [{ scope: binding.scope, frame: propertyFrame(binding.scope, value.scope, value.open) }]
            : [],
        ),
      );
    });
  }

  /** Whether a class derives from one of another package that may call its methods: an auth flow, a handler, a thread. */
  hasForeignBase(scope: Scope): boolean {
    return this.lineOf(scope).some(
      ({ definition, parent }) =>
        definition?.kind === 'class' &&
        parent !== undefined &&
        definition.bases.some((base) =>
          this.evaluate(base, parent).some(
            (value) =>
              value.kind === 'external' &&
              !/^(pydantic|abc|typing|enum|collections|dataclasses)\b/.test(value.name),
          ),
        ),
    );
  }

  #call(call: CallExpr, scope: Scope, frame: Frame | undefined): Value[] {
    const of = (inner: Expr) => this.evaluate(inner, scope, frame);
    const callees = of(call.callee);
    const boto = evaluateBotoCall(call, callees, of);
    if (boto) return boto;
    const name = lastName(call.callee);
    const [head, second] = call.args;
    if (name === 'getattr' && head && second)
      return union(stringsOf(of(second)).map((attribute) => this.attribute(of(head), attribute, frame)));
    if (call.callee.kind === 'name' && name === 'super') return this.#super(scope);
    if (name === 'cast' && second) return of(second);
    if (name !== undefined && IDENTITIES.has(name) && head) return of(head);
    if ((name === 'get' || name === 'pop' || name === 'setdefault') && call.callee.kind === 'attribute') {
      const containers = of(call.callee.value).filter((value) => value.kind === 'dict');
      const rest = second ? of(second) : [];
      if (containers.length > 0)
        return union([this.#subscript(containers, head ? stringsOf(of(head)) : []), rest]);
    }
    if ((name === 'values' || name === 'items') && call.callee.kind === 'attribute')
      return this.#dictView(of(call.callee.value), name === 'items');
    if (
      ['list', 'tuple', 'set', 'sorted', 'frozenset', 'dict', 'lower', 'strip', 'copy', 'keys'].includes(
        name ?? '',
      )
    )
      return call.callee.kind === 'attribute' ? of(call.callee.value) : head ? of(head) : [];
    const skip = FORWARDERS[name ?? ''];
    const forwarded = skip === undefined ? undefined : call.args[skip];
    if (forwarded && skip !== undefined && callees.every((value) => value.kind === 'external')) {
      const inner: CallExpr = { ...call, callee: forwarded, args: call.args.slice(skip + 1) };
      return this.#apply(inner, of(forwarded), scope, frame);
    }
    return this.#apply(call, callees, scope, frame);
  }

  /** `super()`: the bases that the package defines, or something foreign. */
  #super(scope: Scope): Value[] {
    let method: Scope | undefined = scope;
    while (method && !classOf(method)) method = method.parent;
    const owner = method && classOf(method);
    const bases = owner ? this.basesOf(owner) : [];
    if (bases.length === 0) return [{ kind: 'external', name: 'super()' }];
    return bases.map((base) => ({ kind: 'instance', scope: base, open: false }));
  }

  #dictView(values: Value[], pairs: boolean): Value[] {
    const entries = values.flatMap((value) => (value.kind === 'dict' ? value.entries : []));
    const items = entries.map((entry): Value[] => {
      if (!pairs) return entry.value;
      const key: Value[] = entry.key === undefined ? [] : [{ kind: 'string', value: entry.key }];
      return [{ kind: 'list', items: [key, entry.value] }];
    });
    return [{ kind: 'list', items }];
  }

  #apply(call: CallExpr, callees: readonly Value[], scope: Scope, frame: Frame | undefined): Value[] {
    return union(
      callees.map((callee): Value[] => {
        if (callee.kind === 'class') return [{ kind: 'instance', scope: callee.scope, open: callee.open }];
        if (callee.kind === 'external') return externalInstance(callee.name);
        if (callee.kind !== 'function') return [];
        return this.returned(callee.scope, this.frameOf(call, callee, scope, frame));
      }),
    );
  }

  frameOf(
    call: CallExpr,
    callee: Extract<Value, { kind: 'function' }>,
    scope: Scope,
    frame: Frame | undefined,
  ): Frame | undefined {
    const { definition } = callee.scope;
    if (definition?.kind !== 'function') return undefined;
    const self = selfName(callee.scope);
    const values = new Map<string, Value[]>();
    const site = { call, scope, skip: 0, callee: call.callee };
    for (const parameter of definition.parameters) {
      if (parameter.name === self) continue;
      const argument = argumentOf(site, definition.parameters, parameter.name, self !== undefined);
      if (argument) values.set(parameter.name, this.evaluate(argument, scope, frame));
      else if (parameter.default && callee.scope.parent && call.spread.length === 0)
        values.set(parameter.name, this.evaluate(parameter.default, callee.scope.parent));
    }
    return {
      scope: callee.scope,
      values,
      ...(callee.owner === undefined
        ? {}
        : {
            self: {
              kind: isClassMethod(callee.scope) ? 'class' : 'instance',
              scope: callee.owner,
              open: false,
            },
          }),
    };
  }

  /** What a function returns, in a call or in any. */
  returned(scope: Scope, inner: Frame | undefined): Value[] {
    const key = inner
      ? `${inner.self ? keysOf([inner.self]) : ''}(${[...inner.values].map(([name, value]) => `${name}=${keysOf(value)}`).join(';')})`
      : '';
    const memo = mapIn(this.#returns, scope);
    const known = memo.get(key);
    if (known) return known;
    memo.set(key, []);
    const cut = this.#cut;
    let values = union(scope.returns.map((value) => this.evaluate(value, scope, inner)));
    if (values.length === 0 && scope.definition?.kind === 'function' && scope.definition.returns)
      values = this.#annotated(scope.definition.returns, scope);
    if (this.#cut === cut) memo.set(key, values);
    else memo.delete(key);
    return values;
  }
}

function calls(value: Value, scope: Scope, owner: Scope | undefined, evaluator: Evaluator): boolean {
  if (value.kind === 'function') return value.scope === scope;
  return value.kind === 'class' && owner !== undefined && evaluator.lineOf(value.scope).includes(owner);
}
