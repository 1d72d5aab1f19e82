/**
 * The tools that a plan gives the gateway. What is listed is, to the byte, what the AgentCore gateway gets in each
 * target's tool schema, because both are made by the same function.
 */
import type { ToolDefinition } from '../plan/manifest.ts';
import { fullToolName } from '../plan/names.ts';
import { targetSchema } from '../plan/target/schema.ts';
import type { Plan } from '../plan/types.ts';
import { type Catalogue, catalogueOf } from './catalogue.ts';

/** Throws definitions-missing or definitions-mismatch where the definitions are not those of the plan. */
export function catalogueOfPlan(
  plan: Plan,
  definitions: Readonly<Record<string, readonly ToolDefinition[]>>,
): Catalogue {
  const lambdas = plan.targets.filter((target) => target.kind === 'lambda');
  const tools = lambdas.flatMap((target) =>
    targetSchema(target, definitions[target.server] ?? []).map((tool) => ({
      name: fullToolName(target.name, tool.name),
      target,
      tool,
    })),
  );
  return catalogueOf(tools);
}
