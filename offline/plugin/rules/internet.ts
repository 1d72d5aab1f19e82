/** EC2's ways to the internet as the service refuses: gateways, addresses, NAT and routes hold on to one another. */
import { at, textAt, type Values } from '../values.ts';
import { missing, ROUTES, SUBNET, VPC } from './network.ts';
import { arn, failure, pick, type Rule, type World } from './rule.ts';

const GATEWAY = 'aws:ec2/internetGateway:InternetGateway';
const NAT = 'aws:ec2/natGateway:NatGateway';
const ADDRESS = 'aws:ec2/eip:Eip';
const ROUTE = 'aws:ec2/route:Route';

const HEX = '0123456789abcdef';

function firstUser(world: World, type: string, key: string, id: string): string | undefined {
  return world.ofType(type).find((item) => textAt(item.inputs, key) === id)?.id;
}

/** Of the VPC of a subnet. */
function natIn(world: World, vpc: string | undefined): boolean {
  const subnets = world.ofType(SUBNET).filter((item) => textAt(item.inputs, 'vpcId') === vpc);
  return world.ofType(NAT).some((nat) => subnets.some(({ id }) => id === textAt(nat.inputs, 'subnetId')));
}

function natRefusal(inputs: Values, id: string, world: World): string | undefined {
  const address = textAt(inputs, 'allocationId') ?? '';
  const user = firstUser(world, NAT, 'allocationId', address);
  if (user !== undefined && user !== id)
    return `Resource.AlreadyAssociated: ${address} is associated already`;
  const subnet = textAt(inputs, 'subnetId');
  const vpc = textAt(world.ofType(SUBNET).find((item) => item.id === subnet)?.inputs, 'vpcId');
  const isOpen = world.ofType(GATEWAY).some((item) => textAt(item.inputs, 'vpcId') === vpc);
  return (
    missing(world, SUBNET, subnet, 'Subnet') ??
    missing(world, ADDRESS, address, 'Allocation') ??
    (isOpen ? undefined : `Gateway.NotAttached: Network ${vpc} has no Internet gateway attached`)
  );
}

function routeRefusal(inputs: Values, id: string, world: World): string | undefined {
  const gateway = textAt(inputs, 'gatewayId');
  const nat = textAt(inputs, 'natGatewayId');
  const taken = world.ofType(ROUTE).some((item) => item.id === id);
  if (taken) return 'RouteAlreadyExists: The route identified by that destination already exists.';
  return (
    missing(world, ROUTES, textAt(inputs, 'routeTableId'), 'RouteTable') ??
    (gateway === undefined ? undefined : missing(world, GATEWAY, gateway, 'InternetGateway')) ??
    (nat === undefined ? undefined : missing(world, NAT, nat, 'NatGateway'))
  );
}

export const internetRules: Record<string, Rule> = {
  [GATEWAY]: {
    replaces: ['region'],
    id: (_inputs, seed) => `igw-${pick(seed, 17, HEX)}`,
    outputs: (_inputs, id, world) => ({
      arn: arn(world, 'ec2', `internet-gateway/${id}`),
      ownerId: world.account,
    }),
    refuse(change, inputs, id, world) {
      const vpc = textAt(inputs, 'vpcId');
      if (change === 'delete') {
        return natIn(world, vpc)
          ? `DependencyViolation: Network ${vpc} has some mapped public address(es).`
          : undefined;
      }
      const other = firstUser(world, GATEWAY, 'vpcId', vpc ?? '');
      return other !== undefined && other !== id
        ? `Resource.AlreadyAssociated: resource ${vpc} is already attached to another gateway`
        : missing(world, VPC, vpc, 'Vpc');
    },
  },
  [ADDRESS]: {
    replaces: ['domain', 'region'],
    id: (_inputs, seed) => `eipalloc-${pick(seed, 17, HEX)}`,
    outputs: (_inputs, id, world) => ({
      allocationId: id,
      arn: arn(world, 'ec2', `elastic-ip/${id}`),
      // Of a range that is kept for documentation.
      publicIp: '192.0.2.1',
    }),
    refuse: (change, _inputs, id, world) =>
      change === 'delete' && firstUser(world, NAT, 'allocationId', id) !== undefined
        ? `InvalidIPAddress.InUse: Address with allocation id [${id}] is in use.`
        : undefined,
  },
  [NAT]: {
    replaces: ['subnetId', 'allocationId', 'connectivityType', 'region'],
    id: (_inputs, seed) => `nat-${pick(seed, 17, HEX)}`,
    outputs: (_inputs, id) => ({ networkInterfaceId: `eni-${pick(id, 17, HEX)}`, publicIp: '192.0.2.1' }),
    check: (inputs) =>
      at(inputs, 'allocationId') === undefined && textAt(inputs, 'connectivityType') !== 'private'
        ? [failure('allocationId', 'required for a public NAT gateway')]
        : [],
    refuse: (change, inputs, id, world) => (change === 'delete' ? undefined : natRefusal(inputs, id, world)),
  },
  [ROUTE]: {
    replaces: ['routeTableId', 'destinationCidrBlock', 'region'],
    id: (inputs) => `r-${textAt(inputs, 'routeTableId')}${textAt(inputs, 'destinationCidrBlock')}`,
    outputs: () => ({ origin: 'CreateRoute', state: 'active' }),
    check(inputs) {
      const targets = ['gatewayId', 'natGatewayId', 'transitGatewayId'].filter(
        (key) => (inputs[key] ?? null) !== null,
      );
      return targets.length === 1 ? [] : [failure('gatewayId', `exactly one target, got ${targets.length}`)];
    },
    refuse: (change, inputs, id, world) =>
      change === 'create' ? routeRefusal(inputs, id, world) : undefined,
  },
};
