/** Toolsets: what of a stack each of its gateways offers. Servers by globs, and of chosen servers only chosen tools. */
import { matchesGlobs } from './globs.ts';
import { didYouMean } from './nearest.ts';
import type { Settings } from './settings/settings.ts';
import { schemaKey } from './target/schema.ts';
import type { Problem, TargetPlan } from './types.ts';

export type Toolset = Settings['toolsets'][string];

export function hasServer({ include, exclude }: Toolset, server: string): boolean {
  return matchesGlobs(server, include) && !matchesGlobs(server, exclude);
}

export function hasTool(toolset: Toolset, server: string, tool: string): boolean {
  if (!hasServer(toolset, server)) return false;
  const { include = ['*'], exclude = [] } = ownTools(toolset, server);
  return matchesGlobs(tool, include) && !matchesGlobs(tool, exclude);
}

/** Does any gateway of the stack offer it? Nothing else is served, and no permission granted for it. */
export function isOffered({ toolsets }: Settings, server: string, tool: string): boolean {
  const all = Object.values(toolsets);
  return all.length === 0 || all.some((toolset) => hasTool(toolset, server, tool));
}

/** The target as a toolset's gateway has it: fewer tools, so another schema; the function is the same. */
export function narrow(toolset: Toolset, target: TargetPlan): TargetPlan[] {
  if (!hasServer(toolset, target.server)) return [];
  if (!Object.hasOwn(toolset.tools, target.server)) return [target];
  const tools = target.tools.filter(({ name }) => hasTool(toolset, target.server, name));
  if (tools.length === 0) return [];
  const tokens = tools.reduce((sum, { entry }) => sum + entry.tokens, 0);
  return [{ ...target, tools, tokens, schemaKey: schemaKey(target.name, tools) }];
}

/** Globs that choose nothing: of tools that no server of the stack has, or of servers that are not in the toolset. */
export function toolsetProblems(settings: Settings, targets: readonly TargetPlan[]): Problem[] {
  return Object.entries(settings.toolsets).flatMap(([name, toolset]) =>
    Object.entries(toolset.tools).flatMap(([server, globs]): Problem[] => {
      const at = `toolsets.${name}.tools.${server}`;
      if (!hasServer(toolset, server)) {
        return [
          {
            at,
            message: `${server} is not in toolset ${name}`,
            hint: `add it to toolsets.${name}.include, or take its tools out`,
            kind: 'invalid',
          },
        ];
      }
      const known = Object.keys(targets.find((target) => target.server === server)?.entry.tools ?? {});
      if (known.length === 0) return [];
      return [...(globs.include ?? []), ...(globs.exclude ?? [])]
        .filter((glob) => !known.some((tool) => matchesGlobs(tool, [glob])))
        .map((glob) => ({
          at: `${at}: ${glob}`,
          message: `${server} has no tool ${glob}`,
          hint: didYouMean(glob, known, `\`mcpgw servers ${server}\` lists its tools`),
          kind: 'invalid',
        }));
    }),
  );
}

function ownTools({ tools }: Toolset, server: string): Toolset['tools'][string] {
  return (Object.hasOwn(tools, server) ? tools[server] : undefined) ?? {};
}
