/** EC2's networks as the service refuses: what lies in a network that does not exist, and what still holds something. */
import { at, textAt, type Values } from '../values.ts';
import { arn, pick, type Rule, type World } from './rule.ts';

const VPC = 'aws:ec2/vpc:Vpc';
const SUBNET = 'aws:ec2/subnet:Subnet';
const GROUP = 'aws:ec2/securityGroup:SecurityGroup';
const ROUTES = 'aws:ec2/routeTable:RouteTable';
const ASSOCIATION = 'aws:ec2/routeTableAssociation:RouteTableAssociation';
const ENDPOINT = 'aws:ec2/vpcEndpoint:VpcEndpoint';

const HEX = '0123456789abcdef';
/** What a VPC cannot be deleted with. */
const INSIDE = [SUBNET, GROUP, ROUTES, ENDPOINT];

function missing(world: World, type: string, id: string | undefined, what: string): string | undefined {
  return world.ofType(type).some((item) => item.id === id)
    ? undefined
    : `Invalid${what}ID.NotFound: ${id} does not exist`;
}

function inVpc(prefix: string, replaces: string[], resource: string): Rule {
  return {
    replaces: ['vpcId', 'region', ...replaces],
    id: (_inputs, seed) => `${prefix}-${pick(seed, 17, HEX)}`,
    outputs: (_inputs, id, world) => ({
      arn: arn(world, 'ec2', `${resource}/${id}`),
      ownerId: world.account,
      ...(prefix === 'vpce' ? { prefixListId: `pl-${pick(id, 8, HEX)}`, state: 'available' } : {}),
    }),
    refuse: (change, inputs, id, world) =>
      change === 'delete' ? stillUsed(world, id) : missing(world, VPC, textAt(inputs, 'vpcId'), 'Vpc'),
  };
}

/** By a function, an endpoint or another group. */
function stillUsed(world: World, id: string): string | undefined {
  const users = [...world.ofType('aws:lambda/function:Function'), ...world.ofType(ENDPOINT)];
  const used = users.some(({ inputs, id: own }) => own !== id && JSON.stringify(inputs).includes(id));
  return used ? `DependencyViolation: resource ${id} has a dependent object` : undefined;
}

export const networkRules: Record<string, Rule> = {
  [VPC]: {
    replaces: ['cidrBlock', 'instanceTenancy', 'region'],
    id: (_inputs, seed) => `vpc-${pick(seed, 17, HEX)}`,
    outputs: (_inputs, id, world) => ({ arn: arn(world, 'ec2', `vpc/${id}`), ownerId: world.account }),
    refuse(change, _inputs, id, world) {
      if (change !== 'delete') return undefined;
      const held = INSIDE.some((type) =>
        world.ofType(type).some(({ inputs }) => textAt(inputs, 'vpcId') === id),
      );
      return held ? `DependencyViolation: The vpc ${id} has dependencies and cannot be deleted.` : undefined;
    },
  },
  [SUBNET]: inVpc('subnet', ['availabilityZone', 'cidrBlock'], 'subnet'),
  [GROUP]: inVpc('sg', ['name', 'description'], 'security-group'),
  [ROUTES]: inVpc('rtb', [], 'route-table'),
  [ENDPOINT]: {
    ...inVpc('vpce', ['serviceName', 'vpcEndpointType'], 'vpc-endpoint'),
    refuse(change, inputs, id, world) {
      if (change === 'delete') return undefined;
      const same = world
        .ofType(ENDPOINT)
        .some(
          (item) =>
            item.id !== id && isSameService(item.inputs, inputs) && at(inputs, 'privateDnsEnabled') === true,
        );
      if (same)
        return `InvalidParameter: private-dns-enabled cannot be set: another endpoint has ${textAt(inputs, 'serviceName')}`;
      return missing(world, VPC, textAt(inputs, 'vpcId'), 'Vpc');
    },
  },
  [ASSOCIATION]: {
    replaces: ['subnetId', 'gatewayId', 'region'],
    id: (_inputs, seed) => `rtbassoc-${pick(seed, 17, HEX)}`,
    outputs: () => ({}),
    refuse: (change, inputs, _id, world) =>
      change === 'delete'
        ? undefined
        : (missing(world, SUBNET, textAt(inputs, 'subnetId'), 'Subnet') ??
          missing(world, ROUTES, textAt(inputs, 'routeTableId'), 'RouteTable')),
  },
};

function isSameService(a: Values, b: Values): boolean {
  return ['serviceName', 'vpcId'].every((key) => textAt(a, key) === textAt(b, key));
}
