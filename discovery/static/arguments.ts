/**
 * Command-line flags of a server: those declared (argparse, click, typer) in what the entrypoint runs at its start.
 * Parsers that only a tool uses, and those under `if __name__ == '__main__'`, are not the server's.
 */
import type { Evaluator } from './evaluation/evaluate.ts';
import { stringsOf } from './evaluation/values.ts';
import { type CallExpr, type Expr, lastName, walk } from './syntax/ast.ts';
import { nodesOf, type Scope } from './syntax/scope.ts';

export function argumentsOf(evaluator: Evaluator, start: readonly Scope[]): string[] {
  const found = new Set<string>();
  for (const scope of startupScopes(evaluator, start)) {
    for (const expression of declarationsIn(scope))
      for (const inner of walk(expression)) {
        if (inner.kind !== 'call') continue;
        const of = (argument: Expr) => stringsOf(evaluator.evaluate(argument, scope));
        for (const flag of flagsOf(inner, of)) found.add(flag);
      }
    for (const flag of typerFlags(scope)) found.add(flag);
  }
  return [...found].sort();
}

/** What runs when the entrypoint is called: direct calls only, since a reference may be a tool's function. */
function startupScopes(evaluator: Evaluator, start: readonly Scope[]): Set<Scope> {
  const scopes = new Set<Scope>();
  const queue = [...start];
  for (let scope = queue.pop(); scope; scope = queue.pop()) {
    if (scopes.has(scope)) continue;
    scopes.add(scope);
    for (const inner of nodesOf(scope))
      if (inner.kind === 'call')
        for (const value of evaluator.evaluate(inner.callee, scope)) {
          if (value.kind === 'function') queue.push(value.scope);
          if (value.kind === 'class')
            for (const owner of evaluator.classes.lineOf(value.scope))
              queue.push(...owner.children.filter((child) => child.definition?.name === '__init__'));
        }
  }
  return scopes;
}

function declarationsIn(scope: Scope): Expr[] {
  const { definition } = scope;
  if (definition?.kind !== 'function') return scope.expressions;
  const parameters = definition.parameters.flatMap(({ annotation, default: value }) => [annotation, value]);
  return [...scope.expressions, ...definition.decorators, ...parameters.filter((one) => one !== undefined)];
}

function flagsOf(call: CallExpr, of: (argument: Expr) => string[]): string[] {
  if (!['add_argument', 'option', 'Option'].includes(lastName(call.callee) ?? '')) return [];
  const names = call.args.flatMap(of).flatMap((name) => name.split('/'));
  const long = names.filter((name) => /^--[A-Za-z0-9]/.test(name));
  return long.length > 0 ? long : names.filter((name) => /^-[A-Za-z0-9]$/.test(name));
}

/** typer makes `--allow-write` of a parameter `allow_write` whose Option names nothing. */
function typerFlags(scope: Scope): string[] {
  const { definition } = scope;
  if (definition?.kind !== 'function') return [];
  return definition.parameters.flatMap(({ name, annotation, default: value }) => {
    const option = [annotation, value]
      .flatMap((part) => (part ? [...walk(part)] : []))
      .find((part) => part.kind === 'call' && lastName(part.callee) === 'Option');
    if (option?.kind !== 'call') return [];
    const named = option.args.some((part) => part.kind === 'string' && part.value.startsWith('-'));
    return named ? [] : [`--${name.replaceAll('_', '-')}`];
  });
}
