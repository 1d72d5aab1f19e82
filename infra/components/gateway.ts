/** The gateway behind its authoriser, with the one role that calls every target. */
import * as pulumi from '@pulumi/pulumi';
import { AgentcoreGateway } from '../aws.ts';
import { gatewayPolicies, type TargetGrant } from '../policies.ts';
import type { Stack } from '../stack.ts';
import { gatewayTrust } from '../trust.ts';
import { ScopedRole } from './role.ts';

/** Newest first negotiated; explicit, because what the service adds later was not tried. */
const SUPPORTED_VERSIONS = ['2025-03-26', '2025-06-18', '2025-11-25'];

export interface Authoriser {
  discoveryUrl: pulumi.Input<string>;
  clients?: pulumi.Input<string>[];
  audiences?: string[];
  scopes?: string[];
}

export class Gateway extends pulumi.ComponentResource {
  readonly gateway: AgentcoreGateway;
  readonly role: ScopedRole;

  constructor(
    stack: Stack,
    authoriser: Authoriser,
    grants: TargetGrant[],
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:gateway:Gateway', 'gateway', {}, options);
    const { account, plan } = stack;
    const { gateway: settings, protect } = plan.settings;
    this.role = new ScopedRole(
      'gateway',
      {
        name: plan.gateway.roleName,
        description: `Gateway ${plan.gateway.name}: calls its targets`,
        trust: gatewayTrust(account, plan.gateway.name),
        policies: gatewayPolicies(grants),
        settings: plan.settings,
      },
      { parent: this },
    );
    this.gateway = new AgentcoreGateway(
      'gateway',
      {
        name: plan.gateway.name,
        ...(plan.gateway.description ? { description: plan.gateway.description } : {}),
        roleArn: this.role.role.arn,
        protocolType: 'MCP',
        protocolConfiguration: {
          mcp: {
            supportedVersions: SUPPORTED_VERSIONS,
            ...(settings.instructions ? { instructions: settings.instructions } : {}),
            ...(settings.search === 'semantic' ? { searchType: 'SEMANTIC' } : {}),
          },
        },
        authorizerType: 'CUSTOM_JWT',
        authorizerConfiguration: { customJwtAuthorizer: jwtAuthoriser(authoriser) },
        ...(settings.debugErrors ? { exceptionLevel: 'DEBUG' } : {}),
      },
      // The service can only set the search type when it creates a gateway; the provider would try an update.
      {
        parent: this,
        protect,
        replaceOnChanges: ['protocolConfiguration.mcp.searchType'],
        // Names are unique in an account.
        deleteBeforeReplace: true,
      },
    );
    this.registerOutputs({ gatewayUrl: this.gateway.gatewayUrl });
  }
}

function jwtAuthoriser({ discoveryUrl, clients, audiences, scopes }: Authoriser) {
  return {
    discoveryUrl,
    ...(clients ? { allowedClients: clients } : {}),
    ...(audiences ? { allowedAudiences: audiences } : {}),
    ...(scopes ? { allowedScopes: scopes } : {}),
  };
}
