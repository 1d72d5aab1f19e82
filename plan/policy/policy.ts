/**
 * Which client may call which tools of a gateway: permits from the settings, and their Cedar texts for its policy
 * engine. Cedar denies by default, so what no permit names is refused. Pure.
 */
import { areToolsetsGateways, clientNames, isAdmitted, toolsetsOfClient } from '../admission.ts';
import type { GatewayUnit } from '../gateways.ts';
import { matchesGlobs } from '../globs.ts';
import { fullToolName, shorten } from '../names.ts';
import type { PermitSetting } from '../settings/policy.ts';
import type { Settings } from '../settings/settings.ts';
import { narrow } from '../toolsets.ts';
import type { TargetPlan, ToolPlan } from '../types.ts';

export interface Permit {
  /** Stable: of the setting it comes from. */
  key: string;
  /** Names in the settings; undefined: whoever the gateway admits. */
  clients?: readonly string[];
  claims?: Readonly<Record<string, string>>;
  /** Cedar actions: `target` for all of its tools, `target___tool` for one. Sorted, never empty. */
  actions: readonly string[];
}

/** What a client's token says, as the gateway turns it into a Cedar principal's tags. */
export const CLIENT_CLAIM = 'client_id';

/** The permits of one gateway; undefined when the settings have no policy. */
export function permitsOf(settings: Settings, unit: GatewayUnit): Permit[] | undefined {
  const { policy } = settings;
  if (!policy) return undefined;
  const permits = policy.permits?.map((permit, index) =>
    given(settings, unit, permit, `permit_${index + 1}`),
  );
  return (permits ?? byToolset(settings, unit)).filter(({ actions }) => actions.length > 0);
}

function given(settings: Settings, unit: GatewayUnit, permit: PermitSetting, key: string): Permit {
  const { clients, claims, toolsets, servers = ['*'], tools = ['*'], readOnly } = permit;
  const takes = (target: TargetPlan, tool: ToolPlan) =>
    matchesGlobs(tool.name, tools) &&
    (!readOnly || tool.entry.access === 'read') &&
    (toolsets
      ? toolsets.some((name) => isInToolset(settings, name, target, tool))
      : matchesGlobs(target.server, servers));
  return {
    key,
    ...(clients ? { clients } : {}),
    ...(claims ? { claims } : {}),
    actions: actionsOf(unit.targets, takes),
  };
}

/**
 * The gateway's targets with the tools that a client may surely call, whatever else its token says: all, unless a policy
 * is enforced. A permit that asks for claims is no sure answer; nor, without the client's name, one that names clients.
 */
export function surelyPermitted(settings: Settings, unit: GatewayUnit, client?: string): TargetPlan[] {
  const permits = settings.policy?.mode === 'enforce' ? permitsOf(settings, unit) : undefined;
  if (!permits) return unit.targets;
  const sure = permits.filter(
    ({ claims, clients }) => !claims && (!clients || (client !== undefined && clients.includes(client))),
  );
  const actions = new Set(sure.flatMap((permit) => permit.actions));
  return unit.targets.map((target) => ({
    ...target,
    tools: target.tools.filter(
      ({ exposed }) => actions.has(target.name) || actions.has(fullToolName(target.name, exposed)),
    ),
  }));
}

/** Without permits of their own, clients may call what their toolsets hold. */
function byToolset(settings: Settings, unit: GatewayUnit): Permit[] {
  const admitted = clientNames(settings)?.filter((client) => isAdmitted(settings, client, unit.key));
  const ownToolset = areToolsetsGateways(settings) && Object.hasOwn(settings.toolsets, unit.key);
  const toolsetsOf = (client: string) =>
    ownToolset ? [unit.key] : [...(toolsetsOfClient(settings, client) ?? [])].sort();
  const groups = admitted
    ? Map.groupBy(admitted, (client) => toolsetsOf(client).join(' '))
    : new Map([[ownToolset ? unit.key : '', undefined]]);
  return [...groups].map(([group, clients]) => ({
    // By its toolsets, so that another group's coming and going does not rename it.
    key: shorten(group === '' ? 'all_tools' : `toolsets_${group.replace(/[^a-z0-9]/g, '_')}`, 36, '_'),
    ...(clients ? { clients } : {}),
    actions: actionsOf(
      unit.targets,
      (target, tool) =>
        group === '' || group.split(' ').some((name) => isInToolset(settings, name, target, tool)),
    ),
  }));
}

function isInToolset(settings: Settings, name: string, target: TargetPlan, tool: ToolPlan): boolean {
  const toolset = Object.hasOwn(settings.toolsets, name) ? settings.toolsets[name] : undefined;
  return toolset !== undefined && narrow(toolset, target).some(({ tools }) => tools.includes(tool));
}

/** A target whose every tool is taken stands for them: the engine knows each target as a group of actions. */
function actionsOf(
  targets: readonly TargetPlan[],
  takes: (target: TargetPlan, tool: ToolPlan) => boolean,
): string[] {
  return targets
    .flatMap((target) => {
      const chosen = target.tools.filter((tool) => takes(target, tool));
      return chosen.length === target.tools.length
        ? [target.name]
        : chosen.map(({ exposed }) => fullToolName(target.name, exposed));
    })
    .sort();
}

export interface CedarPlace {
  gatewayArn: string;
  /** Client ids by the names in the settings; a name that is not in it is an id. */
  clientIds: Readonly<Record<string, string>>;
}

/** Characters of one policy (CreatePolicy: statement); a longer list of actions becomes several policies. */
const STATEMENT = 10_000;
/** Of them for actions, and the clients that fit into the rest beside an ARN and some claims. */
const ACTIONS_ROOM = 6_000;
const CLIENTS = 30;

export interface CedarPolicy {
  /** `[A-Za-z][A-Za-z0-9_]*`, at most 48. */
  name: string;
  actions: readonly string[];
  permit: Permit;
}

/** One policy a permit, or several that permit its actions part by part. */
export function policiesOf(permits: readonly Permit[]): CedarPolicy[] {
  return permits.flatMap((whole) => {
    const parts = byClients(whole).flatMap((permit) =>
      pack(permit.actions).map((actions) => ({ actions, permit })),
    );
    return parts.map((part, index) => ({
      name: parts.length === 1 ? whole.key : `${whole.key}_${index + 1}`,
      ...part,
    }));
  });
}

function byClients(permit: Permit): Permit[] {
  const { clients } = permit;
  if (!clients) return [permit];
  const parts = Array.from({ length: Math.ceil(clients.length / CLIENTS) }, (_, index) =>
    clients.slice(index * CLIENTS, (index + 1) * CLIENTS),
  );
  return parts.map((some) => ({ ...permit, clients: some }));
}

function pack(actions: readonly string[]): string[][] {
  const parts: string[][] = [];
  let room = 0;
  for (const action of actions) {
    const length = entity('Action', action).length + 6;
    if (length > room) {
      parts.push([]);
      room = ACTIONS_ROOM;
    }
    parts.at(-1)?.push(action);
    room -= length;
  }
  return parts;
}

export function statementOf({ actions, permit }: CedarPolicy, place: CedarPlace): string {
  const conditions = conditionsOf(permit, place.clientIds);
  const when = conditions.length > 0 ? ` when {\n  ${conditions.join(' &&\n  ')}\n}` : '';
  const list = actions.map((action) => `\n    ${entity('Action', action)}`).join(',');
  const text = `permit(
  principal is AgentCore::OAuthUser,
  action in [${list}\n  ],
  resource == ${entity('Gateway', place.gatewayArn)}
)${when};`;
  if (text.length > STATEMENT) throw new Error(`policy of ${permit.key} has ${text.length} characters`);
  return text;
}

function conditionsOf({ clients, claims }: Permit, ids: Readonly<Record<string, string>>): string[] {
  const clientIs = (name: string) =>
    claimIs(CLIENT_CLAIM, Object.hasOwn(ids, name) ? (ids[name] ?? name) : name);
  return [
    ...(clients ? [`principal.hasTag("${CLIENT_CLAIM}") &&\n  (${clients.map(clientIs).join(' || ')})`] : []),
    ...Object.entries(claims ?? {}).map(
      ([claim, value]) => `principal.hasTag(${quote(claim)}) && ${claimIs(claim, value)}`,
    ),
  ];
}

const claimIs = (claim: string, value: string) => `principal.getTag(${quote(claim)}) == ${quote(value)}`;

/** The whole text of a gateway's policy, for people to read. */
export function cedarText(permits: readonly Permit[], place: CedarPlace): string {
  return policiesOf(permits)
    .map((policy) => `@id("${policy.name}")\n${statementOf(policy, place)}\n`)
    .join('\n');
}

function entity(type: 'Action' | 'Gateway', id: string): string {
  return `AgentCore::${type}::${quote(id)}`;
}

/** A Cedar string literal. */
function quote(text: string): string {
  const escaped = text
    .replace(/["\\]/g, '\\$&')
    .replace(/[^\x20-\x7e]/gu, (character) => `\\u{${character.codePointAt(0)?.toString(16)}}`);
  return `"${escaped}"`;
}
