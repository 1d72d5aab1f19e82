/** Names of what a stack makes on AWS, each under its limit, none depending on which other servers are chosen. */
import { createHash } from 'node:crypto';
import { LIMITS, SEPARATOR, shorten, TOOL_NAME } from './names.ts';
import type { Settings } from './settings/settings.ts';

export const LANES = 4;

/** Of five target operations that a gateway takes at once, one is left for people. By the id alone: a new server moves no other. */
export function laneOf(serverId: string): number {
  return (createHash('sha256').update(serverId).digest()[0] ?? 0) % LANES;
}

const prefixOf = (settings: Settings) => settings.names.prefix ?? settings.gateway.name;

export function functionName(settings: Settings, serverId: string): string {
  return shorten(`${prefixOf(settings)}-${serverId.replaceAll(/[^a-zA-Z0-9-]/g, '-')}`, LIMITS.functionName);
}

/** Roles are global in an account, so the region is part of the name. */
export function functionRoleName(settings: Settings, serverId: string): string {
  return shorten(`${prefixOf(settings)}-${serverId}-${settings.region}`, LIMITS.roleName);
}

export function gatewayRoleName(settings: Settings, gateway: string): string {
  const prefix = settings.names.prefix;
  const start = prefix === undefined || prefix === gateway ? gateway : `${prefix}-${gateway}`;
  return shorten(`${start}-gateway-${settings.region}`, LIMITS.roleName);
}

/** Policy engines take letters, digits and underscores, a letter first. */
export function engineName(gateway: string): string {
  return `${/^[0-9]/.test(gateway) ? 'g_' : ''}${gateway.replaceAll('-', '_')}`.slice(0, 48);
}

/** Characters that a target's name leaves for a tool's. */
export function toolNameBudget(target: string): number {
  return LIMITS.toolFullName - target.length - SEPARATOR.length;
}

/** A tool's name in the gateway: its own, or an alias where that is too long or has characters that models refuse. */
export function exposedName(tool: string, target: string): string {
  const budget = toolNameBudget(target);
  if (TOOL_NAME.test(tool)) return shorten(tool, budget, '_');
  const tail = createHash('sha256').update(tool).digest('hex').slice(0, 6);
  const head = tool.replaceAll(/[^a-zA-Z0-9_-]+/g, '_').replace(/^_+|_+$/g, '');
  return `${head.slice(0, budget - tail.length - 1).replace(/[-_]+$/, '')}_${tail}`
    .replace(/^_/, 't_')
    .slice(-budget);
}
