/**
 * What agents rely on of a stack's gateways. The stack's output `identity` records it at each update; the next plan, and
 * whoever looks at what is deployed, leaves each target in the gateway that it names.
 */
import { z } from 'zod';
import { gatewayUnits } from './gateways.ts';
import type { Settings } from './settings/settings.ts';
import type { Plan } from './types.ts';

/** Plain data, nothing secret; parsed where it comes back. */
export const identitySchema = z.object({
  region: z.string(),
  /** By gateway. */
  gateways: z.record(
    z.string(),
    z.object({
      search: z.enum(['semantic', 'none']),
      /** Their names. */
      targets: z.array(z.string()),
    }),
  ),
});
export type Identity = z.infer<typeof identitySchema>;

export function identityOf({ region, settings, targets, remotes = [] }: Plan): Identity {
  const units = gatewayUnits(settings, targets);
  const gateways = units.map(({ name, targets: own }, index): [string, Identity['gateways'][string]] => {
    const names = (index === 0 ? [...own, ...remotes] : own).map((target) => target.name).sort();
    return [settings.gateway.existing?.id ?? name, { search: settings.gateway.search, targets: names }];
  });
  return { region, gateways: Object.fromEntries(gateways) };
}

/** By target name, the number of the gateway that it lay in: a plan leaves it there. */
export function placementOf(before: Identity | undefined, { gateway }: Settings): Record<string, number> {
  const placed = Object.entries(before?.gateways ?? {}).flatMap(([name, { targets }]) => {
    const number = name === gateway.name ? 1 : Number(numbered(name, gateway.name));
    return Number.isInteger(number) && number > 0
      ? targets.map((target) => [target, number - 1] as const)
      : [];
  });
  return Object.fromEntries(placed);
}

/** `tools-2` is the second gateway of `tools`. */
function numbered(name: string, first: string): string | undefined {
  return name.startsWith(`${first}-`) ? name.slice(first.length + 1) : undefined;
}
