/**
 * The part of Python's abstract syntax that the readers look at, as plain data.
 * Smaller than Python's own: what no reader asks about becomes `other`, with its expressions kept inside so that nothing is lost.
 */

export type Expr =
  | { kind: 'name'; id: string }
  | { kind: 'attribute'; value: Expr; name: string }
  | CallExpr
  | { kind: 'string'; value: string }
  | { kind: 'fstring'; parts: (string | Expr)[] }
  | { kind: 'constant'; value: number | boolean | null }
  | { kind: 'sequence'; items: Expr[] }
  | { kind: 'dict'; entries: { key?: Expr; value: Expr }[] }
  | { kind: 'subscript'; value: Expr; index: Expr[] }
  | { kind: 'binary'; operator: string; left: Expr; right: Expr }
  | { kind: 'either'; operator: 'or' | 'and'; values: Expr[] }
  | { kind: 'conditional'; test: Expr; body: Expr; orelse: Expr }
  | { kind: 'lambda'; parameters: Parameter[]; body: Expr }
  | { kind: 'walrus'; name: string; value: Expr }
  | { kind: 'comprehension'; elements: Expr[]; loops: { target: Expr; iterable: Expr }[]; conditions: Expr[] }
  | { kind: 'yield'; value: Expr }
  | { kind: 'other'; children: Expr[] };

export interface CallExpr {
  kind: 'call';
  callee: Expr;
  /** Positional arguments; `*x` and `**x` are only in `spread`. */
  args: Expr[];
  keywords: Record<string, Expr>;
  spread: Expr[];
}

export interface Parameter {
  name: string;
  form: 'positional' | 'keyword' | 'star' | 'doublestar';
  annotation?: Expr;
  default?: Expr;
}

export interface FunctionDef {
  kind: 'function';
  name: string;
  async: boolean;
  parameters: Parameter[];
  decorators: Expr[];
  returns?: Expr;
  body: Stmt[];
}

export interface ClassDef {
  kind: 'class';
  name: string;
  bases: Expr[];
  decorators: Expr[];
  body: Stmt[];
}

export type Stmt =
  | FunctionDef
  | ClassDef
  | { kind: 'assign'; targets: Expr[]; value?: Expr; annotation?: Expr }
  | { kind: 'import'; names: { module: string; as?: string }[] }
  /** `level` counts the leading dots. */
  | { kind: 'from'; level: number; module: string; names: { name: string; as?: string }[]; star: boolean }
  | { kind: 'expression'; value: Expr }
  | { kind: 'return'; value: Expr }
  /** global and nonlocal. */
  | { kind: 'global'; names: string[] }
  | { kind: 'if'; test: Expr; body: Stmt[]; orelse: Stmt[] }
  | { kind: 'for'; target: Expr; iterable: Expr; body: Stmt[]; orelse: Stmt[] }
  | { kind: 'with'; items: { value: Expr; target?: Expr }[]; body: Stmt[] }
  /** try, while, match and whatever else holds blocks. */
  | { kind: 'compound'; expressions: Expr[]; bodies: Stmt[][] };

export interface ModuleAst {
  body: Stmt[];
  /** Whether the parser had to recover from something that is not Python. */
  broken: boolean;
}

/** The blocks directly inside a statement that run in the same scope. */
export function blocksOf(statement: Stmt): Stmt[][] {
  switch (statement.kind) {
    case 'if':
    case 'for':
      return [statement.body, statement.orelse];
    case 'with':
      return [statement.body];
    case 'compound':
      return statement.bodies;
    default:
      return [];
  }
}

/** Every statement of a scope, those in nested blocks included; bodies of functions and classes are not entered. */
export function* statementsOf(body: readonly Stmt[]): Generator<Stmt> {
  for (const statement of body) {
    yield statement;
    for (const block of blocksOf(statement)) yield* statementsOf(block);
  }
}

/** The expressions that stand directly in a statement, not those of nested blocks or bodies. */
export function expressionsOf(statement: Stmt): Expr[] {
  switch (statement.kind) {
    case 'function':
      return [
        ...statement.decorators,
        ...statement.parameters.flatMap((parameter) => (parameter.default ? [parameter.default] : [])),
      ];
    case 'class':
      return [...statement.decorators, ...statement.bases];
    case 'assign':
      // A target is written, not read: only what stands inside it counts.
      return [...statement.targets.flatMap(childrenOf), ...(statement.value ? [statement.value] : [])];
    case 'expression':
    case 'return':
      return [statement.value];
    case 'if':
      return [statement.test];
    case 'for':
      return [statement.target, statement.iterable];
    case 'with':
      return statement.items.flatMap((item) => (item.target ? [item.value, item.target] : [item.value]));
    case 'compound':
      return statement.expressions;
    default:
      return [];
  }
}

/** Visits the expressions directly inside an expression, in their order; makes no list, since every reader goes over everything. */
export function eachChild(expression: Expr, visit: (child: Expr) => void): void {
  switch (expression.kind) {
    case 'attribute':
    case 'walrus':
    case 'yield':
      visit(expression.value);
      break;
    case 'call':
      visit(expression.callee);
      for (const argument of expression.args) visit(argument);
      for (const name in expression.keywords) visit(expression.keywords[name] as Expr);
      for (const argument of expression.spread) visit(argument);
      break;
    case 'fstring':
      for (const part of expression.parts) if (typeof part !== 'string') visit(part);
      break;
    case 'sequence':
      for (const item of expression.items) visit(item);
      break;
    case 'dict':
      for (const { key, value } of expression.entries) {
        if (key) visit(key);
        visit(value);
      }
      break;
    case 'subscript':
      visit(expression.value);
      for (const index of expression.index) visit(index);
      break;
    case 'binary':
      visit(expression.left);
      visit(expression.right);
      break;
    case 'either':
      for (const value of expression.values) visit(value);
      break;
    case 'conditional':
      visit(expression.test);
      visit(expression.body);
      visit(expression.orelse);
      break;
    case 'lambda':
      for (const parameter of expression.parameters) if (parameter.default) visit(parameter.default);
      visit(expression.body);
      break;
    case 'comprehension':
      for (const element of expression.elements) visit(element);
      for (const { target, iterable } of expression.loops) {
        visit(target);
        visit(iterable);
      }
      for (const condition of expression.conditions) visit(condition);
      break;
    case 'other':
      for (const child of expression.children) visit(child);
      break;
    default:
  }
}

/** The expressions directly inside an expression. */
export function childrenOf(expression: Expr): Expr[] {
  const found: Expr[] = [];
  eachChild(expression, (child) => found.push(child));
  return found;
}

/** An expression and all expressions inside it. */
export function* walk(expression: Expr): Generator<Expr> {
  yield expression;
  for (const child of childrenOf(expression)) yield* walk(child);
}

/** `a.b.c` of a chain of names, or undefined for anything else. */
export function dottedName(expression: Expr): string | undefined {
  if (expression.kind === 'name') return expression.id;
  if (expression.kind !== 'attribute') return undefined;
  const head = dottedName(expression.value);
  return head === undefined ? undefined : `${head}.${expression.name}`;
}

/** The last name of a callee or reference: `f`, or `name` of `x.name`. */
export function lastName(expression: Expr): string | undefined {
  if (expression.kind === 'name') return expression.id;
  return expression.kind === 'attribute' ? expression.name : undefined;
}
