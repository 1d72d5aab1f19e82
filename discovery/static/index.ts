/**
 * The static reader: what a server's Python source says about it, without executing any of it.
 * Cross-check of the probe, fallback for `--no-probe`, and the source of the IAM actions.
 */
import type { ActionEntry, ConditionalAction } from '../../plan/manifest.ts';
import { deriveActions } from './actions.ts';
import { argumentsOf } from './arguments.ts';
import { environmentOf } from './environment.ts';
import { Evaluator } from './evaluation/evaluate.ts';
import { type TopLevel, topLevelNames } from './module.ts';
import { loadPackage, type PackageLocation, type SourcePackage } from './package.ts';
import { Reach } from './reach.ts';
import { nodesOf, type Scope } from './syntax/scope.ts';
import { toolsOf } from './tools.ts';

export { coverToolNames } from './generated.ts';
export type { PackageLocation, TopLevel };
export { topLevelNames };

export interface StaticTool {
  name: string;
  from: string;
  /** IAM actions that its function can reach; missing where that could not be followed. */
  actions?: string[];
}

export interface StaticFacts {
  environment: string[];
  arguments: string[];
  actions: Record<string, ActionEntry>;
  conditional: Record<string, ConditionalAction>;
  unresolved: string[];
  tools: StaticTool[];
  /** Services of which tools may have been generated: see coverToolNames. */
  generated: string[];
  /** Files that could not be (wholly) read as Python. */
  broken: string[];
}

export interface ReadOptions {
  /** What the server starts with, as in the manifest; without it, everything in the package counts as reached. */
  entrypoint?: { module: string; attribute: string };
}

export async function readPackageSource(
  location: PackageLocation,
  options: ReadOptions = {},
): Promise<StaticFacts> {
  const source = await loadPackage(location);
  const evaluator = new Evaluator(source);
  const reach = new Reach(evaluator);
  const roots = rootsOf(source, options.entrypoint);
  const reached = reach.effects(roots ?? source.scopes);
  const { tools, notes } = toolsOf(evaluator, reached.scopes);
  const derived = deriveActions(reached.uses, wordsOf(source));
  return {
    environment: environmentOf(evaluator, reached.scopes),
    arguments: argumentsOf(evaluator, roots ?? source.scopes),
    actions: derived.actions,
    conditional: derived.conditional,
    unresolved: [...new Set([...derived.unresolved, ...reached.notes, ...notes])].sort(),
    tools: tools.map(({ name, from, scope }) => {
      const effects = scope && reach.effects([scope], { registering: false });
      if (effects === undefined || effects.notes.length > 0 || effects.vague) return { name, from };
      return { name, from, actions: Object.keys(deriveActions(effects.uses, wordsOf(source)).actions) };
    }),
    generated: reached.generated,
    broken: [...source.modules.values()].filter((module) => module.broken).map((module) => module.file),
  };
}

/** The entrypoint's module and function, when they are found. */
function rootsOf(source: SourcePackage, entrypoint: ReadOptions['entrypoint']): Scope[] | undefined {
  if (entrypoint === undefined) return undefined;
  const { name } = source;
  const local =
    entrypoint.module === name
      ? ''
      : entrypoint.module.startsWith(`${name}.`)
        ? entrypoint.module.slice(name.length + 1)
        : undefined;
  const module = local === undefined ? undefined : source.modules.get(local);
  if (module === undefined) return undefined;
  const [head] = module.scope.bindings.get(entrypoint.attribute) ?? [];
  return head?.kind === 'scope' ? [module.scope, head.scope] : [module.scope];
}

const words = new WeakMap<SourcePackage, Set<string>>();

/** Keywords, dictionary keys and other strings of the package. */
function wordsOf(source: SourcePackage): ReadonlySet<string> {
  const known = words.get(source);
  if (known) return known;
  const found = new Set<string>();
  for (const scope of source.scopes)
    for (const expression of nodesOf(scope)) {
      if (expression.kind === 'string') found.add(expression.value);
      if (expression.kind === 'call')
        for (const keyword of Object.keys(expression.keywords)) found.add(keyword);
    }
  words.set(source, found);
  return found;
}
