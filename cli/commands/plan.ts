/** `mcpgw plan`: what a stack comes to. Targets, names, tokens, permissions, losses, problems. */
import { runningStatements } from '../../infra/permissions.ts';
import { type Cost, costOf } from '../../plan/cost/cost.ts';
import type { CostLine } from '../../plan/cost/lines.ts';
import { deployerPolicy } from '../../plan/deployer-policy.ts';
import { EXIT } from '../../plan/errors.ts';
import { gatewayUnits } from '../../plan/gateways.ts';
import { fullToolName } from '../../plan/names.ts';
import { placeOf } from '../../plan/network/network.ts';
import { partitionOf } from '../../plan/partition.ts';
import { requireSound } from '../../plan/plan.ts';
import { cedarText, permitsOf } from '../../plan/policy/policy.ts';
import type { Plan, TargetPlan } from '../../plan/types.ts';
import { place } from '../../plan/why/text.ts';
import { wildcardReason } from '../../plan/wildcards.ts';
import { defineCommand } from '../command.ts';
import { MANIFEST, STACK } from '../options.ts';
import { table } from '../output.ts';
import { loadProject, type Project } from '../project.ts';
import { placedAsRecorded, type Spread, spreadNote } from '../recorded.ts';

export const plan = defineCommand({
  name: 'plan',
  summary: 'what a stack comes to: targets, tools, tokens, permissions, losses, problems',
  options: {
    stack: STACK,
    manifest: MANIFEST,
    full: { type: 'boolean', description: 'every policy statement, every loss, and the Cedar text' },
    deployerPolicy: {
      type: 'boolean',
      description: 'only the least IAM policy that a deployer of the stack needs',
    },
  },
  async run({ options, out, root, cwd, env }) {
    const loaded = await loadProject({ root, cwd, stack: options.stack, manifest: options.manifest });
    const { project, spread } = await placedAsRecorded(loaded, root, env);
    const { plan: made } = project;
    if (options.deployerPolicy) {
      const policy = deployerPolicy(made);
      out.document(policy);
      out.print(JSON.stringify(policy, null, 2));
      return EXIT.done;
    }
    out.document({ ...document(made), ...(spread && { spread }) });
    out.print(
      `stack ${made.stack}: gateway ${made.gateway.name} in ${made.region}, ${made.targets.length} targets, ` +
        `${made.totals.tools} tools, about ${made.totals.tokens} tokens`,
    );
    if (made.targets.length > 0) out.print(`\n${table([HEAD, ...made.targets.map(row)])}`);
    if (spread) for (const line of gatewayLines(project, spread)) out.print(line);
    if (options.full)
      for (const line of [...made.targets.flatMap((target) => details(target, made)), ...policyLines(made)])
        out.print(line);
    for (const line of costLines(costOf(made))) out.print(line);
    for (const { at, message } of made.notes ?? []) out.print(`note ${at}: ${message}`);
    for (const { server, reason } of made.skipped) out.print(`skipped ${server}: ${reason}`);
    if (!out.json) requireSound(made);
    return made.problems.length === 0
      ? EXIT.done
      : made.problems.some((problem) => problem.kind === 'invalid')
        ? EXIT.usage
        : EXIT.refused;
  },
});

const HEAD = ['TARGET', 'TOOLS', 'READ', 'TOKENS', 'ACTIONS', 'LOSSES', 'ALIASES', 'MEMORY', 'ARCH'];

function row(target: TargetPlan): string[] {
  const { tools } = target;
  return [
    target.name,
    String(tools.length),
    String(tools.filter((tool) => tool.entry.access === 'read').length),
    String(target.tokens),
    String(new Set(target.statements.flatMap((statement) => statement.actions)).size),
    String(tools.reduce((sum, tool) => sum + Object.keys(tool.entry.loss ?? {}).length, 0)),
    String(tools.filter((tool) => tool.exposed !== tool.name).length),
    `${target.function.memory} MB`,
    target.function.architecture,
  ];
}

/** Of a stack with several: what lies in each. */
function gatewayLines(project: Project, spread: Spread): string[] {
  const { settings, targets } = project.plan;
  const rows = gatewayUnits(settings, targets).map(({ name, targets: own }) => {
    const tools = own.reduce((sum, target) => sum + target.tools.length, 0);
    const tokens = own.reduce((sum, target) => sum + target.tokens, 0);
    return [name, String(own.length), String(tools), String(tokens)];
  });
  return [`\n${table([['GATEWAY', 'TARGETS', 'TOOLS', 'TOKENS'], ...rows])}`, spreadNote(project, spread)];
}

function details(target: TargetPlan, { region, settings }: Plan): string[] {
  const where = { id: '*', region, partition: partitionOf(region) };
  const running = runningStatements(where, target, placeOf(settings, target.server).kind !== 'none');
  const there = target.function.proxy.role ? ' (there)' : '';
  return [
    `\n${target.name}  (${target.server})`,
    ...running.map(
      ({ Sid, Action, Resource }) =>
        `  allow ${Action.join(' ')} on ${Resource.join(' ')}  # ${wildcardReason(Sid) ?? 'to run'}`,
    ),
    ...target.statements.map(
      (statement) =>
        `  allow${there} ${statement.actions.join(' ')} on ${place(statement)}  # ${statement.reason}`,
    ),
    ...target.tools
      .filter((tool) => tool.exposed !== tool.name)
      .map((tool) => `  alias ${fullToolName(target.name, tool.exposed)} = ${tool.name}`),
    ...target.tools.flatMap((tool) =>
      Object.entries(tool.entry.loss ?? {}).map(
        ([pointer, loss]) => `  loss ${tool.name} ${pointer}: ${loss}`,
      ),
    ),
  ];
}

/** The Cedar text of each gateway; its ARN and the clients' ids are known once it is deployed, so names stand for them. */
function policyLines({ settings, targets }: Plan): string[] {
  return gatewayUnits(settings, targets).flatMap((unit) => {
    const permits = permitsOf(settings, unit);
    if (!permits || !settings.policy) return [];
    const text = cedarText(permits, { gatewayArn: unit.name, clientIds: {} });
    return [`\npolicy of ${unit.name}, ${settings.policy.mode}:\n${text.trimEnd()}`];
  });
}

function costLines({ date, idle, idleTotal, million, millionTotal }: Cost): string[] {
  const line = (what: string, dollars: number) => `  ${`$${dollars.toFixed(2)}`.padStart(9)}  ${what}`;
  const detail = ({ what, monthly, saves }: CostLine) =>
    `  ${line(what, monthly)}${saves ? `  (cheaper: ${saves})` : ''}`;
  return [
    `\nestimated, prices of ${date}:`,
    line('a month when nobody calls', idleTotal),
    ...idle.map(detail),
    line('for a million calls of one second', millionTotal),
    ...million.map(detail),
    '',
  ];
}

function document(made: Plan) {
  return {
    ...made,
    cost: costOf(made),
    targets: made.targets.map(({ entry, ...target }) => ({
      ...target,
      version: entry.package?.version ?? null,
      tools: target.tools.map(({ entry: tool, ...rest }) => ({
        ...rest,
        access: tool.access,
        tokens: tool.tokens,
      })),
    })),
  };
}
