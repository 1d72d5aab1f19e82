/**
 * Which gateway a target lies in: one gateway; several shards of one, each target staying where it is (plan/shards.ts);
 * or one a toolset, with the tools that it chooses (plan/toolsets.ts).
 */
import { areToolsetsGateways } from './admission.ts';
import { GATEWAY_NAME, LIMITS } from './names.ts';
import { gatewayRoleName } from './resource-names.ts';
import type { Settings } from './settings/settings.ts';
import { passedOn, spread } from './shards.ts';
import { narrow, toolsetProblems } from './toolsets.ts';
import type { Problem, TargetPlan } from './types.ts';

export interface GatewayUnit {
  /** Stable logical name: `gateway`, `gateway-2`, or the toolset's name. */
  key: string;
  name: string;
  roleName: string;
  targets: TargetPlan[];
}

export function gatewayUnits(settings: Settings, targets: readonly TargetPlan[]): GatewayUnit[] {
  const toolsets = toolsetGateways(settings);
  if (toolsets.length > 0) {
    return toolsets.map(([name, toolset]) =>
      unit(
        settings,
        name,
        targets.flatMap((target) => narrow(toolset, target)),
        name,
      ),
    );
  }
  return spread(settings, targets).map((own, index) => {
    return index === 0
      ? unit(settings, 'gateway', own)
      : unit(settings, `gateway-${index + 1}`, own, String(index + 1));
  });
}

/** True when several gateways share what would lie in one: where each target is, the settings alone do not say. */
export function isSpread(settings: Settings, targets: readonly TargetPlan[]): boolean {
  return toolsetGateways(settings).length === 0 && spread(settings, targets).length > 1;
}

function toolsetGateways(settings: Settings) {
  return areToolsetsGateways(settings) ? Object.entries(settings.toolsets) : [];
}

function unit(settings: Settings, key: string, targets: TargetPlan[], suffix?: string): GatewayUnit {
  const name = suffix === undefined ? settings.gateway.name : `${settings.gateway.name}-${suffix}`;
  return { key, name, roleName: gatewayRoleName(settings, name), targets };
}

export function gatewayProblems(settings: Settings, targets: readonly TargetPlan[]): Problem[] {
  const { existing } = settings.gateway;
  const units = gatewayUnits(settings, targets);
  const crowded = units.flatMap(({ key, name, targets: own }): Problem[] => {
    const remotes = key === units[0]?.key ? passedOn(settings, targets) : 0;
    const count = own.length + remotes + (existing?.targets ?? 0);
    if (count <= LIMITS.targetsPerGateway) return [];
    const setting = Object.hasOwn(settings.toolsets, key) ? `toolsets.${key}` : 'gateway.shards';
    return [
      {
        at: setting,
        message: `gateway ${existing?.id ?? name} would have ${count} targets, it takes ${LIMITS.targetsPerGateway}`,
        hint: setting === 'gateway.shards' ? 'more shards, or fewer servers' : 'choose fewer servers for it',
        kind: 'refused',
      },
    ];
  });
  const misnamed = units
    .filter(({ name }) => !GATEWAY_NAME.test(name))
    .map(
      ({ name, key }): Problem => ({
        at: `toolsets.${key}`,
        message: `gateway name ${name} is longer than 48 characters`,
        hint: 'a shorter gateway.name or toolset name',
        kind: 'invalid',
      }),
    );
  return [
    ...crowded,
    ...misnamed,
    ...uselessToolsets(settings, units),
    ...toolsetProblems(settings, targets),
    ...severalExisting(settings, units),
  ];
}

function uselessToolsets(settings: Settings, units: readonly GatewayUnit[]): Problem[] {
  return units
    .filter(({ key, targets }) => Object.hasOwn(settings.toolsets, key) && targets.length === 0)
    .map(({ key }) => ({
      at: `toolsets.${key}`,
      message: 'no server of the stack is in it',
      hint: 'its globs choose among the servers that servers.include chose',
      kind: 'invalid',
    }));
}

function severalExisting(settings: Settings, units: readonly GatewayUnit[]): Problem[] {
  if (!settings.gateway.existing || (units.length === 1 && Object.keys(settings.toolsets).length === 0))
    return [];
  return [
    {
      at: 'gateway.existing',
      message: 'an existing gateway is one: it has no shards and no toolsets',
      hint: 'take out gateway.shards and toolsets, or gateway.existing',
      kind: 'invalid',
    },
  ];
}
