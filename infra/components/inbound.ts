/** The private way in: an endpoint of the gateway service in a VPC, and the policy by which a gateway takes no other. */
import * as pulumi from '@pulumi/pulumi';
import { endpointName } from '../../plan/network/endpoint-names.ts';
import { ownNetwork } from '../../plan/network/network.ts';
import { AgentcoreResourcePolicy, SecurityGroup, VpcEndpoint } from '../aws.ts';
import type { Stack } from '../stack.ts';
import { inboundPolicy } from '../trust.ts';
import type { Gateway } from './gateway.ts';
import type { PrivateNetwork } from './network.ts';

interface EndpointPlace {
  vpcId: pulumi.Input<string>;
  subnetIds: pulumi.Input<string>[];
  /** Addresses that may reach it. */
  from: string[];
}

/** Ids of the endpoints that gateways admit; undefined when they are public. */
export function makeInbound(
  stack: Stack,
  network: PrivateNetwork | undefined,
  options: pulumi.ComponentResourceOptions,
): pulumi.Input<string>[] | undefined {
  const { settings } = stack.plan;
  const { inbound } = settings.network;
  if (inbound === 'public') return undefined;
  if (inbound !== 'vpc' && 'endpoints' in inbound) return inbound.endpoints;
  if (inbound !== 'vpc') {
    const place = { vpcId: inbound.vpc, subnetIds: inbound.subnets, from: inbound.from };
    return [new InboundEndpoint(stack, place, options).id];
  }
  const own = ownNetwork(settings);
  if (!network || !own) throw new Error('no network for the endpoint of the gateway');
  const place = { vpcId: network.vpcId, subnetIds: network.subnetIds, from: [own.cidr] };
  return [new InboundEndpoint(stack, place, options).id];
}

class InboundEndpoint extends pulumi.ComponentResource {
  readonly id: pulumi.Output<string>;

  constructor(stack: Stack, place: EndpointPlace, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:network:InboundEndpoint', 'inbound', {}, options);
    const group = new SecurityGroup(
      'inbound',
      {
        name: `${stack.plan.gateway.name}-inbound`,
        description: 'Endpoint of the gateway: TLS from where agents run',
        vpcId: place.vpcId,
        ingress: [{ protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: place.from }],
      },
      { parent: this },
    );
    this.id = new VpcEndpoint(
      'inbound',
      {
        vpcId: place.vpcId,
        serviceName: endpointName('bedrock-agentcore.gateway', stack.account.region),
        vpcEndpointType: 'Interface',
        subnetIds: place.subnetIds,
        securityGroupIds: [group.id],
        // The gateway's URL stays what it is, and leads here.
        privateDnsEnabled: true,
      },
      { parent: this },
    ).id;
    this.registerOutputs({ id: this.id });
  }
}

/** Refuses calls that come any other way. */
export function admitOnly(key: string, gateway: Gateway, endpoints: pulumi.Input<string>[]): void {
  const policy = pulumi
    .all([gateway.arn, pulumi.all(endpoints)])
    .apply(([arn, ids]) => inboundPolicy(arn, ids));
  new AgentcoreResourcePolicy(key, { resourceArn: gateway.arn, policy }, { parent: gateway });
}
