/**
 * A private network for the functions: no route to the internet, endpoints for the services that their servers call.
 * Made from @pulumi/aws's own resources, not awsx: its VPC is a component of another plugin, and this one needs no
 * public subnets, gateways or addresses, which is most of what that brings.
 */
import * as pulumi from '@pulumi/pulumi';
import { type EndpointPlan, endpointsOf } from '../../plan/endpoints.ts';
import { RouteTable, RouteTableAssociation, SecurityGroup, Subnet, Vpc, VpcEndpoint } from '../aws.ts';
import type { Stack } from '../stack.ts';

/** What a function needs to lie in a network. */
export interface NetworkPlace {
  subnetIds: pulumi.Input<string>[];
  securityGroupIds: pulumi.Input<string>[];
  /** What must exist before a function in it can reach anything. */
  ready: pulumi.Resource[];
}

export interface PrivateNetworkSettings {
  cidr: string;
  zones: string[];
}

/** Undefined when functions lie in no network. */
export function makeNetwork(
  stack: Stack,
  options: pulumi.ComponentResourceOptions,
): NetworkPlace | undefined {
  const { outbound } = stack.plan.settings.network;
  if (!outbound) return undefined;
  if ('zones' in outbound) return new PrivateNetwork(stack, outbound, options);
  return { subnetIds: outbound.subnets, securityGroupIds: outbound.securityGroups, ready: [] };
}

export class PrivateNetwork extends pulumi.ComponentResource implements NetworkPlace {
  readonly subnetIds: pulumi.Output<string>[];
  readonly securityGroupIds: pulumi.Output<string>[];
  readonly ready: pulumi.Resource[];

  constructor(stack: Stack, settings: PrivateNetworkSettings, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:network:PrivateNetwork', 'network', {}, options);
    const child = { parent: this };
    const name = stack.plan.gateway.name;
    const vpc = new Vpc(
      'network',
      { cidrBlock: settings.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
      child,
    );
    // No route but the local one: nothing leads out.
    const routes = new RouteTable('network', { vpcId: vpc.id }, child);
    const subnets = settings.zones.map((zone, index) => {
      const subnet = new Subnet(
        zone,
        { vpcId: vpc.id, availabilityZone: zone, cidrBlock: subnetOf(settings.cidr, index) },
        child,
      );
      new RouteTableAssociation(zone, { subnetId: subnet.id, routeTableId: routes.id }, child);
      return subnet;
    });
    const inside = { protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: [settings.cidr] };
    const endpointGroup = new SecurityGroup(
      'endpoints',
      {
        name: `${name}-endpoints`,
        description: 'Endpoints: TLS from the network',
        vpcId: vpc.id,
        ingress: [inside],
      },
      child,
    );
    this.subnetIds = subnets.map(({ id }) => id);
    const endpoints = endpointsOf(stack.plan).map((endpoint) =>
      this.#makeEndpoint(stack, endpoint, vpc, routes, endpointGroup),
    );
    const lists = endpoints.filter(({ kind }) => kind === 'Gateway').map(({ made }) => made.prefixListId);
    const functions = new SecurityGroup(
      'functions',
      {
        name: `${name}-functions`,
        description: 'Functions: TLS to endpoints',
        vpcId: vpc.id,
        egress: [
          inside,
          ...(lists.length > 0
            ? [{ protocol: 'tcp', fromPort: 443, toPort: 443, prefixListIds: lists }]
            : []),
        ],
      },
      child,
    );
    this.securityGroupIds = [functions.id];
    this.ready = endpoints.map(({ made }) => made);
    this.registerOutputs({ vpc: vpc.id });
  }

  #makeEndpoint(
    stack: Stack,
    { service, kind }: EndpointPlan,
    vpc: Vpc,
    routes: RouteTable,
    group: SecurityGroup,
  ): { kind: string; made: VpcEndpoint } {
    const made = new VpcEndpoint(
      service,
      {
        vpcId: vpc.id,
        serviceName: `com.amazonaws.${stack.account.region}.${service}`,
        vpcEndpointType: kind,
        ...(kind === 'Gateway'
          ? { routeTableIds: [routes.id] }
          : { subnetIds: this.subnetIds, securityGroupIds: [group.id], privateDnsEnabled: true }),
      },
      { parent: this },
    );
    return { kind, made };
  }
}

/** The network is a /20: one /24 a zone. */
export function subnetOf(cidr: string, index: number): string {
  const [a, b, c] = cidr.split('.').map(Number);
  return `${a}.${b}.${(c ?? 0) + index}.0/24`;
}
