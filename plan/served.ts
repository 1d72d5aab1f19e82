/** The manifest as one stack serves it: of its servers those with a target, of their tools those that a client can call. */
import { gatewayUnits } from './gateways.ts';
import type { Manifest, ServerEntry } from './manifest.ts';
import type { Plan } from './types.ts';

export function servedManifest({ source, servers }: Manifest, { settings, targets }: Plan): Manifest {
  const served = Map.groupBy(
    gatewayUnits(settings, targets).flatMap((unit) => unit.targets),
    ({ server }) => server,
  );
  const kept = Object.entries(servers).flatMap(([id, entry]): [string, ServerEntry][] => {
    const tools = served.get(id)?.flatMap((target) => target.tools) ?? [];
    if (!served.has(id)) return [];
    return [[id, { ...entry, tools: Object.fromEntries(tools.map((tool) => [tool.name, tool.entry])) }]];
  });
  return { source, servers: Object.fromEntries(kept) };
}
