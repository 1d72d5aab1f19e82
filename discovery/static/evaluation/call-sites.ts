/** Where in the package a function may be called from, also by way of those that call what they are given. */
import { lastName } from '../syntax/ast.ts';
import { classOf, nodesOf, type Scope } from '../syntax/scope.ts';
import type { Evaluator } from './evaluate.ts';
import type { CallSite } from './frames.ts';
import type { Value } from './values.ts';

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

export class CallSites {
  readonly #evaluator: Evaluator;
  #sites: Map<string, CallSite[]> | undefined;

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  /** Calls in the package that may call this function. */
  of(scope: Scope): CallSite[] {
    this.#sites ??= this.#indexCalls();
    const owner = classOf(scope);
    const own = scope.definition?.name ?? '';
    const names =
      own === '__init__' && owner
        ? [owner, ...this.#evaluator.classes.subclassesOf(owner)].map((one) => one.definition?.name ?? '')
        : [own];
    if (own === '__init__') names.push('__init__', 'cls');
    return names
      .flatMap((name) => this.#sites?.get(name) ?? [])
      .filter((site) => {
        const callees = this.#evaluator.evaluate(site.callee, site.scope);
        if (callees.length === 0) return own !== '__init__';
        return callees.some((value) => this.#calls(value, scope, owner));
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
    for (const scope of this.#evaluator.source.scopes)
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

  #calls(value: Value, scope: Scope, owner: Scope | undefined): boolean {
    if (value.kind === 'function') return value.scope === scope;
    const { classes } = this.#evaluator;
    return value.kind === 'class' && owner !== undefined && classes.lineOf(value.scope).includes(owner);
  }
}
