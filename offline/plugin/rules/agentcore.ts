/** AgentCore Gateway as the service refuses (facts: API patterns, quotas and error texts of the developer guide). */
import { dnsSuffixOf } from '../../../plan/partition.ts';
import { isGranted } from '../grants.ts';
import { at, hasUnknown, textAt, type Values } from '../values.ts';
import { ROLE } from './iam.ts';
import { FUNCTION } from './lambda.ts';
import { arn, failure, LOWER, pick, type Rule, type World } from './rule.ts';

/** Named here too: guard.ts asks for gateways. */
const FIREWALL = 'aws:wafv2/webAclAssociation:WebAclAssociation';
export const GATEWAY = 'aws:bedrock/agentcoreGateway:AgentcoreGateway';
export const ENGINE = 'aws:bedrock/agentcorePolicyEngine:AgentcorePolicyEngine';
export const TARGET = 'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget';

const LIMITS = { targets: 100, concurrent: 5 };
const GATEWAY_NAME = /^([0-9a-zA-Z][-]?){1,48}$/;
const TARGET_NAME = /^([0-9a-zA-Z][-]?){1,100}$/;

function jwtProblems(inputs: Values) {
  if (textAt(inputs, 'authorizerType') !== 'CUSTOM_JWT') return [];
  const authorizer = at(inputs, 'authorizerConfiguration.customJwtAuthorizer');
  if (authorizer === undefined) return [failure('authorizerConfiguration', 'required for CUSTOM_JWT')];
  const url = textAt(authorizer, 'discoveryUrl');
  const problems = [];
  if (url !== undefined && !/^.+\/\.well-known\/openid-configuration$/.test(url)) {
    problems.push(
      failure(
        'authorizerConfiguration.customJwtAuthorizer.discoveryUrl',
        'must end in /.well-known/openid-configuration',
      ),
    );
  }
  const limits = ['allowedAudiences', 'allowedClients', 'allowedScopes', 'customClaims'];
  if (
    !limits.some((key) => hasUnknown(at(authorizer, key)) || (at(authorizer, `${key}.0`) ?? null) !== null)
  ) {
    problems.push(
      failure(
        'authorizerConfiguration.customJwtAuthorizer',
        `at least one of ${limits.join(', ')} is required`,
      ),
    );
  }
  return problems;
}

/** What the service checks when a gateway gets a policy engine. */
const POLICY_ACTIONS = ['GetPolicyEngine', 'AuthorizeAction', 'PartiallyAuthorizeActions'];

function engineRefusal(inputs: Values, role: string | undefined, world: World): string | undefined {
  const engine = textAt(inputs, 'policyEngineConfiguration.arn');
  if (engine === undefined) return undefined;
  if (!world.ofType(ENGINE).some((item) => textAt(item.outputs, 'policyEngineArn') === engine))
    return `ResourceNotFoundException: policy engine ${engine} not found`;
  const lacking = POLICY_ACTIONS.map((verb) => `bedrock-agentcore:${verb}`).find(
    (action) => !isGranted(world, role?.split('/').pop() ?? '', action, engine),
  );
  return (
    lacking && `ValidationException: the gateway's role is not authorized to perform ${lacking} on ${engine}`
  );
}

function targetsOf(world: World, gatewayId: string | undefined) {
  return world.ofType(TARGET).filter((target) => textAt(target.inputs, 'gatewayIdentifier') === gatewayId);
}

function targetRefusal(inputs: Values, id: string | undefined, world: World): string | undefined {
  const gatewayId = textAt(inputs, 'gatewayIdentifier') ?? '';
  const gateway = world.ofType(GATEWAY).find((item) => item.id === gatewayId);
  if (gatewayId.startsWith('arn:'))
    return `AccessDeniedException: gatewayIdentifier must be an id: ${gatewayId}`;
  if (!gateway) return `ResourceNotFoundException: Gateway ${gatewayId} not found`;
  const others = targetsOf(world, gatewayId).filter((target) => target.id !== id);
  const name = textAt(inputs, 'name');
  if (others.some((target) => textAt(target.inputs, 'name') === name)) {
    return `ConflictException: A target with name ${name} already exists in the gateway`;
  }
  if (others.length >= LIMITS.targets) {
    return `ServiceQuotaExceededException: Too many targets for gateway ${gatewayId}`;
  }
  const roleName = textAt(gateway.inputs, 'roleArn')?.split('/').pop() ?? '';
  return lambdaRefusal(inputs, roleName, world);
}

function lambdaRefusal(inputs: Values, roleName: string, world: World): string | undefined {
  const lambda = at(inputs, 'targetConfiguration.mcp.lambda');
  if (lambda === undefined) return undefined;
  const functionArn = textAt(lambda, 'lambdaArn') ?? '';
  if (!world.ofType(FUNCTION).some((item) => textAt(item.outputs, 'arn') === functionArn)) {
    return `ValidationException: Lambda function ${functionArn} does not exist`;
  }
  const uri = textAt(lambda, 'toolSchema.s3.uri');
  const wanted = [
    ['lambda:InvokeFunction', functionArn] as const,
    ...(uri ? [['s3:GetObject', uri.replace(/^s3:\/\//, `arn:${world.partition}:s3:::`)] as const] : []),
  ];
  const lacking = wanted.find(([action, resource]) => !isGranted(world, roleName, action, resource));
  return lacking
    ? `ValidationException: Gateway execution role lacks permission to perform ${lacking[0]} on ${lacking[1]}`
    : undefined;
}

/** The functions that are asked before requests and after: they exist, and the role may call them. */
function interceptorRefusal(inputs: Values, roleName: string, world: World): string | undefined {
  const given = at(inputs, 'interceptorConfigurations');
  const arns = (Array.isArray(given) ? given : []).map(
    (each) => textAt(each, 'interceptor.lambda.arn') ?? '',
  );
  const lacking = arns.find(
    (functionArn) =>
      !world.ofType(FUNCTION).some((item) => textAt(item.outputs, 'arn') === functionArn) ||
      !isGranted(world, roleName, 'lambda:InvokeFunction', functionArn),
  );
  return lacking === undefined
    ? undefined
    : `ValidationException: Gateway execution role lacks permission to invoke interceptor ${lacking}`;
}

export const agentcoreRules: Record<string, Rule> = {
  [GATEWAY]: {
    replaces: ['name', 'authorizerType', 'kmsKeyArn', 'region'],
    named: 'name',
    id: (inputs, seed) => `${textAt(inputs, 'name')?.toLowerCase()}-${pick(seed, 10, LOWER)}`,
    outputs: (_inputs, id, world) => ({
      gatewayArn: arn(world, 'bedrock-agentcore', `gateway/${id}`),
      gatewayId: id,
      gatewayUrl: `https://${id}.gateway.bedrock-agentcore.${world.region}.${dnsSuffixOf(world.region)}/mcp`,
      workloadIdentityDetails: [],
    }),
    check(inputs) {
      const name = textAt(inputs, 'name');
      const bad = name !== undefined && !GATEWAY_NAME.test(name);
      return [...(bad ? [failure('name', `must match ${GATEWAY_NAME.source}`)] : []), ...jwtProblems(inputs)];
    },
    refuse(change, inputs, id, world) {
      if (change === 'delete') {
        if (targetsOf(world, id).length > 0)
          return `ValidationException: Gateway ${id} has targets associated with it, delete them before deleting the gateway`;
        const isGuarded = world
          .ofType(FIREWALL)
          .some((item) => textAt(item.inputs, 'resourceArn')?.endsWith(`gateway/${id}`));
        return isGuarded
          ? `ConflictException: Gateway ${id} has a web ACL associated with it, disassociate it before deleting the gateway`
          : undefined;
      }
      const name = textAt(inputs, 'name');
      if (change === 'create' && world.ofType(GATEWAY).some((item) => textAt(item.inputs, 'name') === name)) {
        return `ConflictException: A gateway with name ${name} already exists`;
      }
      const role = textAt(inputs, 'roleArn');
      return world.ofType(ROLE).some((item) => textAt(item.outputs, 'arn') === role)
        ? (engineRefusal(inputs, role, world) ??
            interceptorRefusal(inputs, role?.split('/').pop() ?? '', world))
        : `ValidationException: role ${role} cannot be assumed`;
    },
  },
  [TARGET]: {
    replaces: ['name', 'gatewayIdentifier', 'region'],
    named: 'name',
    id: (inputs, seed) => `${textAt(inputs, 'gatewayIdentifier')},${pick(seed, 10, LOWER.toUpperCase())}`,
    outputs: (_inputs, id) => ({ targetId: id.split(',')[1] ?? '' }),
    check(inputs) {
      const problems = [];
      const name = textAt(inputs, 'name');
      if (name !== undefined && !TARGET_NAME.test(name)) {
        problems.push(failure('name', `must match ${TARGET_NAME.source}`));
      }
      const description = textAt(inputs, 'description');
      if (description !== undefined && (description.length < 1 || description.length > 200)) {
        problems.push(failure('description', 'must have 1 to 200 characters'));
      }
      const isLambda = at(inputs, 'targetConfiguration.mcp.lambda') !== undefined;
      if (isLambda && at(inputs, 'credentialProviderConfiguration.gatewayIamRole') === undefined) {
        problems.push(failure('credentialProviderConfiguration', 'a Lambda target needs gatewayIamRole'));
      }
      return problems;
    },
    refuse(change, inputs, id, world) {
      const gatewayId = textAt(inputs, 'gatewayIdentifier') ?? '';
      if (world.inFlight(gatewayId) > LIMITS.concurrent) {
        return `ServiceQuotaExceededException: more than ${LIMITS.concurrent} target operations at once on gateway ${gatewayId}`;
      }
      return change === 'delete' ? undefined : targetRefusal(inputs, id, world);
    },
    occupies: (inputs) => textAt(inputs, 'gatewayIdentifier'),
  },
};
