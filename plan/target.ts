/** One server's target: names, tools, function and permissions, with the problems of its settings. */
import { brotliCompressSync } from 'node:zlib';
import { matchesGlobs } from './globs.ts';
import type { Json } from './hash.ts';
import type { ServerEntry, ToolEntry } from './manifest.ts';
import { defaultTargetName, LIMITS, TARGET_NAME } from './names.ts';
import { didYouMean } from './nearest.ts';
import { partitionOf } from './partition.ts';
import { statementsFor } from './permissions.ts';
import { exposedName, functionName, functionRoleName, laneOf, toolNameBudget } from './resource-names.ts';
import { selectTools } from './select.ts';
import { type EffectiveSettings, serverSettings } from './server-settings.ts';
import type { ServerSettings, Settings } from './settings.ts';
import { isSigned, proxyArguments } from './signed-remotes.ts';
import { schemaKey } from './target-schema.ts';
import { hasServer, isOffered } from './toolsets.ts';
import type { FunctionPlan, Problem, ProxySettings, TargetPlan, ToolPlan } from './types.ts';

const DEFAULT_MEMORY = 1024;
const DEFAULT_TIMEOUT = 120;
/** Shorter than this an alias tells nothing. */
const SHORTEST_ALIAS = 12;
/** Of the 4 KB that a function's variables share, kept for those that the Pulumi program adds. */
const OTHER_VARIABLES = 400;

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
  if (toolNameBudget(target) < SHORTEST_ALIAS)
    return offered.map(([name, tool]) => plannedTool(name, name, tool));
  const tools = offered.map(([name, tool]) => plannedTool(name, exposedName(name, target), tool));
  problems.push(...toolProblems(entry.id, target, tools));
  return tools;
}

/** Settings of place that the server cannot follow. */
function placeProblems(entry: ServerEntry, own: EffectiveSettings, settings: Settings): Problem[] {
  const at = `servers.settings.${entry.id}`;
  const problems: Problem[] = [];
  if (own.endpoint !== undefined && !isSigned(entry)) {
    problems.push({
      at: `${at}.endpoint`,
      message: `${entry.id} is no remote server that wants signed requests`,
      hint: `take ${at}.endpoint out`,
      kind: 'invalid',
    });
  }
  const region = own.region ?? settings.region;
  if (partitionOf(region) !== partitionOf(settings.region)) {
    problems.push({
      at: `${at}.region`,
      message: `${region} is in another partition than ${settings.region}: no credentials hold in both`,
      hint: 'a stack of its own for that partition',
      kind: 'invalid',
    });
  }
  return problems;
}

/** Of the server's own settings: a glob under servers.defaults need not match in every server. */
function toolGlobProblems(entry: ServerEntry, explicit: ServerSettings): Problem[] {
  const names = Object.keys(entry.tools ?? {});
  return selectTools(names, explicit.tools ?? {}).unknown.map(({ key, glob }) => ({
    at: `servers.settings.${entry.id}.tools.${key}: ${glob}`,
    message: `${entry.id} has no tool ${glob}`,
    hint: didYouMean(glob, names, `\`mcpgw servers ${entry.id}\` lists its tools`),
    kind: 'invalid',
  }));
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

function toolProblems(id: string, target: string, tools: readonly ToolPlan[]): Problem[] {
  const problems: Problem[] = [];
  const byExposed = Map.groupBy(tools, (tool) => tool.exposed);
  for (const [exposed, same] of byExposed) {
    if (same.length < 2) continue;
    problems.push({
      at: `${target}___${exposed}`,
      message: `tools of ${id} get the same name: ${same.map(({ name }) => name).join(', ')}`,
      hint: `leave one out by servers.settings.${id}.tools.exclude`,
      kind: 'invalid',
    });
  }
  if (tools.length > LIMITS.toolsPerTarget) {
    problems.push({
      at: id,
      message: `${tools.length} tools, a target takes ${LIMITS.toolsPerTarget}`,
      hint: `choose some by servers.settings.${id}.tools.include`,
      kind: 'refused',
    });
  }
  return problems;
}

function targetNameProblems(id: string, name: string): Problem[] {
  const at = `servers.settings.${id}.target`;
  if (!TARGET_NAME.test(name)) {
    return [
      {
        at,
        message: `${JSON.stringify(name)} is no target name`,
        hint: `set ${at} to letters and digits with single hyphens between`,
        kind: 'invalid',
      },
    ];
  }
  const budget = toolNameBudget(name);
  if (budget >= SHORTEST_ALIAS) return [];
  return [
    {
      at,
      message: `target name ${name} leaves ${Math.max(0, budget)} characters for tool names: models take ${LIMITS.toolFullName} in all`,
      hint: `set ${at} to a name of at most ${LIMITS.toolFullName - 3 - SHORTEST_ALIAS} characters`,
      kind: 'invalid',
    },
  ];
}

function withholdProblems(entry: ServerEntry, explicit: ServerSettings): Problem[] {
  const actions = Object.keys(entry.aws?.actions ?? {});
  const known = new Set(actions.map((action) => action.toLowerCase()));
  return (explicit.withhold ?? [])
    .filter((action) => !action.includes('*') && !known.has(action.toLowerCase()))
    .map((action) => ({
      at: `servers.settings.${entry.id}.withhold: ${action}`,
      message: `${entry.id} would not get ${action} anyway`,
      hint: didYouMean(action, actions, `\`mcpgw why ${entry.id}\` lists what it gets`),
      kind: 'invalid',
    }));
}

function conditionalProblems(entry: ServerEntry, explicit: ServerSettings): Problem[] {
  const actions = Object.keys(entry.aws?.conditional ?? {});
  return (explicit.conditional ?? [])
    .filter((glob) => !actions.some((action) => matchesGlobs(action.toLowerCase(), [glob.toLowerCase()])))
    .map((glob) => ({
      at: `servers.settings.${entry.id}.conditional: ${glob}`,
      message: `${glob} is none of its conditional actions`,
      hint: didYouMean(
        glob,
        actions,
        `\`mcpgw why ${entry.id}\` lists them; others are granted by statements`,
      ),
      kind: 'invalid',
    }));
}

/** Read by their names; anything else in a read-only server's extra statements is refused. */
const READING_ACTION =
  /^[a-z0-9-]+:(?:Get|List|Describe|BatchGet|Head|Query|Scan|Search|Select|View|Lookup|Filter|Check|Estimate)/;

function permissionProblems(
  id: string,
  own: EffectiveSettings,
  statements: TargetPlan['statements'],
): Problem[] {
  const extra = (own.statements ?? []).flatMap(({ actions }) => actions);
  const writing = own.readOnly ? extra.filter((action) => !READING_ACTION.test(action)) : [];
  const bytes = JSON.stringify(statements.map(({ reason: _reason, ...statement }) => statement)).length;
  const most = LIMITS.managedPolicy * LIMITS.managedPolicies;
  return [
    ...writing.map(
      (action): Problem => ({
        at: `servers.settings.${id}.statements: ${action}`,
        message: `${id} is read-only, and ${action} does not read by its name`,
        hint: `take ${action} out, or set servers.settings.${id}.readOnly to false`,
        kind: 'refused',
      }),
    ),
    ...(bytes > most
      ? [
          {
            at: id,
            message: `its permissions take ${bytes} characters, a role's managed policies hold ${most}`,
            hint: `withhold what is not needed by servers.settings.${id}.withhold, or choose fewer of its tools`,
            kind: 'refused' as const,
          },
        ]
      : []),
  ];
}

function proxySettings(
  entry: ServerEntry,
  own: EffectiveSettings,
  target: string,
  tools: readonly ToolPlan[],
  stackRegion: string,
): ProxySettings {
  const aliases = tools.filter(({ name, exposed }) => name !== exposed);
  const fill = tools.flatMap(({ name, entry: tool }): [string, Record<string, Json>][] =>
    tool.fill ? [[name, tool.fill]] : [],
  );
  return {
    server: entry.id,
    target,
    arguments: [...proxyArguments(entry, stackRegion, own), ...(own.arguments ?? [])],
    environment: own.environment ?? {},
    aliases: Object.fromEntries(aliases.map(({ name, exposed }) => [exposed, name])),
    allow: tools.map(({ name }) => name),
    ...(fill.length > 0 ? { fill: Object.fromEntries(fill) } : {}),
    onToolError: own.onToolError ?? 'return',
    isolation: own.isolation ?? 'warm',
    ...(own.secrets === undefined ? {} : { secrets: own.secrets }),
    ...(own.role === undefined ? {} : { role: withoutAbsent(own.role) }),
    ...(own.region === undefined || own.region === stackRegion ? {} : { region: own.region }),
    ...(own.logArguments === undefined ? {} : { logArguments: own.logArguments }),
  };
}

function withoutAbsent({ arn, externalId }: { arn: string; externalId?: string | undefined }) {
  return externalId === undefined ? { arn } : { arn, externalId };
}

/** As the variable will be: packed when long (proxies/settings.ts). */
function environmentProblems(id: string, proxy: ProxySettings): Problem[] {
  const text = JSON.stringify(proxy);
  const most = LIMITS.functionEnvironment - OTHER_VARIABLES;
  const fits = Buffer.byteLength(text) <= most || (brotliCompressSync(text).length * 4) / 3 + 8 <= most;
  return fits
    ? []
    : [
        {
          at: `servers.settings.${id}.environment`,
          message: `arguments, environment and tool names of ${id} do not fit the 4 KB of variables that a function has`,
          hint: 'keep large values in Secrets Manager, SSM or S3 and pass their names',
          kind: 'invalid',
        },
      ];
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
