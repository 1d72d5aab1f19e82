/**
 * `mcpgw why`: for a server, a tool or an IAM action, who is granted what, because of which code, and the settings line that
 * removes it. Pure; reads the plan only, so it tells what will be deployed.
 */
import { isReading } from '../access.ts';
import { McpgwError } from '../errors.ts';
import { matchesGlobs } from '../globs.ts';
import type { ActionEntry, ConditionalAction } from '../manifest.ts';
import { fullToolName } from '../names.ts';
import { didYouMean } from '../nearest.ts';
import { serverSettings } from '../settings/of-server.ts';
import type { Plan, Statement, TargetPlan, ToolPlan } from '../types.ts';

export interface WhyGrant {
  server: string;
  action: string;
  access: ActionEntry['access'];
  granted: boolean;
  /** Why it is not granted. */
  withheld?: string;
  /** Code (`file#symbol`), `depends:action`, `tool:name`, or the settings that ask for it. */
  from: string[];
  /** Offered tools that are known to reach it. */
  tools: string[];
  /** Offered tools of which that could not be followed. */
  unfollowed: number;
  resources: string[];
  /** Of IAM: when the grant holds. */
  conditions?: Statement['conditions'];
  /** AWS asks for it only then; not granted until the settings do. */
  when?: string;
  /** Each of these lines of the stack file grants it. */
  grant?: string[];
  /** Each of these lines of the stack file removes it. */
  remove: string[];
}

export interface WhyTool {
  server: string;
  tool: string;
  access: ToolPlan['entry']['access'];
  because: ToolPlan['entry']['because'];
  remove: string;
}

export interface WhyAnswer {
  subject: { kind: 'server' | 'tool' | 'action'; name: string };
  tools: WhyTool[];
  grants: WhyGrant[];
  /** What could not be derived from the servers' source. */
  unresolved: { server: string; words: string }[];
}

const ACTION = /^[a-z0-9-]+:[A-Za-z0-9*?]+$/i;

export function why(plan: Plan, subject: string): WhyAnswer {
  const target = plan.targets.find((one) => one.server === subject || one.name === subject);
  if (target) return aboutServer(plan, target);
  const found = plan.targets.flatMap((one) =>
    one.tools.filter((tool) => isNamed(one, tool, subject)).map((tool) => ({ target: one, tool })),
  );
  if (found.length > 0) return aboutTool(plan, found, subject);
  if (ACTION.test(subject)) return aboutAction(plan, subject);
  throw unknown(plan, subject);
}

function isNamed(target: TargetPlan, tool: ToolPlan, name: string): boolean {
  return (
    tool.name === name ||
    tool.exposed === name ||
    fullToolName(target.name, tool.exposed) === name ||
    `${target.name}/${tool.exposed}` === name ||
    `${target.server}/${tool.name}` === name
  );
}

function aboutServer(plan: Plan, target: TargetPlan): WhyAnswer {
  return {
    subject: { kind: 'server', name: target.server },
    tools: target.tools.map((tool) => toolLine(target, tool)),
    grants: grantsOf(plan, target),
    unresolved: unresolvedOf([target]),
  };
}

function aboutTool(
  plan: Plan,
  found: readonly { target: TargetPlan; tool: ToolPlan }[],
  name: string,
): WhyAnswer {
  return {
    subject: { kind: 'tool', name },
    tools: found.map(({ target, tool }) => toolLine(target, tool)),
    grants: found.flatMap(({ target, tool }) => {
      const reached = tool.entry.actions;
      const all = grantsOf(plan, target);
      // A tool that could not be followed may use anything its server is granted.
      return reached === undefined ? all : all.filter((grant) => reached.includes(grant.action));
    }),
    unresolved: unresolvedOf(found.map(({ target }) => target)),
  };
}

function aboutAction(plan: Plan, subject: string): WhyAnswer {
  const glob = subject.toLowerCase();
  const grants = plan.targets
    .flatMap((target) => grantsOf(plan, target))
    .filter((grant) => matchesGlobs(grant.action.toLowerCase(), [glob]));
  return { subject: { kind: 'action', name: subject }, tools: [], grants, unresolved: [] };
}

function toolLine({ server }: TargetPlan, { name, entry }: ToolPlan): WhyTool {
  const remove = `servers.settings.${server}.tools.exclude: [${name}]`;
  return { server, tool: name, access: entry.access, because: entry.because, remove };
}

function unresolvedOf(targets: readonly TargetPlan[]): WhyAnswer['unresolved'] {
  return targets.flatMap(({ server, entry }) =>
    (entry.aws?.unresolved ?? []).map((words) => ({ server, words })),
  );
}

function grantsOf(plan: Plan, target: TargetPlan): WhyGrant[] {
  const derived = Object.entries(target.entry.aws?.actions ?? {}).map(([action, entry]) =>
    derivedGrant(plan, target, action, entry),
  );
  const conditional = Object.entries(target.entry.aws?.conditional ?? {}).map(([action, entry]) =>
    conditionalGrant(target, action, entry),
  );
  const known = [...derived, ...conditional];
  return [...known, ...settingsGrants(target, known)].sort((a, b) => (a.action < b.action ? -1 : 1));
}

function conditionalGrant(
  { server, statements }: TargetPlan,
  action: string,
  entry: ConditionalAction,
): WhyGrant {
  const statement = statements.find(({ actions }) => actions.includes(action));
  const own = `servers.settings.${server}`;
  const lines = [
    `${own}.conditional: [${action}]`,
    ...(action.startsWith('kms:') ? [`${own}.keys: [ARN of the key]`] : []),
  ];
  return {
    server,
    action,
    access: entry.access,
    granted: statement !== undefined,
    from: entry.from,
    tools: [],
    unfollowed: 0,
    ...resourcesOf(statement),
    when: entry.when,
    ...(statement
      ? { remove: [`take it out of ${statement.reason}`] }
      : { withheld: `needed only when ${entry.when}`, grant: lines, remove: [] }),
  };
}

function resourcesOf(statement: Statement | undefined): Pick<WhyGrant, 'resources' | 'conditions'> {
  return {
    resources: statement?.resources ?? [],
    ...(statement?.conditions ? { conditions: statement.conditions } : {}),
  };
}

function derivedGrant(plan: Plan, target: TargetPlan, action: string, entry: ActionEntry): WhyGrant {
  const { server } = target;
  const statement = target.statements.find(({ actions }) => actions.includes(action));
  const tools = target.tools.filter((tool) => tool.entry.actions?.includes(action)).map(({ name }) => name);
  const own = `servers.settings.${server}`;
  return {
    server,
    action,
    access: entry.access,
    granted: statement !== undefined,
    ...(statement ? {} : { withheld: withheldBy(plan, target, action, entry) }),
    from: entry.from,
    tools,
    unfollowed: target.tools.filter((tool) => tool.entry.actions === undefined).length,
    ...resourcesOf(statement),
    remove:
      statement === undefined
        ? []
        : [`${own}.withhold: [${action}]`, ...(isReading(entry.access) ? [] : [`${own}.readOnly: true`])],
  };
}

function withheldBy(plan: Plan, target: TargetPlan, action: string, entry: ActionEntry): string {
  const own = serverSettings(plan.settings, target.server);
  const globs = (own.withhold ?? []).map((glob) => glob.toLowerCase());
  if (matchesGlobs(action.toLowerCase(), globs))
    return `withhold in servers.settings.${target.server} or servers.defaults`;
  if (own.readOnly && !isReading(entry.access)) return 'readOnly leaves out what writes';
  return 'only tools that are not offered reach it';
}

/** Actions that only the settings ask for. */
function settingsGrants({ server, statements }: TargetPlan, derived: readonly WhyGrant[]): WhyGrant[] {
  const known = new Set(derived.map((grant) => grant.action));
  return statements.flatMap((statement) =>
    statement.actions
      .filter((action) => !known.has(action))
      .map((action) => ({
        server,
        action,
        access: 'Unknown' as const,
        granted: true,
        from: [statement.reason],
        tools: [],
        unfollowed: 0,
        ...resourcesOf(statement),
        remove: [`take ${action} out of ${statement.reason}`],
      })),
  );
}

function unknown(plan: Plan, subject: string): McpgwError {
  const names = plan.targets.flatMap((target) => [
    target.server,
    target.name,
    ...target.tools.map((tool) => tool.name),
  ]);
  return new McpgwError('usage', `${subject} is no server, tool or IAM action of this stack`, {
    hint: didYouMean(
      subject,
      names,
      '`mcpgw plan` lists servers and tools; an action looks like s3:GetObject',
    ),
  });
}
