/** Cognito user pools as the service refuses. */
import { dnsSuffixOf } from '../../../plan/partition.ts';
import { at, hasUnknown, makeSecret, textAt, type Values } from '../values.ts';
import { arn, failure, LOWER, pick, type Rule, type World } from './rule.ts';

export const USER_POOL = 'aws:cognito/userPool:UserPool';
export const CLIENT = 'aws:cognito/userPoolClient:UserPoolClient';
export const RESOURCE_SERVER = 'aws:cognito/resourceServer:ResourceServer';
export const DOMAIN = 'aws:cognito/userPoolDomain:UserPoolDomain';

const BUILT_IN_SCOPES = ['openid', 'email', 'phone', 'profile', 'aws.cognito.signin.user.admin'];

function poolExists(inputs: Values, world: World): string | undefined {
  const pool = textAt(inputs, 'userPoolId');
  return world.ofType(USER_POOL).some((item) => item.id === pool)
    ? undefined
    : `ResourceNotFoundException: User pool ${pool} does not exist.`;
}

function scopesOf(inputs: Values): string[] {
  const identifier = textAt(inputs, 'identifier');
  const scopes = (at(inputs, 'scopes') ?? []) as Values[];
  return scopes.map((scope) => `${identifier}/${textAt(scope, 'scopeName')}`);
}

export const cognitoRules: Record<string, Rule> = {
  [USER_POOL]: {
    replaces: ['usernameAttributes', 'aliasAttributes', 'usernameConfiguration', 'region'],
    named: 'name',
    id: (_inputs, seed, world) => `${world.region}_${pick(seed, 9, `${LOWER}ABCDEFGHIJKLMNOPQRSTUVWXYZ`)}`,
    outputs: (_inputs, id, world) => ({
      arn: arn(world, 'cognito-idp', `userpool/${id}`),
      endpoint: `cognito-idp.${world.region}.${dnsSuffixOf(world.region)}/${id}`,
    }),
    refuse: (change, inputs) =>
      change === 'delete' && textAt(inputs, 'deletionProtection') === 'ACTIVE'
        ? 'InvalidParameterException: The user pool cannot be deleted because deletion protection is activated.'
        : undefined,
  },
  [CLIENT]: {
    replaces: ['userPoolId', 'generateSecret', 'region'],
    named: 'name',
    id: (_inputs, seed) => pick(seed, 26, LOWER),
    outputs: (inputs, id) =>
      at(inputs, 'generateSecret') === true
        ? { clientSecret: makeSecret(`offline-${pick(id, 40, LOWER)}`) }
        : {},
    check(inputs) {
      const flows = at(inputs, 'allowedOauthFlows');
      if (!Array.isArray(flows) || !flows.includes('client_credentials')) return [];
      const problems = [];
      if (at(inputs, 'generateSecret') !== true)
        problems.push(failure('generateSecret', 'client_credentials needs a secret'));
      if (flows.length > 1) problems.push(failure('allowedOauthFlows', 'client_credentials stands alone'));
      if (at(inputs, 'allowedOauthFlowsUserPoolClient') !== true) {
        problems.push(failure('allowedOauthFlowsUserPoolClient', 'must be true, or the flows are ignored'));
      }
      return problems;
    },
    refuse(change, inputs, _id, world) {
      if (change === 'delete') return undefined;
      const pool = textAt(inputs, 'userPoolId');
      const servers = world
        .ofType(RESOURCE_SERVER)
        .filter((item) => textAt(item.inputs, 'userPoolId') === pool);
      const known = [...BUILT_IN_SCOPES, ...servers.flatMap((item) => scopesOf(item.inputs))];
      const wanted = (at(inputs, 'allowedOauthScopes') ?? []) as string[];
      const absent = wanted.find((scope) => !known.includes(scope));
      return absent
        ? `ScopeDoesNotExistException: Invalid scope requested: ${absent}`
        : poolExists(inputs, world);
    },
  },
  [RESOURCE_SERVER]: {
    replaces: ['identifier', 'userPoolId', 'region'],
    named: 'name',
    id: (inputs) => `${textAt(inputs, 'userPoolId')}|${textAt(inputs, 'identifier')}`,
    outputs: (inputs) => ({ scopeIdentifiers: hasUnknown(inputs) ? [] : scopesOf(inputs) }),
    refuse: (change, inputs, _id, world) => (change === 'delete' ? undefined : poolExists(inputs, world)),
  },
  [DOMAIN]: {
    replaces: ['domain', 'userPoolId', 'region'],
    id: (inputs) => textAt(inputs, 'domain') ?? '',
    outputs: (_inputs, _id, world) => ({ awsAccountId: world.account }),
    check(inputs) {
      const domain = textAt(inputs, 'domain');
      if (domain === undefined) return [];
      const legal =
        /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(domain) && !/aws|amazon|cognito/.test(domain);
      return legal
        ? []
        : [failure('domain', 'lower-case letters, digits and hyphens, without aws, amazon or cognito')];
    },
    refuse(change, inputs, id, world) {
      if (change === 'delete') return undefined;
      const taken = change === 'create' && world.ofType(DOMAIN).some((item) => item.id === id);
      return taken ? `InvalidParameterException: Domain already exists: ${id}` : poolExists(inputs, world);
    },
  },
};
