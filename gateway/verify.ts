/**
 * Is a gateway, deployed or local, what the plan says? Its tools are listed as a client sees them and compared by name,
 * description and schema; the states of its targets, where they can be asked, by name, kind of state and description.
 */
import { gatewayUnits } from '../plan/gateways.ts';
import type { Sha256 } from '../plan/hash.ts';
import type { ToolDefinition } from '../plan/manifest.ts';
import { fullToolName } from '../plan/names.ts';
import { surelyPermitted } from '../plan/policy/policy.ts';
import {
  hashProjection,
  type ProjectedSchema,
  type ProjectedTool,
  projectTool,
} from '../plan/schema/projection.ts';
import type { Plan, TargetPlan, ToolPlan } from '../plan/types.ts';
import { SEARCH_TOOL } from './search.ts';

export interface Drift {
  /** `target` or `target___tool`. */
  at: string;
  kind: 'missing' | 'not-planned' | 'description' | 'schema' | 'definition' | 'state';
  /** What is, against what was planned. */
  message: string;
}

/** A tool as `tools/list` gives it. */
export interface ListedDefinition {
  name: string;
  description?: string | undefined;
  inputSchema: object;
}

/** Which gateway was asked, and by whom. */
export interface AskedAs {
  /** Key of one of several; the first is meant without. */
  gateway?: string | undefined;
  /** The client's name in the settings, where it is known. */
  client?: string | undefined;
}

export interface TargetState {
  name: string;
  /** `READY`, `FAILED`, `UPDATE_UNSUCCESSFUL`, … */
  status: string;
  reasons?: readonly string[];
}

/**
 * What differs between the listed tools and the plan, sorted by name. With the definitions at hand the difference is
 * told field by field; without them the pinned hash still finds it. A policy that is enforced hides what the client may
 * not call: such a tool is not missing.
 */
export function compareTools(
  plan: Plan,
  listed: readonly ListedDefinition[],
  definitions: Readonly<Record<string, readonly ToolDefinition[]>> = {},
  { gateway, client }: AskedAs = {},
): Drift[] {
  const { targets, remotes, shared, shown } = unitOf(plan, { gateway, client });
  const planned = new Map(
    targets.flatMap((target) =>
      target.tools.map((tool) => [fullToolName(target.name, tool.exposed), { target, tool }] as const),
    ),
  );
  const found = new Map(listed.map((tool) => [tool.name, tool]));
  const search = plan.settings.gateway.search === 'semantic';
  // A remote server's tools are the remote's own: the gateway fetches them, nothing pins them.
  const remote = remotes.map((name) => fullToolName(name, ''));
  const drift: Drift[] = [];
  for (const [name, { target, tool }] of planned) {
    const live = found.get(name);
    if (live) drift.push(...compareTool(name, live, tool, wordsFor(target, tool, definitions)));
    else if (shown.has(name))
      drift.push({ at: name, kind: 'missing', message: 'planned, but the gateway does not list it' });
  }
  for (const name of found.keys()) {
    if (planned.has(name) || shared || (search && name === SEARCH_TOOL)) continue;
    if (remote.some((prefix) => name.startsWith(prefix))) continue;
    drift.push({ at: name, kind: 'not-planned', message: 'the gateway lists it, but the plan does not' });
  }
  if (search && !found.has(SEARCH_TOOL)) {
    drift.push({ at: SEARCH_TOOL, kind: 'missing', message: 'the plan asks for semantic search' });
  }
  return drift.sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
}

/** What differs between the targets that are and those of the plan. */
export function compareTargets(plan: Plan, states: readonly TargetState[], gateway?: string): Drift[] {
  const { targets, remotes, shared } = unitOf(plan, { gateway });
  const planned = new Set([...targets.map(({ name }) => name), ...remotes]);
  const found = new Map(states.map((state) => [state.name, state]));
  const missing = [...planned]
    .filter((name) => !found.has(name))
    .map((at): Drift => ({ at, kind: 'missing', message: 'the gateway has no such target' }));
  const others = states.flatMap(({ name, status, reasons = [] }): Drift[] => {
    if (!planned.has(name)) {
      if (shared) return [];
      return [
        { at: name, kind: 'not-planned', message: `target of status ${status} that the plan does not have` },
      ];
    }
    if (status === 'READY') return [];
    return [{ at: name, kind: 'state', message: [`is ${status}`, ...reasons].join(': ') }];
  });
  return [...missing, ...others].sort((a, b) => (a.at < b.at ? -1 : 1));
}

interface VerifiedUnit {
  targets: readonly TargetPlan[];
  /** Names of targets whose tools nothing pins: they are the remote servers' own. */
  remotes: readonly string[];
  /** Somebody else's gateway: what else is on it is theirs. */
  shared: boolean;
  /** Full names of the tools that the client surely sees. */
  shown: ReadonlySet<string>;
}

/** A stack may have several gateways (toolsets, shards); without a key the first is meant, which is `/mcp` locally. */
function unitOf(plan: Plan, { gateway, client }: AskedAs): VerifiedUnit {
  const units = gatewayUnits(plan.settings, plan.targets);
  const unit = units.find(({ key }) => key === gateway) ?? units[0];
  const targets = unit?.targets ?? [];
  const seen = unit ? surelyPermitted(plan.settings, unit, client) : [];
  const passedOn = unit === units[0] ? (plan.remotes ?? []) : [];
  return {
    targets,
    remotes: passedOn.map(({ name }) => name),
    shared: plan.settings.gateway.existing !== undefined,
    shown: new Set(
      seen.flatMap(({ name, tools }) => tools.map(({ exposed }) => fullToolName(name, exposed))),
    ),
  };
}

function wordsFor(
  target: TargetPlan,
  tool: ToolPlan,
  definitions: Readonly<Record<string, readonly ToolDefinition[]>>,
): ProjectedTool | undefined {
  const definition = definitions[target.server]?.find(({ name }) => name === tool.name);
  return definition && projectTool(definition).tool;
}

function compareTool(
  at: string,
  live: ListedDefinition,
  tool: ToolPlan,
  expected: ProjectedTool | undefined,
): Drift[] {
  const seen: ProjectedTool = {
    name: tool.name,
    description: live.description ?? '',
    inputSchema: withoutEmpty(live.inputSchema as ProjectedSchema),
  };
  if (sameAs(seen, tool.projection, expected)) return [];
  if (!expected || hashProjection(expected) !== tool.projection) {
    return [{ at, kind: 'definition', message: 'its schema or description is not the pinned one' }];
  }
  const drift: Drift[] = [];
  if (seen.description !== expected.description) {
    drift.push({ at, kind: 'description', message: firstDifference(seen.description, expected.description) });
  }
  for (const message of schemaDifferences(seen.inputSchema, withoutEmpty(expected.inputSchema), 'input')) {
    drift.push({ at, kind: 'schema', message });
  }
  return drift;
}

function sameAs(seen: ProjectedTool, pinned: Sha256, expected: ProjectedTool | undefined): boolean {
  if (hashProjection(seen) === pinned) return true;
  if (!expected || hashProjection(expected) !== pinned) return false;
  return (
    hashProjection(seen) === hashProjection({ ...expected, inputSchema: withoutEmpty(expected.inputSchema) })
  );
}

/** An empty `required` or `properties` says nothing; a service may add or drop it. */
function withoutEmpty(schema: ProjectedSchema): ProjectedSchema {
  const { properties, required, items, ...rest } = schema;
  const children = Object.entries(properties ?? {}).map(
    ([name, child]) => [name, withoutEmpty(child)] as const,
  );
  return {
    ...rest,
    ...(children.length > 0 && { properties: Object.fromEntries(children) }),
    ...(required && required.length > 0 && { required }),
    ...(items && { items: withoutEmpty(items) }),
  };
}

function schemaDifferences(seen: ProjectedSchema, expected: ProjectedSchema, at: string): string[] {
  const differences: string[] = [];
  if (seen.type !== expected.type) differences.push(`${at} is of type ${seen.type}, not ${expected.type}`);
  if (seen.description !== expected.description) {
    differences.push(`${at}: ${firstDifference(seen.description ?? '', expected.description ?? '')}`);
  }
  const [required, wanted] = [seen.required ?? [], expected.required ?? []].map((names) => names.toSorted());
  if (String(required) !== String(wanted)) {
    differences.push(
      `${at} requires ${required?.join(', ') || 'nothing'}, not ${wanted?.join(', ') || 'nothing'}`,
    );
  }
  const [here, there] = [seen.properties ?? {}, expected.properties ?? {}];
  for (const name of new Set([...Object.keys(there), ...Object.keys(here)])) {
    const [live, planned] = [here[name], there[name]];
    if (live && planned) differences.push(...schemaDifferences(live, planned, `${at}.${name}`));
    else differences.push(`${at}.${name} is ${live ? 'not planned' : 'missing'}`);
  }
  if (seen.items && expected.items)
    differences.push(...schemaDifferences(seen.items, expected.items, `${at}[]`));
  else if (seen.items || expected.items)
    differences.push(`${at}[] is ${seen.items ? 'not planned' : 'missing'}`);
  return differences;
}

/** The words around the first character that differs, so that a reviewer sees what was changed. */
function firstDifference(seen: string, expected: string): string {
  let at = 0;
  while (at < seen.length && seen[at] === expected[at]) at += 1;
  const around = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 40));
  return `the text has ${around(seen)} where ${around(expected)} was planned`;
}
