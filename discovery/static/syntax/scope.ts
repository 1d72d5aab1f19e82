/** Scopes of a module (module, classes, functions) with the names each binds: what the evaluator looks names up in. */
import {
  type ClassDef,
  type Expr,
  eachChild,
  expressionsOf,
  type FunctionDef,
  type Stmt,
  walk,
} from './ast.ts';

export type Binding =
  | { kind: 'value'; value: Expr; scope: Scope }
  /** One of the things inside a value: a loop's target, an unpacked tuple's part (`index`). */
  | { kind: 'element'; of: Expr; scope: Scope; index?: number }
  /** `name[key] = value`: the name holds a container of such values. */
  | { kind: 'item'; value: Expr; scope: Scope }
  | { kind: 'scope'; scope: Scope }
  | { kind: 'parameter'; scope: Scope; index: number }
  | { kind: 'annotation'; annotation: Expr; scope: Scope }
  | { kind: 'module'; module: string }
  | { kind: 'import'; level: number; module: string; name: string; scope: Scope };

export interface Scope {
  kind: 'module' | 'function' | 'class';
  /** File below the package. */
  file: string;
  /** Dotted below the module: `Class.method`, `function.nested`; empty for the module itself. */
  name: string;
  parent?: Scope;
  definition?: FunctionDef | ClassDef;
  bindings: Map<string, Binding[]>;
  /** Of a class: what its methods assign to `self.x` and `cls.x`. */
  attributes: Map<string, Binding[]>;
  /** Expressions that are evaluated in this scope, outermost ones. */
  expressions: Expr[];
  /** The same with all that stands inside them, outer ones before inner ones. */
  nodes: Expr[];
  returns: Expr[];
  children: Scope[];
  stars: { level: number; module: string }[];
  globals: Set<string>;
  /** Functions inside whose `__name__` is set: they go by another name than the one written. */
  renamed: Set<string>;
}

/** `file#symbol`, the form of the manifest. */
export function symbolOf(scope: Scope): string {
  return `${scope.file}#${scope.name === '' ? '(module)' : scope.name}`;
}

export function moduleScope(file: string, body: readonly Stmt[]): Scope {
  const scope = newScope('module', file, '');
  fill(scope, body);
  return scope;
}

function newScope(kind: Scope['kind'], file: string, name: string): Scope {
  return {
    kind,
    file,
    name,
    bindings: new Map(),
    attributes: new Map(),
    expressions: [],
    nodes: [],
    returns: [],
    children: [],
    stars: [],
    globals: new Set(),
    renamed: new Set(),
  };
}

/** The class a method belongs to. */
export function classOf(scope: Scope): Scope | undefined {
  return scope.kind === 'function' && scope.parent?.kind === 'class' ? scope.parent : undefined;
}

/** Name of the parameter that stands for the instance or the class. */
export function selfName(scope: Scope): string | undefined {
  if (classOf(scope) === undefined || scope.definition?.kind !== 'function') return undefined;
  if (hasDecorator(scope, 'staticmethod')) return undefined;
  return scope.definition.parameters[0]?.name;
}

export function hasDecorator(scope: Scope, name: string): boolean {
  return (scope.definition?.decorators ?? []).some(
    (decorator) =>
      (decorator.kind === 'name' && decorator.id === name) ||
      (decorator.kind === 'attribute' && decorator.name === name),
  );
}

function fill(scope: Scope, body: readonly Stmt[]): void {
  collectGlobals(scope, body);
  for (const statement of body) add(scope, statement);
}

function collectGlobals(scope: Scope, body: readonly Stmt[]): void {
  for (const statement of body) {
    if (statement.kind === 'global') for (const name of statement.names) scope.globals.add(name);
    for (const block of blocks(statement)) collectGlobals(scope, block);
  }
}

function blocks(statement: Stmt): Stmt[][] {
  if (statement.kind === 'if' || statement.kind === 'for') return [statement.body, statement.orelse];
  if (statement.kind === 'with') return [statement.body];
  return statement.kind === 'compound' ? statement.bodies : [];
}

function add(scope: Scope, statement: Stmt): void {
  for (const expression of expressionsOf(statement)) {
    scope.expressions.push(expression);
    addNodes(scope, expression);
  }
  switch (statement.kind) {
    case 'function':
    case 'class':
      addDefinition(scope, statement);
      break;
    case 'assign':
      if (statement.value)
        for (const target of statement.targets)
          assign(scope, target, { kind: 'value', value: statement.value, scope });
      if (statement.annotation)
        for (const target of statement.targets)
          assign(scope, target, { kind: 'annotation', annotation: statement.annotation, scope });
      break;
    case 'return':
      scope.returns.push(statement.value);
      break;
    case 'expression':
      if (statement.value.kind === 'call') fillContainer(scope, statement.value);
      break;
    case 'for':
      assign(scope, statement.target, { kind: 'element', of: statement.iterable, scope });
      break;
    case 'with':
      for (const { value, target } of statement.items)
        if (target) assign(scope, target, { kind: 'value', value, scope });
      break;
    case 'import':
      for (const { module, as } of statement.names)
        bind(scope, as ?? module.split('.')[0] ?? module, {
          kind: 'module',
          module: as === undefined ? (module.split('.')[0] ?? module) : module,
        });
      break;
    case 'from':
      if (statement.star) scope.stars.push({ level: statement.level, module: statement.module });
      for (const { name, as } of statement.names)
        bind(scope, as ?? name, {
          kind: 'import',
          level: statement.level,
          module: statement.module,
          name,
          scope,
        });
      break;
    default:
  }
  // What stands under `if __name__ == '__main__'` does not run in a console script.
  if (statement.kind === 'if' && scope.kind === 'module' && mentions(statement.test, '__name__')) return;
  for (const block of blocks(statement)) for (const inner of block) add(scope, inner);
}

function mentions(expression: Expr, name: string): boolean {
  for (const inner of walk(expression)) if (inner.kind === 'name' && inner.id === name) return true;
  return false;
}

function addDefinition(scope: Scope, definition: FunctionDef | ClassDef): void {
  const name = scope.name === '' ? definition.name : `${scope.name}.${definition.name}`;
  const inner = newScope(definition.kind, scope.file, name);
  inner.parent = scope;
  inner.definition = definition;
  scope.children.push(inner);
  bind(scope, definition.name, { kind: 'scope', scope: inner });
  if (definition.kind === 'function')
    for (const [index, parameter] of definition.parameters.entries())
      bind(inner, parameter.name, { kind: 'parameter', scope: inner, index });
  fill(inner, definition.body);
}

/** An expression and all inside it, the names that they bind (comprehensions and `:=`), and what a generator hands out. */
function addNodes(scope: Scope, expression: Expr): void {
  scope.nodes.push(expression);
  if (expression.kind === 'yield') scope.returns.push(expression.value);
  else if (expression.kind === 'walrus')
    bind(scope, expression.name, { kind: 'value', value: expression.value, scope });
  else if (expression.kind === 'comprehension')
    for (const { target, iterable } of expression.loops)
      assign(scope, target, { kind: 'element', of: iterable, scope });
  eachChild(expression, (child) => addNodes(scope, child));
}

function assign(scope: Scope, target: Expr, binding: Binding): void {
  switch (target.kind) {
    case 'name':
      bind(scope, target.id, binding);
      break;
    case 'sequence':
      for (const [index, item] of target.items.entries()) assign(scope, item, partOf(binding, index));
      break;
    case 'attribute':
      if (target.value.kind === 'name' && target.name === '__name__') scope.renamed.add(target.value.id);
      if (target.value.kind === 'name') assignAttribute(scope, target.value.id, target.name, binding);
      break;
    case 'subscript':
      if (binding.kind === 'value')
        assign(scope, target.value, { kind: 'item', value: binding.value, scope });
      break;
    default:
  }
}

/** `table.update({key: value})`: items put into a container of this scope. */
function fillContainer(scope: Scope, { callee, args, keywords }: Extract<Expr, { kind: 'call' }>): void {
  if (callee.kind !== 'attribute' || callee.name !== 'update' || callee.value.kind !== 'name') return;
  if (!scope.bindings.has(callee.value.id)) return;
  const [first] = args;
  const entries = first?.kind === 'dict' ? first.entries.map(({ value }) => value) : [];
  for (const value of [...entries, ...Object.values(keywords)])
    bind(scope, callee.value.id, { kind: 'item', value, scope });
}

/** The part of a value that a tuple target takes. */
function partOf(binding: Binding, index: number): Binding {
  if (binding.kind === 'value') {
    const exact = binding.value.kind === 'sequence' ? binding.value.items[index] : undefined;
    if (exact !== undefined) return { ...binding, value: exact };
    return { kind: 'element', of: binding.value, scope: binding.scope, index };
  }
  // `for a, b in pairs`: the part of each element.
  return binding.kind === 'element' ? { ...binding, index } : binding;
}

function assignAttribute(scope: Scope, receiver: string, name: string, binding: Binding): void {
  let method: Scope | undefined = scope;
  while (method !== undefined && !(selfName(method) === receiver)) method = method.parent;
  const owner = method && classOf(method);
  if (owner) push(owner.attributes, name, binding);
}

function bind(scope: Scope, name: string, binding: Binding): void {
  if (scope.globals.has(name) && scope.kind === 'function') {
    let outer = scope.parent;
    while (outer?.parent !== undefined && (outer.kind === 'class' || !outer.bindings.has(name)))
      outer = outer.parent;
    if (outer) push(outer.bindings, name, binding);
    return;
  }
  push(scope.bindings, name, binding);
}

function push(table: Map<string, Binding[]>, name: string, binding: Binding): void {
  const known = table.get(name);
  if (known) known.push(binding);
  else table.set(name, [binding]);
}

/** The scope and all scopes inside it. */
export function* scopesOf(scope: Scope): Generator<Scope> {
  yield scope;
  for (const child of scope.children) yield* scopesOf(child);
}

export function nodesOf(scope: Scope): readonly Expr[] {
  return scope.nodes;
}
