/** What a function's role may do: the plan's statements, and what running at all takes. Pure. */
import type { TargetPlan } from '../plan/types.ts';
import type { Account } from './account.ts';
import { type PolicyStatement, statementOf } from './policies.ts';

/** Of the account, what ARNs are made of. */
export type Place = Pick<Account, 'id' | 'region' | 'partition'>;

export function executionStatements(
  place: Place,
  target: TargetPlan,
  isInNetwork = false,
): PolicyStatement[] {
  return [
    ...runningStatements(place, target, isInNetwork),
    // In another account the server can do what that role may, and here nothing.
    ...(target.function.proxy.role ? [] : target.statements.map(statementOf)),
  ];
}

/** What it takes to run at all, whatever the server calls. */
export function runningStatements(
  place: Place,
  { function: { logGroup, proxy, tracing } }: TargetPlan,
  isInNetwork: boolean,
): PolicyStatement[] {
  return [
    logStatement(place, logGroup),
    ...(isInNetwork ? [networkStatement()] : []),
    ...(tracing ? [traceStatement()] : []),
    ...secretStatements(place, Object.values(proxy.secrets ?? {})),
    ...(proxy.role ? [assumeStatement(proxy.role.arn)] : []),
  ];
}

/** Only its own log group; the group is made by the stack, so it needs no right to make one. */
export function logStatement({ partition, region, id }: Place, logGroup: string): PolicyStatement {
  return allow(
    'WriteOwnLog',
    ['logs:CreateLogStream', 'logs:PutLogEvents'],
    [`arn:${partition}:logs:${region}:${id}:log-group:${logGroup}:*`],
  );
}

/** Interfaces that do not exist yet have no name to limit it to. */
function networkStatement(): PolicyStatement {
  const verbs = [
    'CreateNetworkInterface',
    'DeleteNetworkInterface',
    'DescribeNetworkInterfaces',
    'DescribeSubnets',
  ];
  const addresses = ['AssignPrivateIpAddresses', 'UnassignPrivateIpAddresses'];
  return allow(
    'JoinNetwork',
    [...addresses, ...verbs].map((verb) => `ec2:${verb}`),
    ['*'],
  );
}

/** X-Ray has no resources to limit these to. */
function traceStatement(): PolicyStatement {
  return allow('WriteTraces', ['xray:PutTelemetryRecords', 'xray:PutTraceSegments'], ['*']);
}

function assumeStatement(role: string): PolicyStatement {
  return allow('AssumeServerRole', ['sts:AssumeRole'], [role]);
}

function secretStatements(place: Place, references: readonly string[]): PolicyStatement[] {
  const arns = [...new Set(references.map((reference) => secretArn(place, reference)))].sort();
  const secrets = arns.filter((arn) => arn.includes(':secretsmanager:'));
  const parameters = arns.filter((arn) => !arn.includes(':secretsmanager:'));
  return [
    ...(secrets.length > 0 ? [allow('ReadSecrets', ['secretsmanager:GetSecretValue'], secrets)] : []),
    ...(parameters.length > 0 ? [allow('ReadParameters', ['ssm:GetParameter'], parameters)] : []),
  ];
}

/** `ssm:/a/b` by its ARN; a secret's member (`#key`) is read with its secret. */
export function secretArn({ partition, region, id }: Place, reference: string): string {
  if (!reference.startsWith('ssm:')) return reference.split('#')[0] ?? reference;
  const name = reference.slice('ssm:'.length).replace(/^\//, '');
  return `arn:${partition}:ssm:${region}:${id}:parameter/${name}`;
}

/** `interceptor`: ARN of the function that the gateway asks before each request. */
export function interceptorStatement(interceptor: string): PolicyStatement {
  return allow('InvokeInterceptor', ['lambda:InvokeFunction'], [interceptor]);
}

/**
 * What evaluating policies takes of a gateway's role. Engine and gateway have ids that only their creation gives, so
 * their names stand before a wildcard; the service's own check at creation asks for the engine below a path, too.
 */
export function policyEngineStatement(
  { partition, region, id }: Place,
  gateway: string,
  engine: string,
): PolicyStatement {
  const arn = (resource: string) => `arn:${partition}:bedrock-agentcore:${region}:${id}:${resource}`;
  return allow(
    'EvaluatePolicies',
    ['AuthorizeAction', 'CheckAuthorizePermissions', 'GetPolicyEngine', 'PartiallyAuthorizeActions'].map(
      (verb) => `bedrock-agentcore:${verb}`,
    ),
    [
      `gateway/${gateway}-*`,
      `policy-engine/${engine}-*`,
      `policy-engines/${engine}-*`,
      `/policy-engines/${engine}-*`,
    ].map(arn),
  );
}

function allow(sid: string, actions: string[], resources: string[]): PolicyStatement {
  return { Sid: sid, Effect: 'Allow', Action: actions, Resource: resources };
}
