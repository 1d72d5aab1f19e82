/** Policy engines and their Cedar policies as the service refuses. */
import { textAt } from '../values.ts';
import { ENGINE, GATEWAY, TARGET } from './agentcore.ts';
import { arn, LOWER, pick, type Rule, type World } from './rule.ts';

export const POLICY = 'aws:bedrock/agentcorePolicy:AgentcorePolicy';

const ENTITY = /AgentCore::(Action|Gateway)::"([^"]+)"/g;

function engineOf(world: World, id: string | undefined) {
  return world.ofType(ENGINE).find((item) => item.id === id);
}

/** The gateways that an engine is attached to. */
function gatewaysOf(world: World, engineArn: string | undefined) {
  return world
    .ofType(GATEWAY)
    .filter(({ inputs }) => textAt(inputs, 'policyEngineConfiguration.arn') === engineArn);
}

/** The service validates a statement against the tools of the gateway that it names. */
function statementRefusal(
  statement: string,
  engineArn: string | undefined,
  world: World,
): string | undefined {
  const named = [...statement.matchAll(ENTITY)].map(([, type, id]) => ({ type, id: id ?? '' }));
  const gateway = gatewaysOf(world, engineArn).find(({ outputs }) =>
    named.some(({ type, id }) => type === 'Gateway' && id === textAt(outputs, 'gatewayArn')),
  );
  if (!gateway)
    return 'ValidationException: the statement names no gateway that the policy engine is attached to';
  const targets = world
    .ofType(TARGET)
    .filter(({ inputs }) => textAt(inputs, 'gatewayIdentifier') === gateway.id)
    .map(({ inputs }) => textAt(inputs, 'name'));
  const strange = named.find(({ type, id }) => type === 'Action' && !targets.includes(id.split('___')[0]));
  return strange && `ValidationException: unrecognized action AgentCore::Action::"${strange.id}"`;
}

export const policyEngineRules: Record<string, Rule> = {
  [ENGINE]: {
    replaces: ['name', 'encryptionKeyArn', 'region'],
    named: 'name',
    id: (inputs, seed) => `${textAt(inputs, 'name')}-${pick(seed, 10, LOWER)}`,
    outputs: (_inputs, id, world) => ({
      policyEngineId: id,
      policyEngineArn: arn(world, 'bedrock-agentcore', `policy-engine/${id}`),
    }),
    refuse(change, inputs, id, world) {
      const engineArn = arn(world, 'bedrock-agentcore', `policy-engine/${id}`);
      if (change === 'delete') {
        const held = world.ofType(POLICY).some((item) => textAt(item.inputs, 'policyEngineId') === id);
        return held || gatewaysOf(world, engineArn).length > 0
          ? `ConflictException: policy engine ${id} has policies or is attached to a gateway`
          : undefined;
      }
      const name = textAt(inputs, 'name');
      const same = world
        .ofType(ENGINE)
        .some((item) => item.id !== id && textAt(item.inputs, 'name') === name);
      return same ? `ConflictException: A policy engine with name ${name} already exists` : undefined;
    },
  },
  [POLICY]: {
    replaces: ['name', 'policyEngineId', 'region'],
    named: 'name',
    id: (inputs, seed) =>
      `${textAt(inputs, 'policyEngineId')},${textAt(inputs, 'name')}-${pick(seed, 10, LOWER)}`,
    outputs: (_inputs, id, world) => ({
      policyId: id.split(',')[1] ?? '',
      policyArn: arn(world, 'bedrock-agentcore', `policy-engine/${id.replace(',', '/policy/')}`),
    }),
    refuse(change, inputs, id, world) {
      if (change === 'delete') return undefined;
      const engine = engineOf(world, textAt(inputs, 'policyEngineId'));
      if (!engine)
        return `ResourceNotFoundException: policy engine ${textAt(inputs, 'policyEngineId')} not found`;
      const name = textAt(inputs, 'name');
      const siblings = world
        .ofType(POLICY)
        .filter((item) => item.id !== id && textAt(item.inputs, 'policyEngineId') === engine.id);
      if (siblings.some((item) => textAt(item.inputs, 'name') === name))
        return `ConflictException: A policy with name ${name} already exists`;
      return statementRefusal(
        textAt(inputs, 'definition.cedar.statement') ?? '',
        textAt(engine.outputs, 'policyEngineArn'),
        world,
      );
    },
  },
};
