/**
 * The Cedar schema that the policy engine makes of a gateway's tools (developer guide: Schema constraints), as far as
 * it is documented: a principal with tags, an action a tool below its target, arguments in `context.input`.
 */
import { fullToolName } from '../names.ts';
import type { TargetPlan } from '../types.ts';

export const NAMESPACE = 'AgentCore';
/** Above every tool's action. */
const GROUPS = ['CallTool', 'Mcp'] as const;

type CedarType =
  | { type: 'String' | 'Long' | 'Boolean' }
  | { type: 'Extension'; name: 'decimal' }
  | { type: 'Set'; element: CedarType }
  | { type: 'Record'; attributes: Record<string, CedarType & { required?: boolean }> };

interface CedarAction {
  memberOf?: { id: string }[];
  appliesTo?: { principalTypes: string[]; resourceTypes: string[]; context: CedarType };
}

export type CedarSchema = Record<
  typeof NAMESPACE,
  {
    entityTypes: {
      OAuthUser: { shape: CedarType; tags: CedarType };
      Gateway: Record<string, never>;
    };
    actions: Record<string, CedarAction>;
  }
>;

export function cedarSchema(targets: readonly TargetPlan[]): CedarSchema {
  const actions: Record<string, CedarAction> = { Mcp: {}, CallTool: { memberOf: [{ id: GROUPS[1] }] } };
  for (const target of targets) {
    actions[target.name] = { memberOf: [{ id: GROUPS[0] }] };
    for (const { exposed, entry } of target.tools) {
      actions[fullToolName(target.name, exposed)] = {
        memberOf: [{ id: target.name }],
        appliesTo: {
          principalTypes: ['OAuthUser'],
          resourceTypes: ['Gateway'],
          context: record({ input: { ...inputOf(entry.parameters), required: true } }),
        },
      };
    }
  }
  return {
    [NAMESPACE]: {
      entityTypes: {
        OAuthUser: { shape: record({ id: { type: 'String', required: true } }), tags: { type: 'String' } },
        Gateway: {},
      },
      actions,
    },
  };
}

function record(attributes: Record<string, CedarType & { required?: boolean }>): CedarType {
  return { type: 'Record', attributes };
}

/** Parameters in the manifest's words (`string!`, `integer?`, `string[]`); what Cedar has no type for is left out. */
function inputOf(parameters: Readonly<Record<string, string>> = {}): CedarType {
  const attributes = Object.entries(parameters).flatMap(([name, word]) => {
    const type = cedarType(word.replace(/[!?]+$/, ''));
    return type ? [[name, { ...type, required: word.endsWith('!') }] as const] : [];
  });
  return record(Object.fromEntries(attributes));
}

function cedarType(word: string): CedarType | undefined {
  if (word.endsWith('[]')) {
    const element = cedarType(word.slice(0, -2));
    return element && { type: 'Set', element };
  }
  switch (word) {
    case 'string':
      return { type: 'String' };
    case 'integer':
      return { type: 'Long' };
    case 'boolean':
      return { type: 'Boolean' };
    case 'number':
      return { type: 'Extension', name: 'decimal' };
    default:
      return undefined;
  }
}
