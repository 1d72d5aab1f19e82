/**
 * What code can do once it runs: which functions it reaches, and which AWS operations stand in them.
 * A node is a function together with what one call passes to it, so that a helper that is given a client or the name of an
 * operation counts for its caller only with what that caller gives it.
 */
import { awsCatalogue } from '../aws/catalogue.ts';
import type { Evaluator } from './evaluation/evaluate.ts';
import type { Frame } from './evaluation/frames.ts';
import { keysOf } from './evaluation/values.ts';
import { localName } from './package.ts';
import { nodesOf, type Scope } from './syntax/scope.ts';
import { Visitor } from './syntax/visitor.ts';

export interface Use {
  service: string;
  operation: string;
  from: string;
  /** Parameters come whole from outside, so any of the operation's may be given. */
  free?: boolean;
  /** IAM actions, where they are known without an operation. */
  actions?: readonly string[];
}

export interface Effects {
  uses: Use[];
  /** What could not be derived, in words. */
  notes: string[];
  /** Some uses are more than what is really called: right for a server, too much for one tool. */
  vague: boolean;
  /** Services whose operations are called by names that come from outside, as those of generated tools. */
  generated: string[];
}

export interface Node {
  scope: Scope;
  frame?: Frame;
}

export interface Expansion extends Effects {
  next: { node: Node; key: string }[];
  /** Functions that a module hands to their decorators: what it registers, and does not call. */
  registered: { node: Node; key: string }[];
}

/** More ways to call one function than this are taken together. */
const MOST_FRAMES = 80;

export class Reach {
  readonly #evaluator: Evaluator;
  readonly #expansions = new Map<string, Expansion>();
  readonly #ids = new Map<Scope, number>();
  readonly #frames = new Map<Scope, Set<string>>();
  readonly #strings = new Map<string, string[]>();
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

  /**
   * Everything that the given scopes can do, their callees included; with `registering`, also what modules register as
   * handlers: a server runs them some time, one tool does not run the others.
   */
  effects(roots: readonly Scope[], { registering = true } = {}): Effects & { scopes: Set<Scope> } {
    const seen = new Set<string>();
    const scopes = new Set<Scope>();
    const uses = new Map<string, Use>();
    const notes = new Set<string>();
    let vague = false;
    const generated = new Set<string>();
    const queue = roots.map((scope) => ({ node: { scope } as Node, key: this.#key({ scope }) }));
    for (let item = queue.pop(); item; item = queue.pop()) {
      if (seen.has(item.key)) continue;
      seen.add(item.key);
      scopes.add(item.node.scope);
      const expansion = this.#expand(item.node, item.key);
      for (const use of expansion.uses)
        uses.set(`${use.service} ${use.operation} ${use.from} ${use.free === true}`, use);
      for (const note of expansion.notes) notes.add(note);
      vague ||= expansion.vague;
      for (const service of expansion.generated) generated.add(service);
      queue.push(...expansion.next, ...(registering ? expansion.registered : []));
    }
    return {
      uses: [...uses.values()],
      notes: [...notes].sort(),
      vague,
      generated: [...generated].sort(),
      scopes,
    };
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
    const expansion: Expansion = {
      uses: [],
      notes: [],
      vague: false,
      generated: [],
      next: [],
      registered: [],
    };
    this.#expansions.set(key, expansion);
    const visitor = new Visitor(this, this.#evaluator, node, expansion);
    for (const expression of node.scope.expressions) visitor.visit(expression);
    for (const child of node.scope.children) {
      // A class body runs where it stands; a decorated function is handed to its decorator there.
      if (child.kind !== 'class' && (child.definition?.decorators.length ?? 0) === 0) continue;
      if (node.scope.kind === 'module' && child.kind === 'function')
        expansion.registered.push(this.join(child, undefined));
      else if (node.scope.kind !== 'class' || child.kind === 'class') visitor.go(child, undefined);
    }
    this.#imports(node.scope, visitor);
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

  /** String literals of a file. */
  strings(file: string): readonly string[] {
    let found = this.#strings.get(file);
    if (!found) {
      const texts = new Set<string>();
      for (const scope of this.#evaluator.source.scopes)
        if (scope.file === file)
          for (const expression of nodesOf(scope))
            if (expression.kind === 'string') texts.add(expression.value);
      found = [...texts];
      this.#strings.set(file, found);
    }
    return found;
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
        const base = localName(source, module, binding.level, binding.module);
        take(base);
        if (base !== undefined) take(base === '' ? binding.name : `${base}.${binding.name}`);
      }
      if (binding.kind === 'module' && binding.module.startsWith(`${source.name}.`))
        take(binding.module.slice(source.name.length + 1));
    }
  for (const star of scope.stars) {
    take(localName(source, module, star.level, star.module));
  }
  return found;
}

/** Services of all clients that are made anywhere in the package. */
function servicesOf(evaluator: Evaluator): string[] {
  const found = new Set<string>();
  for (const scope of evaluator.source.scopes)
    for (const expression of nodesOf(scope))
      if (expression.kind === 'call')
        for (const value of evaluator.evaluate(expression, scope))
          if (value.kind === 'client' && value.service !== '?') found.add(value.service);
  return [...found].filter((service) => awsCatalogue().prefix(service) !== undefined).sort();
}
