/** What a private network costs, endpoint by endpoint, each with the cheaper choice where there is one. Pure. */
import { type EndpointPlan, endpointsOf } from '../network/endpoints.ts';
import { natZones, type OwnNetwork, ownNetwork } from '../network/network.ts';
import type { Plan } from '../types.ts';
import type { CostLine } from './lines.ts';
import { PRICES } from './prices.ts';

type Planned = Pick<Plan, 'settings' | 'targets'>;

export function networkLines(plan: Planned): CostLine[] {
  const own = ownNetwork(plan.settings);
  return [...inboundLine(plan), ...(own ? [...natLines(own), ...endpointLines(plan, own)] : [])];
}

/** The endpoint of the gateway service itself. */
function inboundLine({ settings }: Planned): CostLine[] {
  const { inbound } = settings.network;
  const zones =
    inbound === 'vpc'
      ? (ownNetwork(settings)?.zones.length ?? 0)
      : inbound !== 'public' && 'vpc' in inbound
        ? inbound.subnets.length
        : 0;
  if (zones === 0) return [];
  return [
    {
      what: `endpoint of the gateway in ${inZones(zones)}`,
      monthly: dollars(zones * PRICES.network.endpointZone),
      saves:
        zones > 1
          ? `one subnet: ${price(PRICES.network.endpointZone)}`
          : 'network.inbound: {endpoints}: one that exists',
    },
  ];
}

function natLines(own: OwnNetwork): CostLine[] {
  const count = natZones(own).length;
  if (count === 0) return [];
  return [
    {
      what: `${count === 1 ? 'a NAT gateway' : `${count} NAT gateways`} and ${count === 1 ? 'its address' : 'their addresses'}, without traffic ($${PRICES.network.natGigabyte} a GB)`,
      monthly: dollars(count * NAT),
      saves:
        count > 1 ? `network.outbound.internet: one-nat, ${price(NAT)}` : 'network.outbound.internet: none',
    },
  ];
}

const NAT = PRICES.network.natGateway + PRICES.network.publicAddress;

/** Each endpoint by its name: the price of a private network is its endpoints. S3 and DynamoDB have free ones. */
function endpointLines(plan: Planned, own: OwnNetwork): CostLine[] {
  const paid = endpointsOf(plan).filter(({ kind }) => kind === 'Interface');
  const each = dollars(own.zones.length * PRICES.network.endpointZone);
  return paid.map((endpoint) => ({
    what: `endpoint ${endpoint.service} in ${inZones(own.zones.length)}`,
    monthly: each,
    saves: cheaper(endpoint, own),
  }));
}

/** Where NAT costs less than all endpoints together: said once, as it changes what the network is. */
export function cheaperByNat(plan: Planned): string | undefined {
  const own = ownNetwork(plan.settings);
  if (own?.internet !== 'none') return undefined;
  const all = endpointLines(plan, own).reduce((sum, { monthly }) => sum + monthly, 0);
  if (NAT >= all) return undefined;
  return `its endpoints cost ${price(all)} a month; internet: one-nat with endpoints: free costs ${price(NAT)}, and then there is a way out`;
}

function cheaper({ servers }: EndpointPlan, own: OwnNetwork): string {
  const [only] = servers;
  const choices = [
    ...(own.zones.length > 1 ? [`one zone: ${price(PRICES.network.endpointZone)}`] : []),
    ...(servers.length === 1 ? [`servers.settings.${only}.network: none`] : []),
    ...(own.internet !== 'none' ? ['endpoints: free (by NAT)'] : []),
  ];
  return choices.length > 0 ? choices.join('; ') : 'network.servers: fewer servers in the VPC';
}

function inZones(count: number): string {
  return `${count} ${count === 1 ? 'zone' : 'zones'}`;
}

function dollars(amount: number): number {
  return Math.round(amount * 100) / 100;
}

function price(amount: number): string {
  return `$${amount.toFixed(2)}`;
}
