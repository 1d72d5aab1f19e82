/** The network: VPC, subnets, routes, endpoints, and the way out. */
import { isObject, type Value, type Values } from '../../../offline/plugin/values.ts';
import { expandFirst } from '../expand.ts';
import { type Lifecycle, type Listing, type Made, type Step, step, tagList, text } from '../resource.ts';

const SERVICE = 'ec2';

/** Tags at creation. */
function tagged(made: Made, kind: string): Values {
  return { TagSpecifications: [{ ResourceType: kind, Tags: tagList(made) }] };
}

function listed(operation: string, path: string): Listing {
  return { service: SERVICE, operation, path, identity: ({ id }) => id };
}

/** One call makes it, one deletes it by its id. */
function plain(
  noun: string,
  kind: string,
  { idParam = `${noun}Id`, left }: { idParam?: string; left: Listing },
): Lifecycle {
  return {
    create: (made) => [
      step(
        SERVICE,
        `Create${noun}`,
        { ...expandFirst(made), ...tagged(made, kind) },
        { binds: { [made.id]: `${noun}.${idParam}` } },
      ),
    ],
    delete: (made) => [step(SERVICE, `Delete${noun}`, { [idParam]: made.id })],
    left,
  };
}

function vpcAttributes({ id, inputs }: Made): Step[] {
  const modify = (name: string, Value: boolean) =>
    step(SERVICE, 'ModifyVpcAttribute', { VpcId: id, [name]: { Value } });
  // Only what is not as a new VPC has it.
  return [
    ...(inputs.enableDnsHostnames === true ? [modify('EnableDnsHostnames', true)] : []),
    ...(inputs.enableDnsSupport === false ? [modify('EnableDnsSupport', false)] : []),
  ];
}

function permissions(rules: Value | undefined): Value[] {
  const list = Array.isArray(rules) ? rules.filter(isObject) : [];
  return list.map(({ protocol, fromPort, toPort, cidrBlocks, prefixListIds }) => ({
    IpProtocol: protocol ?? null,
    FromPort: fromPort ?? null,
    ToPort: toPort ?? null,
    ...(Array.isArray(cidrBlocks) ? { IpRanges: cidrBlocks.map((CidrIp) => ({ CidrIp })) } : {}),
    ...(Array.isArray(prefixListIds)
      ? { PrefixListIds: prefixListIds.map((PrefixListId) => ({ PrefixListId })) }
      : {}),
  }));
}

/** A new group lets everything out: the provider takes that away before it writes the rules. */
function groupSteps(made: Made): Step[] {
  const everything = { IpProtocol: '-1', FromPort: 0, ToPort: 0 };
  const revoke = (ranges: Values) => ({ GroupId: made.id, IpPermissions: [{ ...everything, ...ranges }] });
  const authorize = (operation: string, rules: Value | undefined) => {
    const IpPermissions = permissions(rules);
    return IpPermissions.length > 0 ? [step(SERVICE, operation, { GroupId: made.id, IpPermissions })] : [];
  };
  return [
    step(
      SERVICE,
      'CreateSecurityGroup',
      { ...expandFirst(made), ...tagged(made, 'security-group') },
      { binds: { [made.id]: 'GroupId' } },
    ),
    step(SERVICE, 'RevokeSecurityGroupEgress', revoke({ IpRanges: [{ CidrIp: '0.0.0.0/0' }] })),
    step(SERVICE, 'RevokeSecurityGroupEgress', revoke({ Ipv6Ranges: [{ CidrIpv6: '::/0' }] }), {
      // A group of a VPC without IPv6 has no such rule.
      accepts: ['InvalidPermission.NotFound', 'InvalidParameterValue'],
    }),
    ...authorize('AuthorizeSecurityGroupIngress', made.inputs.ingress),
    ...authorize('AuthorizeSecurityGroupEgress', made.inputs.egress),
  ];
}

export const ec2: Record<string, Lifecycle> = {
  'aws:ec2/vpc:Vpc': (() => {
    const vpc = plain('Vpc', 'vpc', { left: listed('DescribeVpcs', 'Vpcs[].VpcId') });
    return { ...vpc, create: (made: Made) => [...vpc.create(made), ...vpcAttributes(made)] };
  })(),
  'aws:ec2/subnet:Subnet': plain('Subnet', 'subnet', {
    left: listed('DescribeSubnets', 'Subnets[].SubnetId'),
  }),
  'aws:ec2/routeTable:RouteTable': plain('RouteTable', 'route-table', {
    left: listed('DescribeRouteTables', 'RouteTables[].RouteTableId'),
  }),
  'aws:ec2/routeTableAssociation:RouteTableAssociation': {
    create: (made) => [
      step(SERVICE, 'AssociateRouteTable', expandFirst(made), { binds: { [made.id]: 'AssociationId' } }),
    ],
    delete: (made) => [step(SERVICE, 'DisassociateRouteTable', { AssociationId: made.id })],
    left: listed('DescribeRouteTables', 'RouteTables[].Associations[?!Main][].RouteTableAssociationId'),
  },
  'aws:ec2/route:Route': {
    create: (made) => [step(SERVICE, 'CreateRoute', expandFirst(made))],
    delete: (made) => [
      step(SERVICE, 'DeleteRoute', {
        RouteTableId: text(made, 'routeTableId'),
        DestinationCidrBlock: text(made, 'destinationCidrBlock'),
      }),
    ],
    left: 'lies in its route table, which is deleted after it (checked as order)',
  },
  'aws:ec2/securityGroup:SecurityGroup': {
    create: groupSteps,
    delete: (made) => [step(SERVICE, 'DeleteSecurityGroup', { GroupId: made.id })],
    left: listed('DescribeSecurityGroups', 'SecurityGroups[].GroupId'),
  },
  'aws:ec2/vpcEndpoint:VpcEndpoint': {
    create: (made) => [
      step(
        SERVICE,
        'CreateVpcEndpoint',
        { ...expandFirst(made), ...tagged(made, 'vpc-endpoint') },
        { binds: { [made.id]: 'VpcEndpoint.VpcEndpointId' } },
      ),
    ],
    delete: (made) => [step(SERVICE, 'DeleteVpcEndpoints', { VpcEndpointIds: [made.id] })],
    left: listed('DescribeVpcEndpoints', "VpcEndpoints[?State != 'deleted'].VpcEndpointId"),
  },
  'aws:ec2/internetGateway:InternetGateway': {
    create: (made) => [
      step(SERVICE, 'CreateInternetGateway', tagged(made, 'internet-gateway'), {
        binds: { [made.id]: 'InternetGateway.InternetGatewayId' },
      }),
      step(SERVICE, 'AttachInternetGateway', { InternetGatewayId: made.id, VpcId: text(made, 'vpcId') }),
    ],
    delete: (made) => [
      step(SERVICE, 'DetachInternetGateway', { InternetGatewayId: made.id, VpcId: text(made, 'vpcId') }),
      step(SERVICE, 'DeleteInternetGateway', { InternetGatewayId: made.id }),
    ],
    left: listed('DescribeInternetGateways', 'InternetGateways[].InternetGatewayId'),
  },
  'aws:ec2/eip:Eip': {
    create: (made) => [
      step(
        SERVICE,
        'AllocateAddress',
        { ...expandFirst(made), ...tagged(made, 'elastic-ip') },
        { binds: { [made.id]: 'AllocationId' } },
      ),
    ],
    delete: (made) => [step(SERVICE, 'ReleaseAddress', { AllocationId: made.id })],
    left: listed('DescribeAddresses', 'Addresses[].AllocationId'),
  },
  'aws:ec2/natGateway:NatGateway': plain('NatGateway', 'natgateway', {
    left: listed('DescribeNatGateways', "NatGateways[?State != 'deleted'].NatGatewayId"),
  }),
};
