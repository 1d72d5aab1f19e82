/** Plan to resources. Loops run over plain data, so a preview is complete; nothing is made inside `apply`. */
import * as pulumi from '@pulumi/pulumi';
import type { TargetPlan } from '../plan/types.ts';
import { type Account, arnOf, objectArn } from './account.ts';
import type { AgentcoreGatewayTarget } from './aws.ts';
import { CognitoIssuer } from './components/cognito.ts';
import { type Authoriser, Gateway } from './components/gateway.ts';
import { PythonLayers } from './components/layers.ts';
import { Server } from './components/server.ts';
import { makeTarget } from './components/target.ts';
import { type Identity, identityOf } from './continuity.ts';
import { Lanes } from './lanes.ts';
import type { TargetGrant } from './policies.ts';
import { rootOptions, type Stack } from './stack.ts';

/** What the command line reads with `pulumi stack output`. */
export interface StackOutputs {
  stack: string;
  region: string;
  gatewayUrl: pulumi.Output<string>;
  gatewayId: pulumi.Output<string>;
  discoveryUrl: pulumi.Output<string>;
  /** Cognito only: an existing issuer's is its own affair. */
  tokenUrl?: pulumi.Output<string>;
  scope: string;
  /** Read back by the next update. */
  identity: Identity;
  /** By name: id, secret and scopes. Secret as a whole. */
  clients: pulumi.Output<Record<string, { clientId: string; clientSecret: string; scopes: string[] }>>;
}

export function renderStack(stack: Stack): StackOutputs {
  const { plan } = stack;
  const options = rootOptions(stack);
  const issuer = plan.settings.auth.type === 'cognito' ? new CognitoIssuer(stack, options) : undefined;
  const authoriser = authoriserOf(stack, issuer);
  const layers = new PythonLayers(stack, options);
  const gateway = new Gateway(
    stack,
    authoriser,
    plan.targets.map((target) => grantOf(stack, target)),
    options,
  );
  const lanes = new Lanes<AgentcoreGatewayTarget>();
  for (const target of plan.targets) {
    const server = new Server(stack, target, layers, options);
    lanes.add(target.lane, (earlier) => makeTarget(stack, target, { gateway, server, earlier }));
  }
  return {
    stack: plan.stack,
    region: plan.region,
    gatewayUrl: gateway.gateway.gatewayUrl,
    gatewayId: gateway.gateway.gatewayId,
    discoveryUrl: pulumi.output(authoriser.discoveryUrl),
    ...(issuer ? { tokenUrl: issuer.tokenUrl } : {}),
    scope: (authoriser.scopes ?? []).join(' '),
    identity: identityOf(plan),
    clients: pulumi.secret(pulumi.output(issuer?.clients ?? {})),
  };
}

function authoriserOf({ plan }: Stack, issuer: CognitoIssuer | undefined): Authoriser {
  if (issuer) {
    // Cognito's access tokens carry client_id and scope, no aud.
    const clients = Object.values(issuer.clients).map(({ clientId }) => clientId);
    return { discoveryUrl: issuer.discoveryUrl, clients, scopes: issuer.scopes };
  }
  const { auth } = plan.settings;
  if (auth.type !== 'issuer') throw new Error('no issuer');
  return {
    discoveryUrl: auth.discoveryUrl,
    ...(auth.clients ? { clients: auth.clients } : {}),
    ...(auth.audiences ? { audiences: auth.audiences } : {}),
    ...(auth.scopes ? { scopes: auth.scopes } : {}),
  };
}

/** Written out, not taken from the function's output: a preview then shows the whole policy. */
function grantOf({ account, bucket }: Stack, target: TargetPlan): TargetGrant {
  return {
    key: target.server,
    functionArn: functionArn(account, target),
    schemaArn: objectArn(account, bucket, target.schemaKey),
  };
}

function functionArn(account: Account, target: TargetPlan): string {
  return arnOf(account, 'lambda', `function:${target.function.name}`);
}
