/**
 * Tool names by every form of registration that servers use, each with the function behind it where that can be told:
 * decorators, `x.tool(name=…)(f)`, `x.tool(f)`, wrappers that take the name, Tool.from_function, add_tool, loops over a
 * module's `__all__`, and low-level `Tool(name=…)`. Only in code that the entrypoint reaches.
 */
import type { Evaluator } from './evaluation/evaluate.ts';
import { stringsOf, union, type Value } from './evaluation/values.ts';
import { type CallExpr, type Expr, lastName } from './syntax/ast.ts';
import { nodesOf, type Scope, symbolOf } from './syntax/scope.ts';

export interface Registration {
  name: string;
  /** `file#symbol` of the function, or of the place of registration. */
  from: string;
  scope?: Scope;
  /** The function is a wrapper's, and may stand for the one that was wrapped. */
  weak?: boolean;
}

export interface Registrations {
  tools: Registration[];
  notes: string[];
}

const TOOL_NAME = /^[A-Za-z0-9_][A-Za-z0-9_./-]{0,127}$/;

export function toolsOf(evaluator: Evaluator, scopes: ReadonlySet<Scope>): Registrations {
  const finder = new Finder(evaluator);
  for (const scope of scopes) {
    for (const child of scope.children) finder.decorated(child, scope);
    for (const expression of nodesOf(scope)) if (expression.kind === 'call') finder.call(expression, scope);
  }
  finder.connect(scopes);
  return finder.result();
}

class Finder {
  readonly #evaluator: Evaluator;
  readonly #tools = new Map<string, Registration>();
  readonly #notes = new Set<string>();

  constructor(evaluator: Evaluator) {
    this.#evaluator = evaluator;
  }

  result(): Registrations {
    const tools = [...this.#tools.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return { tools, notes: [...this.#notes].sort() };
  }

  /** `@x.tool`, `@x.tool(…)` over a function. */
  decorated(target: Scope, scope: Scope): void {
    if (target.kind !== 'function') return;
    for (const decorator of target.definition?.decorators ?? []) {
      const call = decorator.kind === 'call' ? decorator : undefined;
      if (!isToolMethod(call?.callee ?? decorator)) continue;
      const named = call ? this.#names(call, scope) : undefined;
      this.#add(named ?? [target.definition?.name ?? ''], target, scope);
    }
  }

  call(call: CallExpr, scope: Scope): void {
    const { callee } = call;
    // x.tool(…)(f)
    if (callee.kind === 'call' && isToolMethod(callee.callee)) {
      const spelt = callee.keywords.name ?? callee.args[0];
      this.#register(this.#names(callee, scope), call.args[0], scope, spelt?.kind === 'name');
      return;
    }
    const name = lastName(callee);
    const first = call.args[0] ?? call.keywords.fn;
    if (isToolMethod(callee) || name === 'add_tool' || isFromFunction(callee)) {
      const functions = first ? this.#functions(first, scope) : [];
      if (functions.length > 0) this.#register(this.#named(call.keywords.name, scope), first, scope);
    } else if (name === 'Tool' && call.keywords.name && call.keywords.inputSchema) {
      const names = this.#named(call.keywords.name, scope) ?? [];
      this.#add(names, undefined, scope);
    }
  }

  #register(names: string[] | undefined, target: Expr | undefined, scope: Scope, wrapped = false): void {
    const functions = target ? this.#functions(target, scope) : [];
    if (names !== undefined) {
      const [only] = functions;
      const weak = wrapped && only?.parent === scope && scope.kind === 'function';
      if (weak) this.#add(names, only, scope, true);
      else this.#add(names, functions.length === 1 && names.length === 1 ? only : undefined, scope);
      return;
    }
    const named = functions.filter((one) => !one.parent?.renamed.has(one.definition?.name ?? ''));
    for (const one of named) this.#add([one.definition?.name ?? ''], one, scope);
    if (named.length === 0)
      this.#notes.add(`registers tools whose names are only known at run time (${symbolOf(scope)})`);
  }

  #functions(target: Expr, scope: Scope): Scope[] {
    return this.#evaluator
      .evaluate(target, scope)
      .flatMap((value) => (value.kind === 'function' ? [value.scope] : []));
  }

  /** The name given to a call of `tool`; undefined when none is given. */
  #names(call: CallExpr, scope: Scope): string[] | undefined {
    return this.#named(call.keywords.name ?? call.args[0], scope);
  }

  #named(given: Expr | undefined, scope: Scope): string[] | undefined {
    if (given === undefined || (given.kind === 'constant' && given.value === null)) return undefined;
    const names = stringsOf(this.#evaluator.evaluate(given, scope));
    if (names.length === 0)
      this.#notes.add(`registers tools whose names are only known at run time (${symbolOf(scope)})`);
    return names;
  }

  #add(names: readonly string[], target: Scope | undefined, scope: Scope, weak = false): void {
    for (const name of names) {
      if (!TOOL_NAME.test(name)) continue;
      const known = this.#tools.get(name);
      if (known?.scope && !target) continue;
      this.#tools.set(name, {
        name,
        from: symbolOf(target ?? scope),
        ...(target ? { scope: target } : {}),
        ...(weak ? { weak } : {}),
      });
    }
  }

  /**
   * Functions of tools that were registered without one in sight: `wrapper(server, 'name')(f)` and its decorator form,
   * `wrapper('name', f)`, and tables `{'name': f}`.
   */
  connect(scopes: ReadonlySet<Scope>): void {
    const link = (names: string[], target: Expr, scope: Scope): void => {
      const [only, ...more] = this.#functions(target, scope);
      if (only === undefined || more.length > 0) return;
      for (const name of names) {
        const tool = this.#tools.get(name);
        if (tool && isOpen(tool)) this.#tools.set(name, { name, from: symbolOf(only), scope: only });
      }
    };
    const literals = (call: CallExpr, scope: Scope): string[] =>
      stringsOf(
        union([...call.args, ...Object.values(call.keywords)].map((part) => this.#literal(part, scope))),
      );
    const visit = (expression: Expr, scope: Scope): void => {
      if (expression.kind === 'call') {
        const [first] = expression.args;
        if (expression.callee.kind === 'call' && first) {
          if (!isToolMethod(expression.callee.callee)) link(literals(expression.callee, scope), first, scope);
        } else for (const part of expression.args) link(literals(expression, scope), part, scope);
      }
      if (expression.kind === 'dict')
        for (const { key, value } of expression.entries)
          if (key) link(stringsOf(this.#literal(key, scope)), value, scope);
    };
    for (const scope of scopes) {
      for (const expression of nodesOf(scope)) visit(expression, scope);
      for (const child of scope.children)
        for (const decorator of child.definition?.decorators ?? [])
          if (decorator.kind === 'call' && child.kind === 'function')
            for (const name of literals(decorator, scope)) {
              const tool = this.#tools.get(name);
              if (tool && isOpen(tool)) this.#tools.set(name, { name, from: symbolOf(child), scope: child });
            }
    }
  }

  #literal(expression: Expr, scope: Scope): Value[] {
    if (expression.kind === 'string') return [{ kind: 'string', value: expression.value }];
    return expression.kind === 'name' || expression.kind === 'attribute'
      ? this.#evaluator.evaluate(expression, scope).filter((value) => value.kind === 'string')
      : [];
  }
}

/** `Tool.from_function`; prompts and resources have one too. */
function isFromFunction(expression: Expr): boolean {
  return (
    expression.kind === 'attribute' &&
    expression.name === 'from_function' &&
    lastName(expression.value) === 'Tool'
  );
}

/** Whether the function behind a tool is still to be found. */
function isOpen(tool: Registration): boolean {
  return tool.scope === undefined || tool.weak === true;
}

function isToolMethod(expression: Expr): boolean {
  return expression.kind === 'attribute' && expression.name === 'tool';
}
