/** The gateway behind its authoriser, with the one role that calls every target. */
import * as pulumi from '@pulumi/pulumi';
import type { GatewayUnit } from '../../plan/gateways.ts';
import { engineName } from '../../plan/resource-names.ts';
import { AgentcoreGateway } from '../aws.ts';
import { interceptorStatement, policyEngineStatement } from '../permissions.ts';
import { gatewayPolicies, type TargetGrant, withStatements } from '../policies.ts';
import type { Stack } from '../stack.ts';
import { gatewayTrust } from '../trust.ts';
import { type Interceptor, interceptorArn } from './interceptor.ts';
import type { PolicyEngine } from './policy-engine.ts';
import { ScopedRole } from './role.ts';

/** Newest first negotiated; explicit, because what the service adds later was not tried. */
const SUPPORTED_VERSIONS = ['2025-03-26', '2025-06-18', '2025-11-25'];

export interface Authoriser {
  discoveryUrl: pulumi.Input<string>;
  clients?: pulumi.Input<string>[];
  audiences?: string[];
  scopes?: string[];
}

/** What the gateway asks before a call, when the stack has it. */
export interface Guards {
  engine: PolicyEngine | undefined;
  interceptor: Interceptor | undefined;
}

/** What a target needs of its gateway. */
export interface TargetHome {
  id: pulumi.Output<string>;
  url: pulumi.Output<string>;
  /** Its role's rights: creation of a target checks them. */
  grants: pulumi.Resource[];
}

export class Gateway extends pulumi.ComponentResource implements TargetHome {
  readonly id: pulumi.Output<string>;
  readonly url: pulumi.Output<string>;
  readonly arn: pulumi.Output<string>;
  readonly grants: pulumi.Resource[];

  constructor(
    unit: GatewayUnit,
    stack: Stack,
    authoriser: Authoriser,
    { grants, engine, interceptor }: { grants: TargetGrant[] } & Guards,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:gateway:Gateway', unit.key, {}, options);
    const { account, plan } = stack;
    const { gateway: settings, protect } = plan.settings;
    const role = new ScopedRole(
      unit.key,
      {
        name: unit.roleName,
        description: `Gateway ${unit.name}: calls its targets`,
        trust: gatewayTrust(account, unit.name),
        policies: withStatements(gatewayPolicies(grants), [
          ...(interceptor ? [interceptorStatement(interceptorArn(stack))] : []),
          ...(engine ? [policyEngineStatement(account, unit.name, engineName(unit.name))] : []),
        ]),
        settings: plan.settings,
      },
      { parent: this },
    );
    const gateway = new AgentcoreGateway(
      unit.key,
      {
        name: unit.name,
        ...(plan.gateway.description ? { description: plan.gateway.description } : {}),
        roleArn: role.role.arn,
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
        ...(settings.kmsKey ? { kmsKeyArn: settings.kmsKey } : {}),
        ...(engine ? { policyEngineConfiguration: { arn: engine.arn, mode: engine.mode } } : {}),
        ...(settings.debugErrors ? { exceptionLevel: 'DEBUG' } : {}),
        ...(interceptor ? { interceptorConfigurations: [beforeRequests(interceptor)] } : {}),
      },
      // The service can only set the search type when it creates a gateway; the provider would try an update.
      {
        parent: this,
        protect,
        replaceOnChanges: ['protocolConfiguration.mcp.searchType'],
        // Names are unique in an account.
        deleteBeforeReplace: true,
        // With an engine the service checks at creation what the role may do; an interceptor it may call from the start.
        ...(engine || interceptor ? { dependsOn: role.grants } : {}),
      },
    );
    this.grants = role.grants;
    this.id = gateway.gatewayId;
    this.arn = gateway.gatewayArn;
    this.url = gateway.gatewayUrl;
    this.registerOutputs({ gatewayUrl: this.url });
  }
}

/** With headers: the token is what it is there for. */
function beforeRequests(interceptor: Interceptor) {
  return {
    interceptionPoints: ['REQUEST'],
    interceptor: { lambda: { arn: interceptor.function.arn } },
    inputConfiguration: { passRequestHeaders: true },
  };
}

function jwtAuthoriser({ discoveryUrl, clients, audiences, scopes }: Authoriser) {
  return {
    discoveryUrl,
    ...(clients ? { allowedClients: clients } : {}),
    ...(audiences ? { allowedAudiences: audiences } : {}),
    ...(scopes ? { allowedScopes: scopes } : {}),
  };
}
