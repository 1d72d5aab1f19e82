/**
 * What code can do once it runs: which functions it reaches, and which AWS operations stand in them.
 * A node is a function together with what one call passes to it, so that a helper that is given a client or the name of an
 * operation counts for its caller only with what that caller gives it.
 */
import { awsCatalogue } from '../aws/catalogue.ts';
import { type CallExpr, childrenOf, type Expr, lastName } from './ast.ts';
import type { Evaluator, Frame } from './evaluate.ts';
import { resolveModule } from './package.ts';
import { type Scope, symbolOf } from './scope.ts';
import { keysOf, stringsOf, type Value } from './values.ts';

export interface Use {
  service: string;
  operation: string;
  from: string;
}

export interface Effects {
  uses: Use[];
  /** What could not be derived, in words. */
  notes: string[];
}

interface Node {
  scope: Scope;
  frame?: Frame;
}

interface Expansion extends Effects {
  next: { node: Node; key: string }[];
}

/** More ways to call one function than this are taken together. */
const MOST_FRAMES = 80;

export class Reach {
  readonly #evaluator: Evaluator;
  readonly #expansions = new Map<string, Expansion>();
  readonly #ids = new Map<Scope, number>();
  readonly #frames = new Map<Scope, Set<string>>();
  readonly #methods = new Map<string, Scope[]>();
  /** Services that the package makes clients of: what an unknown receiver may be. */
  readonly #services: string[];

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
    for (const [index, scope] of evaluator.source.scopes.entries()) {
      this.#ids.set(scope, index);
      if (scope.parent?.kind === 'class' && scope.kind === 'function') {
        const name = scope.definition?.name ?? '';
        this.#methods.set(name, [...(this.#methods.get(name) ?? []), scope]);
      }
    }
    this.#services = servicesOf(evaluator);
  }

  /** Everything that the given scopes can do, their callees included. */
  effects(roots: readonly Scope[]): Effects & { scopes: Set<Scope> } {
    const seen = new Set<string>();
    const scopes = new Set<Scope>();
    const uses = new Map<string, Use>();
    const notes = new Set<string>();
    const queue = roots.map((scope) => ({ node: { scope } as Node, key: this.#key({ scope }) }));
    for (let item = queue.pop(); item; item = queue.pop()) {
      if (seen.has(item.key)) continue;
      seen.add(item.key);
      scopes.add(item.node.scope);
      const expansion = this.#expand(item.node, item.key);
      for (const use of expansion.uses) uses.set(`${use.service} ${use.operation} ${use.from}`, use);
      for (const note of expansion.notes) notes.add(note);
      queue.push(...expansion.next);
    }
    return { uses: [...uses.values()], notes: [...notes].sort(), scopes };
  }

  #key({ scope, frame }: Node): string {
    const id = this.#ids.get(scope) ?? -1;
    if (!frame) return `${id}`;
    const values = [...frame.values].map(([name, value]) => `${name}=${keysOf(value)}`).sort();
    return `${id}(${frame.self ? keysOf([frame.self]) : ''};${values.join(';')})`;
  }

  /** A node for one call, or for all calls when there are too many different ones. */
  #node(scope: Scope, frame: Frame | undefined): { node: Node; key: string } {
    const node: Node = frame ? { scope, frame } : { scope };
    const key = this.#key(node);
    let known = this.#frames.get(scope);
    if (!known) {
      known = new Set();
      this.#frames.set(scope, known);
    }
    if (known.size >= MOST_FRAMES && !known.has(key)) return { node: { scope }, key: this.#key({ scope }) };
    known.add(key);
    return { node, key };
  }

  #expand(node: Node, key: string): Expansion {
    const known = this.#expansions.get(key);
    if (known) return known;
    const expansion: Expansion = { uses: [], notes: [], next: [] };
    this.#expansions.set(key, expansion);
    const visitor = new Visitor(this, this.#evaluator, node, expansion);
    for (const expression of node.scope.expressions) visitor.visit(expression);
    for (const child of node.scope.children) {
      // A class body runs where it stands; a decorated function is handed to its decorator there.
      if (child.kind === 'class' || (child.definition?.decorators.length ?? 0) > 0)
        if (node.scope.kind !== 'class' || child.kind === 'class') visitor.go(child, undefined);
    }
    if (node.scope.kind === 'module') this.#imports(node.scope, visitor);
    return expansion;
  }

  #imports(scope: Scope, visitor: Visitor): void {
    const module = this.#evaluator.moduleOf(scope);
    if (!module) return;
    for (const target of importedModules(this.#evaluator, scope, module)) visitor.go(target, undefined);
  }

  join(scope: Scope, frame: Frame | undefined): { node: Node; key: string } {
    return this.#node(scope, frame);
  }

  methods(name: string): readonly Scope[] {
    return this.#methods.get(name) ?? [];
  }

  services(): readonly string[] {
    return this.#services;
  }
}

/** Module scopes that an import anywhere in this scope brings in. */
function importedModules(
  evaluator: Evaluator,
  scope: Scope,
  module: NonNullable<ReturnType<Evaluator['moduleOf']>>,
): Scope[] {
  const found: Scope[] = [];
  const { source } = evaluator;
  const take = (name: string | undefined): void => {
    const target = name === undefined ? undefined : source.modules.get(name);
    if (target) found.push(target.scope);
  };
  for (const bindings of scope.bindings.values())
    for (const binding of bindings) {
      if (binding.kind === 'import') {
        const target = resolveModule(source, module, binding.level, binding.module);
        if (target) found.push(target.scope);
        const base = target?.name;
        if (base !== undefined) take(base === '' ? binding.name : `${base}.${binding.name}`);
      }
      if (binding.kind === 'module' && binding.module.startsWith(`${source.name}.`))
        take(binding.module.slice(source.name.length + 1));
    }
  for (const star of scope.stars) {
    const target = resolveModule(source, module, star.level, star.module);
    if (target) found.push(target.scope);
  }
  return found;
}

class Visitor {
  readonly #reach: Reach;
  readonly #evaluator: Evaluator;
  readonly #node: Node;
  readonly #into: Expansion;

  constructor(reach: Reach, evaluator: Evaluator, node: Node, into: Expansion) {
    this.#reach = reach;
    this.#evaluator = evaluator;
    this.#node = node;
    this.#into = into;
  }

  #of(expression: Expr): Value[] {
    return this.#evaluator.evaluate(expression, this.#node.scope, this.#node.frame);
  }

  go(scope: Scope, frame: Frame | undefined): void {
    this.#into.next.push(this.#reach.join(scope, frame));
  }

  visit(expression: Expr): void {
    if (expression.kind === 'call') this.#call(expression);
    else if (expression.kind === 'name' || expression.kind === 'attribute')
      this.#reference(expression, false);
    for (const child of childrenOf(expression)) {
      // The callee was looked at with its call.
      if (expression.kind === 'call' && child === expression.callee) {
        for (const inner of childrenOf(child)) this.visit(inner);
      } else this.visit(child);
    }
  }

  #call(call: CallExpr): void {
    const callees = this.#of(call.callee);
    const { callee } = call;
    for (const value of callees) {
      if (value.kind === 'function') {
        this.go(value.scope, this.#evaluator.frameOf(call, value, this.#node.scope, this.#node.frame));
      } else this.#take(value);
    }
    const name = lastName(callee);
    const forwarded = this.#forwarded(call, name);
    if (forwarded) {
      for (const value of this.#of(forwarded.callee))
        if (value.kind === 'function')
          this.go(value.scope, this.#evaluator.frameOf(forwarded, value, this.#node.scope, this.#node.frame));
    }
    if (callee.kind === 'attribute') this.#method(call, callee);
    if (name === 'getattr') this.#getattr(call);
    if (callees.length === 0 && callee.kind === 'attribute') this.#unknown(callee);
  }

  /** The call that `to_thread(f, a)` and its like make. */
  #forwarded(call: CallExpr, name: string | undefined): CallExpr | undefined {
    const at =
      name === 'run_in_executor'
        ? 1
        : ['to_thread', 'run_sync', 'partial', 'submit'].includes(name ?? '')
          ? 0
          : -1;
    const callee = call.args[at];
    return callee ? { ...call, callee, args: call.args.slice(at + 1) } : undefined;
  }

  /** Methods of clients that name the operation they are about. */
  #method(call: CallExpr, callee: Extract<Expr, { kind: 'attribute' }>): void {
    if (!['get_paginator', 'get_waiter', 'generate_presigned_url', '_make_api_call'].includes(callee.name))
      return;
    const services = this.#servicesOf(callee.value);
    const argument =
      call.args[0] ?? call.keywords.operation_name ?? call.keywords.waiter_name ?? call.keywords.ClientMethod;
    const names = argument ? stringsOf(this.#of(argument)) : [];
    if (services.length === 0) return;
    if (names.length === 0)
      this.#note(`calls ${services.join(', ')} operations by names that are only known at run time`);
    for (const service of services)
      for (const name of names)
        this.#use(service, callee.name === 'get_waiter' ? waited(service, name) : name);
  }

  #servicesOf(receiver: Expr): string[] {
    const values = this.#of(receiver);
    const clients = values.flatMap((value) => (value.kind === 'client' ? [value.service] : []));
    if (values.length === 0) return [...this.#reach.services()];
    return clients.flatMap((service) => (service === '?' ? this.#reach.services() : [service]));
  }

  #getattr(call: CallExpr): void {
    const [target, attribute] = call.args;
    if (!target || !attribute) return;
    const values = this.#of(target);
    const names = stringsOf(this.#of(attribute));
    for (const value of values) {
      if (value.kind === 'client') {
        if (names.length === 0)
          this.#note(
            `calls operations of ${serviceWords(value.service)} by names that are only known at run time`,
          );
        for (const name of names) this.#use(value.service, name);
      }
      if (value.kind === 'module' && names.length === 0) this.#everything(value.name);
    }
    if (values.length === 0) for (const name of names) this.#byName(name, target);
    for (const value of this.#evaluator.attribute(values, names[0] ?? '\0'))
      if (names.length > 0) this.#take(value);
    for (const name of names.slice(1))
      for (const value of this.#evaluator.attribute(values, name)) this.#take(value);
  }

  /** getattr on a module with a name that only a loop knows: all that it offers. */
  #everything(name: string): void {
    const module = this.#evaluator.source.modules.get(name);
    for (const exported of module?.scope.bindings.keys() ?? [])
      if (module)
        for (const value of this.#evaluator.exported(module, exported))
          if (value.kind === 'function') this.#take(value);
  }

  #reference(expression: Extract<Expr, { kind: 'name' | 'attribute' }>, called: boolean): void {
    const values = this.#of(expression);
    for (const value of values) this.#take(value);
    if (values.length === 0 && expression.kind === 'attribute' && !called) this.#unknown(expression);
  }

  #take(value: Value): void {
    if (value.kind === 'function') this.go(value.scope, undefined);
    if (value.kind === 'class') this.#instantiate(value.scope);
    if (value.kind === 'operation') this.#use(value.service, value.method);
    if (value.kind === 'module') {
      const module = this.#evaluator.source.modules.get(value.name);
      if (module) this.go(module.scope, undefined);
    }
  }

  #instantiate(scope: Scope): void {
    for (const owner of this.#evaluator.lineOf(scope)) {
      this.go(owner, undefined);
      for (const child of owner.children)
        if (/^__\w+__$/.test(child.definition?.name ?? '')) this.go(child, undefined);
    }
  }

  /** A method of something unknown: any of the package's methods of that name, any of its services' operations. */
  #unknown(expression: Extract<Expr, { kind: 'attribute' }>): void {
    const receiver = this.#of(expression.value);
    if (receiver.length > 0) return;
    for (const method of this.#reach.methods(expression.name)) this.go(method, undefined);
    this.#byName(expression.name, expression.value);
  }

  #byName(name: string, receiver: Expr): void {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) return;
    const plain = !name.includes('_');
    if (plain && !/client|boto|service$/i.test(lastName(receiver) ?? '')) return;
    for (const service of this.#reach.services())
      if (awsCatalogue().operation(service, name)) this.#use(service, name);
  }

  #use(service: string, method: string): void {
    const from = symbolOf(this.#node.scope);
    if (service === '?') {
      const known = this.#reach.services().filter((one) => awsCatalogue().operation(one, method));
      if (known.length === 0) this.#note('calls a service whose name is only known at run time');
      for (const one of known) this.#use(one, method);
      return;
    }
    const operation = awsCatalogue().operation(service, method);
    if (operation) this.#into.uses.push({ service, operation: operation.name, from });
    else if (method.includes('_'))
      this.#note(`calls ${service} ${method}, which ${awsCatalogue().botocore} does not know`);
  }

  #note(words: string): void {
    this.#into.notes.push(`${words} (${symbolOf(this.#node.scope)})`);
  }
}

function waited(service: string, waiter: string): string {
  return awsCatalogue().waiter(service, waiter)?.name ?? waiter;
}

function serviceWords(service: string): string {
  return service === '?' ? 'any service' : service;
}

/** Services of all clients that are made anywhere in the package. */
function servicesOf(evaluator: Evaluator): string[] {
  const found = new Set<string>();
  const visit = (expression: Expr, scope: Scope): void => {
    if (expression.kind === 'call')
      for (const value of evaluator.evaluate(expression, scope))
        if (value.kind === 'client' && value.service !== '?') found.add(value.service);
    for (const child of childrenOf(expression)) visit(child, scope);
  };
  for (const scope of evaluator.source.scopes)
    for (const expression of scope.expressions) visit(expression, scope);
  return [...found].filter((service) => awsCatalogue().prefix(service) !== undefined).sort();
}
