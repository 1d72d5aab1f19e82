/** One server's target: names, tools, function and permissions, with the problems of its settings. */
import type { ServerEntry, ToolEntry } from '../manifest.ts';
import { defaultTargetName, LIMITS } from '../names.ts';
import { statementsFor } from '../permissions.ts';
import { exposedName, functionName, functionRoleName, laneOf } from '../resource-names.ts';
import { selectTools } from '../select.ts';
import { type EffectiveSettings, serverSettings } from '../settings/of-server.ts';
import type { Settings } from '../settings/settings.ts';
import { isSigned } from '../signed-remotes.ts';
import { hasServer, isOffered } from '../toolsets.ts';
import type { FunctionPlan, Problem, ProxySettings, TargetPlan, ToolPlan } from '../types.ts';
import {
  conditionalProblems,
  leavesNoAlias,
  permissionProblems,
  placeProblems,
  targetNameProblems,
  toolGlobProblems,
  toolProblems,
  withholdProblems,
} from './problems.ts';
import { environmentProblems, proxySettings } from './proxy-settings.ts';
import { schemaKey } from './schema.ts';

const DEFAULT_MEMORY = 1024;
const DEFAULT_TIMEOUT = 120;

export interface PlannedTarget {
  /** Undefined when the settings leave no tool. */
  target?: TargetPlan;
  skipped?: string;
  problems: Problem[];
}

export function planTarget(found: ServerEntry, settings: Settings): PlannedTarget {
  const own = serverSettings(settings, found.id);
  const entry = formed(found, own);
  const problems: Problem[] = [];
  const name = own.target ?? defaultTargetName(entry.id);
  const tools = planTools(entry, own, name, settings, problems);
  const explicit = settings.servers.settings[entry.id] ?? {};
  problems.push(
    ...placeProblems(entry, own, settings),
    ...targetNameProblems(entry.id, name),
    ...toolGlobProblems(entry, explicit),
    ...withholdProblems(entry, explicit),
    ...conditionalProblems(entry, explicit),
  );
  const first = tools[0];
  if (first === undefined) return { problems, skipped: noToolLeft(entry, own, settings) };
  const proxy: ProxySettings = {
    ...proxySettings(entry, own, name, tools, settings.region),
    ...(settings.observe.subject ? { subject: true } : {}),
  };
  problems.push(...environmentProblems(entry.id, proxy));
  const statements = statementsFor(
    entry,
    settings,
    tools.map((tool) => tool.name),
  );
  problems.push(...permissionProblems(entry.id, own, statements));
  const target: TargetPlan = {
    server: entry.id,
    name,
    description: describeTarget(entry),
    kind: 'lambda',
    lane: laneOf(entry.id),
    tools,
    schemaKey: schemaKey(name, tools),
    function: planFunction(entry, own, settings, proxy),
    statements,
    entry,
    tokens: tools.reduce((sum, tool) => sum + tool.entry.tokens, 0),
  };
  return { target, problems };
}

function planTools(
  entry: ServerEntry,
  own: EffectiveSettings,
  target: string,
  settings: Settings,
  problems: Problem[],
): ToolPlan[] {
  const all = entry.tools ?? {};
  const { chosen } = selectTools(Object.keys(all), own.tools ?? {});
  const offered = chosen.flatMap((name): [string, ToolEntry][] => {
    const tool = all[name];
    const isServed = isOffered(settings, entry.id, name) && (!own.readOnly || tool?.access === 'read');
    return tool && isServed ? [[name, tool]] : [];
  });
  if (leavesNoAlias(target)) return offered.map(([name, tool]) => plannedTool(name, name, tool));
  const tools = offered.map(([name, tool]) => plannedTool(name, exposedName(name, target), tool));
  problems.push(...toolProblems(entry.id, target, tools));
  return tools;
}

function plannedTool(name: string, exposed: string, entry: ToolEntry): ToolPlan {
  return { name, exposed, projection: entry.projection, entry };
}

function noToolLeft(entry: ServerEntry, own: EffectiveSettings, { toolsets }: Settings): string {
  const all = Object.values(toolsets);
  if (all.length > 0 && !all.some((toolset) => hasServer(toolset, entry.id))) return 'it is in no toolset';
  return own.readOnly
    ? 'no tool is left: none that the settings choose is known to read only'
    : 'no tool is left by tools.include and tools.exclude, its own and those of toolsets';
}

function planFunction(
  entry: ServerEntry,
  own: EffectiveSettings,
  settings: Settings,
  proxy: ProxySettings,
): FunctionPlan {
  const name = functionName(settings, entry.id);
  return {
    name,
    roleName: functionRoleName(settings, entry.id),
    logGroup: `/aws/lambda/${name}`,
    memory: own.memory ?? DEFAULT_MEMORY,
    timeout: own.timeout ?? DEFAULT_TIMEOUT,
    architecture: entry.build?.architecture ?? 'arm64',
    python: entry.build?.python ?? '3.13',
    form: entry.build?.form ?? 'zip',
    ...(own.concurrency === undefined ? {} : { concurrency: own.concurrency }),
    ...(own.tracing === undefined ? {} : { tracing: own.tracing }),
    proxy,
  };
}

/** A package's form is part of what it is made from, so of its key: the settings' choice goes into the entry. */
function formed(entry: ServerEntry, { form }: EffectiveSettings): ServerEntry {
  return form === undefined || !entry.build ? entry : { ...entry, build: { ...entry.build, form } };
}

function describeTarget(entry: ServerEntry): string {
  if (isSigned(entry)) return `${entry.id}, run by AWS`.slice(0, LIMITS.targetDescription);
  const { name, version } = entry.package ?? { name: entry.id, version: '' };
  return `${name} ${version}`.trim().slice(0, LIMITS.targetDescription);
}
