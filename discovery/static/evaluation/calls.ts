/** What a call gives: AWS clients, instances, what a function of the package returns, what well-known functions pass on. */
import { type CallExpr, type Expr, lastName } from '../syntax/ast.ts';
import { classOf, type Scope, selfName } from '../syntax/scope.ts';
import { evaluateBotoCall } from './boto.ts';
import { FORWARDERS } from './call-sites.ts';
import { dictView, itemsOf } from './containers.ts';
import type { Evaluator } from './evaluate.ts';
import { argumentOf, externalInstance, type Frame, isClassMethod, mapIn } from './frames.ts';
import { keysOf, stringsOf, union, type Value } from './values.ts';

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

export class CallValues {
  readonly #evaluator: Evaluator;
  readonly #returns = new Map<Scope, Map<string, Value[]>>();

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  of(call: CallExpr, scope: Scope, frame: Frame | undefined): Value[] {
    const of = (inner: Expr) => this.#evaluator.evaluate(inner, scope, frame);
    const callees = of(call.callee);
    const boto = evaluateBotoCall(call, callees, of);
    if (boto) return boto;
    const name = lastName(call.callee);
    const [head, second] = call.args;
    if (name === 'getattr' && head && second)
      return union(
        stringsOf(of(second)).map((attribute) => this.#evaluator.attributes.of(of(head), attribute, frame)),
      );
    if (call.callee.kind === 'name' && name === 'super') return this.#super(scope);
    if (name === 'cast' && second) return of(second);
    if (name !== undefined && IDENTITIES.has(name) && head) return of(head);
    if ((name === 'get' || name === 'pop' || name === 'setdefault') && call.callee.kind === 'attribute') {
      const containers = of(call.callee.value).filter((value) => value.kind === 'dict');
      const rest = second ? of(second) : [];
      if (containers.length > 0) return union([itemsOf(containers, head ? stringsOf(of(head)) : []), rest]);
    }
    if ((name === 'values' || name === 'items') && call.callee.kind === 'attribute')
      return dictView(of(call.callee.value), name === 'items');
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
    const bases = owner ? this.#evaluator.classes.basesOf(owner) : [];
    if (bases.length === 0) return [{ kind: 'external', name: 'super()' }];
    return bases.map((base) => ({ kind: 'instance', scope: base, open: false }));
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
      if (argument) values.set(parameter.name, this.#evaluator.evaluate(argument, scope, frame));
      else if (parameter.default && callee.scope.parent && call.spread.length === 0)
        values.set(parameter.name, this.#evaluator.evaluate(parameter.default, callee.scope.parent));
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
    return this.#evaluator.recursion.remembered(mapIn(this.#returns, scope), key, () => {
      const values = union(scope.returns.map((value) => this.#evaluator.evaluate(value, scope, inner)));
      const { definition } = scope;
      return values.length === 0 && definition?.kind === 'function' && definition.returns
        ? this.#evaluator.parameters.annotated(definition.returns, scope)
        : values;
    });
  }
}
