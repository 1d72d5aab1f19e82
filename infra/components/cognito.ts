/** Cognito as the gateway's issuer: pool, resource server with the scopes, hosted domain, one client a machine. */
import * as pulumi from '@pulumi/pulumi';
import type { Settings } from '../../plan/settings/settings.ts';
import { ResourceServer, UserPool, UserPoolClient, UserPoolDomain } from '../aws.ts';
import {
  clientsOf,
  domainHost,
  domainPrefix,
  type PeopleSettings,
  peopleOf,
  scopesOf,
} from '../cognito-settings.ts';
import type { Stack } from '../stack.ts';

export interface MachineClient {
  clientId: pulumi.Output<string>;
  clientSecret: pulumi.Output<string>;
  scopes: string[];
}

export class CognitoIssuer extends pulumi.ComponentResource {
  readonly discoveryUrl: pulumi.Output<string>;
  readonly tokenUrl: pulumi.Output<string>;
  readonly clients: Record<string, MachineClient>;
  /** Public client of people, when the settings ask for one. */
  readonly people: pulumi.Output<string> | undefined;
  readonly scopes: string[];

  constructor(stack: Stack, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:auth:CognitoIssuer', 'issuer', {}, options);
    const { account, plan } = stack;
    const { settings } = plan;
    const name = plan.gateway.name;
    const pool = this.#makePool(name, settings);
    this.scopes = scopesOf(settings);
    const server = new ResourceServer(
      'issuer',
      {
        userPoolId: pool.id,
        identifier: name,
        name,
        scopes: this.scopes.map((scope) => {
          const scopeName = scope.slice(name.length + 1);
          return { scopeName, scopeDescription: `${scopeName} on gateway ${name}` };
        }),
      },
      { parent: this },
    );
    const domain = new UserPoolDomain(
      'issuer',
      { userPoolId: pool.id, domain: domainPrefix(settings, account.id) },
      // Domains are unique in a region.
      { parent: this, deleteBeforeReplace: true },
    );
    this.clients = Object.fromEntries(
      Object.entries(clientsOf(settings)).map(([client, scopes]) => [
        client,
        this.#makeClient(client, scopes, pool, server),
      ]),
    );
    const people = peopleOf(settings);
    this.people = people && this.#makePeopleClient(people, pool, server);
    const { region, dnsSuffix } = account;
    this.discoveryUrl = pulumi.interpolate`https://cognito-idp.${region}.${dnsSuffix}/${pool.id}/.well-known/openid-configuration`;
    this.tokenUrl = pulumi.interpolate`https://${domain.domain}.${domainHost(region)}/oauth2/token`;
    this.registerOutputs({ discoveryUrl: this.discoveryUrl, tokenUrl: this.tokenUrl });
  }

  #makePool(name: string, { protect, removal, auth }: Settings): UserPool {
    const left = auth.type === 'cognito' ? auth.pool : undefined;
    return new UserPool(
      'issuer',
      {
        name,
        // Nobody signs up by himself.
        adminCreateUserConfig: { allowAdminCreateUserOnly: true },
        passwordPolicy: {
          minimumLength: 14,
          requireLowercase: true,
          requireUppercase: true,
          requireNumbers: true,
          requireSymbols: true,
          temporaryPasswordValidityDays: 1,
        },
        mfaConfiguration: 'ON',
        softwareTokenMfaConfiguration: { enabled: true },
        deletionProtection: protect ? 'ACTIVE' : 'INACTIVE',
      },
      {
        parent: this,
        protect,
        ...(removal.users === 'retain' ? { retainOnDelete: true } : {}),
        ...(left === undefined ? {} : { import: left }),
      },
    );
  }

  #makeClient(name: string, scopes: string[], pool: UserPool, server: ResourceServer): MachineClient {
    const client = new UserPoolClient(
      name,
      {
        name,
        userPoolId: pool.id,
        generateSecret: true,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ['client_credentials'],
        allowedOauthScopes: scopes,
        accessTokenValidity: 60,
        tokenValidityUnits: { accessToken: 'minutes' },
        enableTokenRevocation: true,
        preventUserExistenceErrors: 'ENABLED',
      },
      // Cognito refuses a client whose scopes do not exist yet.
      { parent: this, dependsOn: [server] },
    );
    return { clientId: client.id, clientSecret: pulumi.secret(client.clientSecret), scopes };
  }

  /** No secret: it runs on people's machines, and proves itself by PKCE, which Cognito asks of every public client. */
  #makePeopleClient(people: PeopleSettings, pool: UserPool, server: ResourceServer): pulumi.Output<string> {
    return new UserPoolClient(
      'people',
      {
        name: 'people',
        userPoolId: pool.id,
        generateSecret: false,
        allowedOauthFlowsUserPoolClient: true,
        allowedOauthFlows: ['code'],
        allowedOauthScopes: ['openid', ...people.scopes],
        callbackUrls: people.callbackUrls,
        ...(people.logoutUrls ? { logoutUrls: people.logoutUrls } : {}),
        supportedIdentityProviders: ['COGNITO'],
        explicitAuthFlows: ['ALLOW_REFRESH_TOKEN_AUTH'],
        accessTokenValidity: 60,
        refreshTokenValidity: 12,
        tokenValidityUnits: { accessToken: 'minutes', refreshToken: 'hours' },
        enableTokenRevocation: true,
        preventUserExistenceErrors: 'ENABLED',
      },
      { parent: this, dependsOn: [server] },
    ).id;
  }
}
