/** What is wrong with a target: names, tools, place and permissions that its settings ask for and cannot have. */
import { matchesGlobs } from '../globs.ts';
import type { ServerEntry } from '../manifest.ts';
import { LIMITS, TARGET_NAME } from '../names.ts';
import { didYouMean } from '../nearest.ts';
import { partitionOf } from '../partition.ts';
import { toolNameBudget } from '../resource-names.ts';
import { selectTools } from '../select.ts';
import type { EffectiveSettings } from '../settings/of-server.ts';
import type { ServerSettings, Settings } from '../settings/settings.ts';
import { isSigned, signedRegionOf } from '../signed-remotes.ts';
import type { Problem, TargetPlan, ToolPlan } from '../types.ts';

/** Shorter than this an alias tells nothing. */
const SHORTEST_ALIAS = 12;

/** Whether a target's name leaves no room for the names of its tools. */
export function leavesNoAlias(target: string): boolean {
  return toolNameBudget(target) < SHORTEST_ALIAS;
}

/** Settings of place that the server cannot follow. */
export function placeProblems(entry: ServerEntry, own: EffectiveSettings, settings: Settings): Problem[] {
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
  const home = signedRegionOf(entry, region);
  if (isSigned(entry) && own.endpoint === undefined && partitionOf(home) !== partitionOf(region)) {
    problems.push({
      at: `servers.remote: ${entry.id}`,
      message: `its nearest endpoint is in ${home}, where credentials of ${region} do not hold`,
      hint: `take it out, or name an endpoint in ${at}.endpoint`,
      kind: 'invalid',
    });
  }
  return problems;
}

/** Of the server's own settings: a glob under servers.defaults need not match in every server. */
export function toolGlobProblems(entry: ServerEntry, explicit: ServerSettings): Problem[] {
  const names = Object.keys(entry.tools ?? {});
  return selectTools(names, explicit.tools ?? {}).unknown.map(({ key, glob }) => ({
    at: `servers.settings.${entry.id}.tools.${key}: ${glob}`,
    message: `${entry.id} has no tool ${glob}`,
    hint: didYouMean(glob, names, `\`mcpgw servers ${entry.id}\` lists its tools`),
    kind: 'invalid',
  }));
}

export function toolProblems(id: string, target: string, tools: readonly ToolPlan[]): Problem[] {
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

export function targetNameProblems(id: string, name: string): Problem[] {
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
  if (!leavesNoAlias(name)) return [];
  const budget = toolNameBudget(name);
  return [
    {
      at,
      message: `target name ${name} leaves ${Math.max(0, budget)} characters for tool names: models take ${LIMITS.toolFullName} in all`,
      hint: `set ${at} to a name of at most ${LIMITS.toolFullName - 3 - SHORTEST_ALIAS} characters`,
      kind: 'invalid',
    },
  ];
}

export function withholdProblems(entry: ServerEntry, explicit: ServerSettings): Problem[] {
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

export function conditionalProblems(entry: ServerEntry, explicit: ServerSettings): Problem[] {
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

export function permissionProblems(
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
