/** The way out of the stack's network: NAT in a public subnet, which nothing else lies in. Only when asked for. */
import * as pulumi from '@pulumi/pulumi';
import { natZones, type OwnNetwork } from '../../plan/network/network.ts';
import {
  Eip,
  InternetGateway,
  NatGateway,
  Route,
  RouteTable,
  RouteTableAssociation,
  Subnet,
  type Vpc,
} from '../aws.ts';
import { publicSubnetOf } from '../subnets.ts';

interface Inside {
  /** Of the gateway: for people who look at the network. */
  name: string;
  vpc: Vpc;
  /** Of the private subnets, by zone; one for all under the empty name. */
  routes: ReadonlyMap<string, RouteTable>;
}

const ANYWHERE = '0.0.0.0/0';

export class Internet extends pulumi.ComponentResource {
  /** Routes of the private subnets: with them the internet can be reached. */
  readonly ways: pulumi.Resource[];

  constructor(settings: OwnNetwork, inside: Inside, options: pulumi.ComponentResourceOptions) {
    super('mcpgw:network:Internet', 'internet', {}, options);
    const child = { parent: this };
    const { vpc, name } = inside;
    const gateway = new InternetGateway('internet', { vpcId: vpc.id, tags: { Name: name } }, child);
    const open = new RouteTable('public', { vpcId: vpc.id, tags: { Name: `${name}-public` } }, child);
    const out = new Route(
      'public',
      { routeTableId: open.id, destinationCidrBlock: ANYWHERE, gatewayId: gateway.id },
      child,
    );
    const nats = new Map(
      natZones(settings).map((zone, index) => {
        const cidrBlock = publicSubnetOf(settings.cidr, index);
        return [zone, this.#makeNat(zone, cidrBlock, inside, open, out)] as const;
      }),
    );
    this.ways = [...inside.routes].map(([zone, table]) => {
      const nat = nats.get(zone) ?? [...nats.values()][0];
      if (!nat) throw new Error('no NAT gateway');
      const key = zone === '' ? 'private' : `private-${zone}`;
      return new Route(
        key,
        { routeTableId: table.id, destinationCidrBlock: ANYWHERE, natGatewayId: nat.id },
        child,
      );
    });
    this.registerOutputs({});
  }

  #makeNat(zone: string, cidrBlock: string, { name, vpc }: Inside, open: RouteTable, out: Route): NatGateway {
    const child = { parent: this };
    const key = `public-${zone}`;
    const subnet = new Subnet(
      key,
      // Nothing in it gets a public address by itself.
      { vpcId: vpc.id, availabilityZone: zone, cidrBlock, mapPublicIpOnLaunch: false, tags: { Name: key } },
      child,
    );
    new RouteTableAssociation(key, { subnetId: subnet.id, routeTableId: open.id }, child);
    const address = new Eip(key, { domain: 'vpc', tags: { Name: `${name}-${zone}` } }, child);
    return new NatGateway(
      key,
      { subnetId: subnet.id, allocationId: address.id, tags: { Name: `${name}-${zone}` } },
      { ...child, dependsOn: [out] },
    );
  }
}
