/** Reads one function, under what one call passes to it: which functions it goes on to, which AWS operations it calls. */
import { awsCatalogue } from '../../aws/catalogue.ts';
import { LIBRARIES, SIGNED } from '../../aws/libraries.ts';
import { FORWARDERS } from '../evaluation/call-sites.ts';
import type { Evaluator } from '../evaluation/evaluate.ts';
import type { Frame } from '../evaluation/frames.ts';
import { stringsOf, type Value } from '../evaluation/values.ts';
import type { Expansion, Node, Reach } from '../reach.ts';
import { type CallExpr, childrenOf, type Expr, lastName } from './ast.ts';
import { type Scope, symbolOf } from './scope.ts';

const AWS_PROGRAMS = new Set(['aws', 'cdk', 'eksctl', 'kubectl', 'sam', 'terraform']);

export class Visitor {
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
    if (expression.kind === 'call') {
      this.#call(expression);
      return;
    }
    if (expression.kind === 'name' || expression.kind === 'attribute') this.#reference(expression);
    if (expression.kind === 'attribute')
      for (const { scope, frame } of this.#evaluator.attributes.properties(
        this.#of(expression.value),
        expression.name,
      ))
        this.go(scope, frame);
    for (const child of childrenOf(expression)) this.visit(child);
  }

  #call(call: CallExpr): void {
    const { callee } = call;
    const forwarded = this.#forwarded(call);
    const callees = this.#of(callee);
    this.#invoke(call, callees);
    if (forwarded) this.#invoke(forwarded, this.#of(forwarded.callee));
    if (callee.kind === 'attribute') this.#method(call, callee);
    this.#library(call, callees);
    if (lastName(callee) === 'getattr') this.#getattr(call);
    if (callees.length === 0 && callee.kind === 'attribute') this.#unknown(callee);
    for (const child of childrenOf(call)) {
      // What is called was looked at, with what it is given; only its receiver and arguments are left.
      const seen = child === callee || child === forwarded?.callee;
      if (seen && (child.kind === 'name' || child.kind === 'attribute'))
        for (const inner of childrenOf(child)) this.visit(inner);
      else this.visit(child);
    }
  }

  #invoke(call: CallExpr, callees: readonly Value[]): void {
    for (const value of callees)
      if (value.kind === 'function')
        this.go(value.scope, this.#evaluator.calls.frameOf(call, value, this.#node.scope, this.#node.frame));
      else this.#take(value);
    this.#use(callees.filter((value) => value.kind === 'operation'));
  }

  /** The call that `to_thread(f, a)` and its like make. */
  #forwarded(call: CallExpr): CallExpr | undefined {
    const at = FORWARDERS[lastName(call.callee) ?? ''];
    const callee = at === undefined ? undefined : call.args[at];
    if (at === undefined || !callee || !['name', 'attribute'].includes(callee.kind)) return undefined;
    return { ...call, callee, args: call.args.slice(at + 1) };
  }

  /** Calls that another package makes for us, and requests that are signed by hand. */
  #library(call: CallExpr, callees: readonly Value[]): void {
    for (const value of callees) {
      if (value.kind !== 'external') continue;
      const [, owner = value.name, method = '()'] = /^(.*)\(\)\.(\w+)$/.exec(value.name) ?? [];
      const actions = Object.hasOwn(LIBRARIES, owner) ? LIBRARIES[owner]?.[method] : undefined;
      if (actions) this.#actions(owner, method, actions);
      if (
        /^(subprocess\.(run|Popen|call|check_call|check_output)|asyncio\.create_subprocess_exec)$/.test(
          value.name,
        )
      )
        this.#command(call);
      if (/(^|\.)(SigV4Auth|AWSSigV4|S3SigV4Auth)$/.test(value.name)) this.#signed(call, value.name);
    }
  }

  /** Programs that call AWS for the server: what they call is theirs to know. */
  #command(call: CallExpr): void {
    const argument = call.args[0] ?? call.spread[0] ?? call.keywords.args;
    const names = argument
      ? this.#of(argument).flatMap((value) => {
          if (value.kind === 'string') return [value.value];
          return value.kind === 'list' ? stringsOf(value.items[0] ?? []) : [];
        })
      : [];
    for (const name of new Set(names))
      if (AWS_PROGRAMS.has(name)) this.#note(`runs ${name}, whose AWS calls are not derived`);
  }

  #signed(call: CallExpr, signer: string): void {
    const argument = signer.endsWith('SigV4Auth') ? call.args[1] : call.args[0];
    const services = argument ? stringsOf(this.#of(argument)) : [];
    if (services.length === 0)
      this.#note('signs requests of its own to a service that is only known at run time');
    for (const service of services) {
      const actions = SIGNED[service];
      if (actions === undefined) this.#note(`signs requests of its own to ${service}`);
      else {
        this.#actions(service, 'signed', actions);
        this.#into.vague = true;
      }
    }
  }

  #actions(service: string, operation: string, actions: readonly string[]): void {
    this.#into.uses.push({ service, operation, from: symbolOf(this.#node.scope), actions });
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
    const waiter = callee.name === 'get_waiter';
    for (const name of names)
      this.#use(services.map((service) => ({ service, method: waiter ? waited(service, name) : name })));
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
      if (value.kind === 'client' && names.length === 0) this.#anyOf(value.service);
      if (value.kind === 'module' && names.length === 0) this.#everything(value.name);
    }
    for (const name of names) {
      if (values.length === 0) this.#byName(name, target);
      const attributes = this.#evaluator.attributes.of(values, name);
      for (const value of attributes) this.#take(value);
      this.#use(attributes.filter((value) => value.kind === 'operation'));
    }
  }

  /** An operation by a name that comes from outside: those that the same file lists, or none that could be told. */
  #anyOf(service: string): void {
    const from = symbolOf(this.#node.scope);
    const listed = this.#reach
      .strings(this.#node.scope.file)
      .flatMap((text) => awsCatalogue().operation(service, text) ?? []);
    for (const operation of listed)
      this.#into.uses.push({ service, operation: operation.name, from, free: true });
    if (listed.length > 0) return;
    this.#note(`calls operations of ${serviceWords(service)} by names that are only known at run time`);
    if (service !== '?') this.#into.generated.push(service);
  }

  /** getattr on a module with a name that only a loop knows: all that it offers. */
  #everything(name: string): void {
    const module = this.#evaluator.source.modules.get(name);
    for (const exported of module?.scope.bindings.keys() ?? [])
      if (module)
        for (const value of this.#evaluator.names.exported(module, exported))
          if (value.kind === 'function') this.#take(value);
  }

  #reference(expression: Extract<Expr, { kind: 'name' | 'attribute' }>): void {
    const values = this.#of(expression);
    for (const value of values) this.#take(value);
    this.#use(values.filter((value) => value.kind === 'operation'));
    if (values.length === 0 && expression.kind === 'attribute') this.#unknown(expression);
  }

  #take(value: Value): void {
    if (value.kind === 'function') this.go(value.scope, undefined);
    if (value.kind === 'class') this.#instantiate(value.scope);
    if (value.kind === 'module') {
      const module = this.#evaluator.source.modules.get(value.name);
      if (module) this.go(module.scope, undefined);
    }
  }

  #instantiate(scope: Scope): void {
    const foreign = this.#evaluator.classes.hasForeignBase(scope);
    for (const owner of this.#evaluator.classes.lineOf(scope)) {
      this.go(owner, undefined);
      for (const child of owner.children)
        if (foreign || /^__\w+__$/.test(child.definition?.name ?? '')) this.go(child, undefined);
    }
  }

  /** A method of something unknown: any of the package's methods of that name, any of its services' operations. */
  #unknown(expression: Extract<Expr, { kind: 'attribute' }>): void {
    const receiver = this.#of(expression.value);
    if (receiver.length > 0) return;
    if (!expression.name.startsWith('__'))
      for (const method of this.#reach.methods(expression.name)) this.go(method, undefined);
    this.#byName(expression.name, expression.value);
  }

  #byName(name: string, receiver: Expr): void {
    if (!/^[a-z][a-z0-9_]*$/.test(name)) return;
    const plain = !name.includes('_');
    if (plain && !/client|boto|service$/i.test(lastName(receiver) ?? '')) return;
    for (const service of this.#reach.services())
      if (awsCatalogue().operation(service, name)) this.#use([{ service, method: name }]);
  }

  /** The same call on whatever service the receiver may belong to: those that have such an operation count. */
  #use(candidates: readonly { service: string; method: string }[]): void {
    const [first] = candidates;
    if (first === undefined) return;
    const services = (service: string) => (service === '?' ? this.#reach.services() : [service]);
    const known = candidates.flatMap(({ service, method }) =>
      services(service).flatMap((one) => {
        const operation = awsCatalogue().operation(one, method);
        return operation ? [{ service: one, operation: operation.name }] : [];
      }),
    );
    const from = symbolOf(this.#node.scope);
    for (const use of known) this.#into.uses.push({ ...use, from });
    if (known.length > 0 || !/^[a-z][a-z0-9]*_[a-z0-9_]+$/.test(first.method)) return;
    // Another service of the package has it: this is a branch that is not taken for this one.
    if (this.#reach.services().some((one) => awsCatalogue().operation(one, first.method))) return;
    if (first.service === '?') this.#note('calls a service whose name is only known at run time');
    else this.#note(`calls ${first.service} ${first.method}, which ${awsCatalogue().botocore} does not know`);
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
