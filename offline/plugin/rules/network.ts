/** EC2's networks as the service refuses: what lies in a network that does not exist, and what still holds something. */
import { at, textAt, type Values } from '../values.ts';
import { arn, failure, pick, type Rule, type World } from './rule.ts';

export const VPC = 'aws:ec2/vpc:Vpc';
export const SUBNET = 'aws:ec2/subnet:Subnet';
const GROUP = 'aws:ec2/securityGroup:SecurityGroup';
export const ROUTES = 'aws:ec2/routeTable:RouteTable';
const ASSOCIATION = 'aws:ec2/routeTableAssociation:RouteTableAssociation';
const ENDPOINT = 'aws:ec2/vpcEndpoint:VpcEndpoint';

const HEX = '0123456789abcdef';
/** What a VPC cannot be deleted with. */
const INSIDE = [SUBNET, GROUP, ROUTES, ENDPOINT];

export function missing(
  world: World,
  type: string,
  id: string | undefined,
  what: string,
): string | undefined {
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

const plainSubnet = inVpc('subnet', ['availabilityZone', 'cidrBlock'], 'subnet');
const subnetRule: Rule = {
  ...plainSubnet,
  refuse(change, inputs, id, world) {
    const vpc = world.ofType(VPC).find((item) => item.id === textAt(inputs, 'vpcId'));
    const block = textAt(inputs, 'cidrBlock') ?? '';
    if (change === 'create' && vpc && !overlap(textAt(vpc.inputs, 'cidrBlock') ?? '', block))
      return `InvalidSubnet.Range: The CIDR '${block}' is invalid.`;
    const clash = world
      .ofType(SUBNET)
      .filter((item) => item.id !== id && textAt(item.inputs, 'vpcId') === vpc?.id)
      .some((item) => overlap(textAt(item.inputs, 'cidrBlock') ?? '', block));
    return change === 'create' && clash
      ? `InvalidSubnet.Conflict: The CIDR '${block}' conflicts with another subnet`
      : plainSubnet.refuse?.(change, inputs, id, world);
  },
};
const plainRoutes = inVpc('rtb', [], 'route-table');

/** Do two IPv4 blocks share an address? */
function overlap(a: string, b: string): boolean {
  const [one, two] = [blockOf(a), blockOf(b)];
  const bits = Math.min(one.bits, two.bits);
  return bits === 0 || one.address >>> (32 - bits) === two.address >>> (32 - bits);
}

function blockOf(text: string): { address: number; bits: number } {
  const [address = '', bits = '32'] = text.split('/');
  const number = address.split('.').reduce((sum, part) => (sum << 8) | Number(part), 0);
  return { address: number >>> 0, bits: Number(bits) };
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
  [SUBNET]: subnetRule,
  [GROUP]: inVpc('sg', ['name', 'description'], 'security-group'),
  [ROUTES]: {
    ...plainRoutes,
    refuse(change, inputs, id, world) {
      const used = world.ofType(ASSOCIATION).some((item) => textAt(item.inputs, 'routeTableId') === id);
      return change === 'delete' && used
        ? `DependencyViolation: The routeTable '${id}' has dependencies and cannot be deleted.`
        : plainRoutes.refuse?.(change, inputs, id, world);
    },
  },
  [ENDPOINT]: {
    ...inVpc('vpce', ['serviceName', 'vpcEndpointType'], 'vpc-endpoint'),
    check(inputs) {
      const kind = textAt(inputs, 'vpcEndpointType') ?? 'Gateway';
      const wrong =
        kind === 'Gateway' ? ['subnetIds', 'securityGroupIds', 'privateDnsEnabled'] : ['routeTableIds'];
      return wrong
        .filter((key) => (inputs[key] ?? null) !== null)
        .map((key) => failure(key, `not for an endpoint of type ${kind}`));
    },
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
