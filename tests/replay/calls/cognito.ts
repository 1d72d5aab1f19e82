/** The issuer: cognito-idp. */
import { expand, expandFirst } from '../expand.ts';
import { type Lifecycle, step, tagsOf, text } from '../resource.ts';

const SERVICE = 'cognito-idp';
const WITH_POOL = 'lies in its user pool, which is deleted after it (checked as order)';

export const cognito: Record<string, Lifecycle> = {
  'aws:cognito/userPool:UserPool': {
    create(made) {
      const { CreateUserPoolRequest = {}, SetUserPoolMfaConfigRequest = {} } = expand(made);
      // The provider gives it with the factors, in the second call.
      const { MfaConfiguration, ...pool } = CreateUserPoolRequest;
      const mfa = { ...SetUserPoolMfaConfigRequest, MfaConfiguration: MfaConfiguration ?? 'OFF' };
      return [
        step(
          SERVICE,
          'CreateUserPool',
          { ...pool, UserPoolTags: tagsOf(made) },
          { binds: { [made.id]: 'UserPool.Id' } },
        ),
        ...(mfa.MfaConfiguration === 'OFF'
          ? []
          : [step(SERVICE, 'SetUserPoolMfaConfig', { ...mfa, UserPoolId: made.id })]),
      ];
    },
    delete: (made) => [step(SERVICE, 'DeleteUserPool', { UserPoolId: made.id })],
    left: {
      service: SERVICE,
      operation: 'ListUserPools',
      params: { MaxResults: 60 },
      path: 'UserPools[].Id',
      identity: ({ id }) => id,
    },
  },
  'aws:cognito/resourceServer:ResourceServer': {
    create: (made) => [step(SERVICE, 'CreateResourceServer', expandFirst(made))],
    delete: (made) => [
      step(SERVICE, 'DeleteResourceServer', {
        Identifier: text(made, 'identifier'),
        UserPoolId: text(made, 'userPoolId'),
      }),
    ],
    left: WITH_POOL,
  },
  'aws:cognito/userPoolDomain:UserPoolDomain': {
    create: (made) => [step(SERVICE, 'CreateUserPoolDomain', expandFirst(made))],
    delete: (made) => [
      step(SERVICE, 'DeleteUserPoolDomain', {
        Domain: text(made, 'domain'),
        UserPoolId: text(made, 'userPoolId'),
      }),
    ],
    left: WITH_POOL,
  },
  'aws:cognito/userPoolClient:UserPoolClient': {
    create: (made) => [
      step(SERVICE, 'CreateUserPoolClient', expandFirst(made), {
        binds: { [made.id]: 'UserPoolClient.ClientId' },
      }),
    ],
    delete: (made) => [
      step(SERVICE, 'DeleteUserPoolClient', { ClientId: made.id, UserPoolId: text(made, 'userPoolId') }),
    ],
    left: WITH_POOL,
  },
};
