/**
 * A private network for the functions: endpoints for the services that their servers call, and no way to the internet
 * unless the settings ask for NAT. Made from @pulumi/aws's own resources, not awsx (docs/network.md says why).
 */
import * as pulumi from '@pulumi/pulumi';
import { type EndpointPlan, endpointsOf } from '../../plan/network/endpoints.ts';
import { type OwnNetwork, ownNetwork, placeOf } from '../../plan/network/network.ts';
import type { Settings } from '../../plan/settings/settings.ts';
import { RouteTable, RouteTableAssociation, SecurityGroup, Subnet, Vpc, VpcEndpoint } from '../aws.ts';
import { endpointPolicy } from '../endpoint-policy.ts';
import type { Stack } from '../stack.ts';
import { subnetOf } from '../subnets.ts';
import { Internet } from './internet.ts';

/** What a function needs to lie in a network. */
export interface NetworkPlace {
  subnetIds: pulumi.Input<string>[];
  securityGroupIds: pulumi.Input<string>[];
  /** What must exist before a function in it can reach anything. */
  ready: pulumi.Resource[];
}

/** Undefined unless the settings ask for a network of the stack's own. */
export function makeNetwork(
  stack: Stack,
  options: pulumi.ComponentResourceOptions,
): PrivateNetwork | undefined {
  const own = ownNetwork(stack.plan.settings);
  return own && new PrivateNetwork(stack, own, options);
}

/** Where one server's function lies; undefined outside any VPC. */
export function placeFor(
  settings: Settings,
  server: string,
  made: NetworkPlace | undefined,
): NetworkPlace | undefined {
  const place = placeOf(settings, server);
  if (place.kind === 'none') return undefined;
  if (place.kind === 'stack' && made) return made;
  const given = place.kind === 'chosen' ? place : settings.network.outbound;
  if (!given || !('subnets' in given)) throw new Error(`no network for ${server}`);
  return { subnetIds: given.subnets, securityGroupIds: given.securityGroups, ready: [] };
}

export class PrivateNetwork extends pulumi.ComponentResource implements NetworkPlace {
  readonly vpcId: pulumi.Output<string>;
  readonly subnetIds: pulumi.Output<string>[];
  readonly securityGroupIds: pulumi.Output<string>[];
  readonly ready: pulumi.Resource[];

  constructor(stack: Stack, settings: OwnNetwork, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:network:PrivateNetwork', 'network', {}, options);
    const child = { parent: this };
    const name = stack.plan.gateway.name;
    const vpc = new Vpc(
      'network',
      { cidrBlock: settings.cidr, enableDnsSupport: true, enableDnsHostnames: true, tags: { Name: name } },
      child,
    );
    this.vpcId = vpc.id;
    const routes = this.#makeRoutes(settings, vpc);
    const subnets = settings.zones.map((zone, index) =>
      this.#makeSubnet(zone, subnetOf(settings.cidr, index), vpc, routeOf(routes, zone)),
    );
    this.subnetIds = subnets.map(({ id }) => id);
    const plans = endpointsOf(stack.plan);
    const ports = [...new Set([443, ...plans.map(({ port }) => port)])];
    const group = this.#makeEndpointGroup(name, settings.cidr, ports, vpc);
    const endpoints = plans.map((plan) => ({
      plan,
      made: this.#makeEndpoint(stack, plan, vpc, [...routes.values()], group),
    }));
    const lists = endpoints
      .filter(({ plan }) => plan.kind === 'Gateway')
      .map(({ made }) => made.prefixListId);
    const isOpen = settings.internet !== 'none';
    const functions = new SecurityGroup(
      'functions',
      {
        name: `${name}-functions`,
        // Never another text: a description cannot be changed, and functions hold on to the group.
        description: 'Functions: TLS only',
        vpcId: vpc.id,
        egress: [
          ...ports.map((port) => ({ ...tcp(port), cidrBlocks: [settings.cidr] })),
          ...(lists.length > 0 ? [{ ...tcp(443), prefixListIds: lists }] : []),
          ...(isOpen ? [{ ...tcp(443), cidrBlocks: ['0.0.0.0/0'] }] : []),
        ],
      },
      child,
    );
    this.securityGroupIds = [functions.id];
    const ways = isOpen ? new Internet(settings, { name, vpc, routes }, child).ways : [];
    this.ready = [...endpoints.map(({ made }) => made), ...ways];
    this.registerOutputs({ vpc: vpc.id });
  }

  /** By zone where each has its own way out; otherwise one for all, under the empty name. */
  #makeRoutes({ internet, zones }: OwnNetwork, vpc: Vpc): Map<string, RouteTable> {
    const keys = internet === 'nat-per-zone' ? zones : [''];
    return new Map(
      keys.map((zone) => {
        const key = zone === '' ? 'network' : `network-${zone}`;
        return [zone, new RouteTable(key, { vpcId: vpc.id }, { parent: this })] as const;
      }),
    );
  }

  #makeSubnet(zone: string, cidrBlock: string, vpc: Vpc, routes: RouteTable): Subnet {
    const subnet = new Subnet(zone, { vpcId: vpc.id, availabilityZone: zone, cidrBlock }, { parent: this });
    new RouteTableAssociation(zone, { subnetId: subnet.id, routeTableId: routes.id }, { parent: this });
    return subnet;
  }

  #makeEndpointGroup(name: string, cidr: string, ports: number[], vpc: Vpc): SecurityGroup {
    return new SecurityGroup(
      'endpoints',
      {
        name: `${name}-endpoints`,
        description: 'Endpoints: TLS from the network',
        vpcId: vpc.id,
        ingress: ports.map((port) => ({ ...tcp(port), cidrBlocks: [cidr] })),
      },
      { parent: this },
    );
  }

  #makeEndpoint(
    stack: Stack,
    endpoint: EndpointPlan,
    vpc: Vpc,
    routes: RouteTable[],
    group: SecurityGroup,
  ): VpcEndpoint {
    const policy = endpointPolicy(stack.account.id, stack.plan, endpoint);
    return new VpcEndpoint(
      endpoint.service,
      {
        vpcId: vpc.id,
        serviceName: endpoint.name,
        vpcEndpointType: endpoint.kind,
        ...(policy ? { policy } : {}),
        ...(endpoint.kind === 'Gateway'
          ? { routeTableIds: routes.map(({ id }) => id) }
          : { subnetIds: this.subnetIds, securityGroupIds: [group.id], privateDnsEnabled: true }),
      },
      { parent: this },
    );
  }
}

function routeOf(routes: ReadonlyMap<string, RouteTable>, zone: string): RouteTable {
  const table = routes.get(zone) ?? routes.get('');
  if (!table) throw new Error(`no routes for ${zone}`);
  return table;
}

function tcp(port: number): { protocol: string; fromPort: number; toPort: number } {
  return { protocol: 'tcp', fromPort: port, toPort: port };
}
