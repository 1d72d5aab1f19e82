/** What stands at the top level of a module: the check behind "a script that points at a missing attribute is not an entrypoint". */
import { type Expr, type FunctionDef, type ModuleAst, type Stmt, statementsOf } from './syntax/ast.ts';
import { pythonParser } from './syntax/parser.ts';

export type TopLevel =
  | { kind: 'function'; async: boolean; required: string[] }
  | { kind: 'class' }
  | { kind: 'value' }
  | { kind: 'module'; module: string }
  /** `from <dots><module> import <name>`; `level` counts the dots. */
  | { kind: 'import'; level: number; module: string; name: string };

export interface TopLevelNames {
  names: Map<string, TopLevel>;
  /** Modules of `from x import *`: more names may come from them. */
  stars: { level: number; module: string }[];
  /** The text is not (wholly) Python. */
  broken: boolean;
}

/** Top-level names of a module's text; those bound inside `if`, `try`, `with` and loops count too. */
export async function topLevelNames(text: string): Promise<TopLevelNames> {
  return namesOfModule((await pythonParser()).parse(text));
}

export function namesOfModule(module: ModuleAst): TopLevelNames {
  const names = new Map<string, TopLevel>();
  const stars: TopLevelNames['stars'] = [];
  for (const statement of statementsOf(module.body)) bind(statement, names, stars);
  return { names, stars, broken: module.broken };
}

function bind(statement: Stmt, names: Map<string, TopLevel>, stars: TopLevelNames['stars']): void {
  switch (statement.kind) {
    case 'function':
      names.set(statement.name, {
        kind: 'function',
        async: statement.async,
        required: requiredParameters(statement),
      });
      break;
    case 'class':
      names.set(statement.name, { kind: 'class' });
      break;
    case 'assign':
      if (statement.value)
        for (const name of boundNames(statement.targets)) names.set(name, { kind: 'value' });
      break;
    case 'for':
      for (const name of boundNames([statement.target])) names.set(name, { kind: 'value' });
      break;
    case 'with':
      for (const item of statement.items)
        if (item.target) for (const name of boundNames([item.target])) names.set(name, { kind: 'value' });
      break;
    case 'import':
      for (const { module, as } of statement.names) {
        const name = as ?? module.split('.')[0] ?? module;
        names.set(name, { kind: 'module', module: as === undefined ? name : module });
      }
      break;
    case 'from':
      if (statement.star) stars.push({ level: statement.level, module: statement.module });
      for (const { name, as } of statement.names)
        names.set(as ?? name, { kind: 'import', level: statement.level, module: statement.module, name });
      break;
    default:
  }
}

/** Parameters a caller must give: no default, not `*args` or `**kwargs`. */
export function requiredParameters(definition: FunctionDef): string[] {
  return definition.parameters
    .filter(({ form }) => form === 'positional' || form === 'keyword')
    .filter((parameter) => parameter.default === undefined)
    .map((parameter) => parameter.name);
}

/** Plain names among assignment targets, tuples unpacked. */
export function boundNames(targets: readonly Expr[]): string[] {
  return targets.flatMap((target) => {
    if (target.kind === 'name') return [target.id];
    return target.kind === 'sequence' ? boundNames(target.items) : [];
  });
}
