/** Environment variables that the code reads: os.environ and os.getenv in all their forms, and settings classes of pydantic. */
import type { Evaluator } from './evaluation/evaluate.ts';
import { stringsOf, type Value } from './evaluation/values.ts';
import { type CallExpr, type Expr, lastName } from './syntax/ast.ts';
import { nodesOf, type Scope } from './syntax/scope.ts';

const READERS = new Set([
  'os.getenv',
  'os.environ.get',
  'os.environ.pop',
  'os.environ.setdefault',
  'os.environ.__getitem__',
]);
/** What a variable of that name can be; anything else is another string that came the same way. */
const NAME = /^[A-Za-z_][A-Za-z0-9_-]*$/;

export function environmentOf(evaluator: Evaluator, scopes: Iterable<Scope>): string[] {
  const found = new Set<string>();
  for (const scope of scopes) {
    for (const expression of nodesOf(scope))
      for (const name of namesIn(evaluator, expression, scope)) if (NAME.test(name)) found.add(name);
    if (scope.kind === 'class' && isSettings(evaluator, scope))
      for (const name of settingsNames(evaluator, scope)) found.add(name);
  }
  return [...found].sort();
}

function namesIn(evaluator: Evaluator, expression: Expr, scope: Scope): string[] {
  const of = (inner: Expr) => evaluator.evaluate(inner, scope);
  if (expression.kind === 'call') {
    const [first] = expression.args;
    if (first && of(expression.callee).some((value) => value.kind === 'external' && READERS.has(value.name)))
      return stringsOf(of(first));
    return stringsOf(expression.keywords.envvar ? of(expression.keywords.envvar) : []);
  }
  if (expression.kind === 'subscript' && isEnviron(of(expression.value)))
    return expression.index.flatMap((index) => stringsOf(of(index)));
  // `'NAME' in os.environ`
  if (expression.kind === 'other' && expression.children.some((child) => isEnviron(of(child))))
    return expression.children.flatMap((child) => stringsOf(of(child)));
  return [];
}

function isEnviron(values: readonly Value[]): boolean {
  return values.some((value) => value.kind === 'external' && value.name === 'os.environ');
}

function isSettings(evaluator: Evaluator, scope: Scope): boolean {
  return evaluator.classes
    .lineOf(scope)
    .some(
      ({ definition, parent }) =>
        definition?.kind === 'class' &&
        parent !== undefined &&
        definition.bases.some((base) => lastName(base) === 'BaseSettings'),
    );
}

/** Each annotated field of a settings class: its alias, or prefix and name in capitals. */
function settingsNames(evaluator: Evaluator, scope: Scope): string[] {
  const config = scope.bindings.get('model_config')?.find((binding) => binding.kind === 'value')?.value;
  const prefix = config?.kind === 'call' && config.keywords.env_prefix;
  const [head = ''] = prefix ? stringsOf(evaluator.evaluate(prefix, scope)) : [];
  return [...scope.bindings].flatMap(([name, bindings]) => {
    if (name === 'model_config' || !bindings.some((binding) => binding.kind === 'annotation')) return [];
    const value = bindings.find((binding) => binding.kind === 'value')?.value;
    const aliases = value?.kind === 'call' ? aliasesOf(evaluator, value, scope) : [];
    return aliases.length > 0 ? aliases : [`${head}${name}`.toUpperCase()];
  });
}

function aliasesOf(evaluator: Evaluator, field: CallExpr, scope: Scope): string[] {
  return ['validation_alias', 'alias', 'env'].flatMap((keyword) => {
    const given = field.keywords[keyword];
    if (!given) return [];
    const choices = given.kind === 'call' ? given.args : [given];
    return choices.flatMap((choice) => stringsOf(evaluator.evaluate(choice, scope)));
  });
}
