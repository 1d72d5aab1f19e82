/**
 * Prices in US dollars, us-east-1, one place, each group with where it was read. The totals are an estimate: other
 * regions cost up to a third more, and AWS changes prices without asking. What stands as `unverified` was not read on a
 * page, a price list or a bill by us: it is generally known, and to be checked before it is relied on.
 */
export const PRICES = {
  /** When they were collected. */
  date: '2026-11',
  gateway: {
    source: 'https://blog.serverworks.co.jp/agentcore_gateway-pricing (2026-03-11, quotes the official page)',
    /** tools/call, tools/list, ping. */
    million: 5,
    searchMillion: 25,
    /** Index of the semantic search, a month and 100 tools. */
    indexHundredTools: 0.02,
    policyCheckMillion: 25,
  },
  lambda: {
    source: 'unverified',
    requestMillion: 0.2,
    gigabyteSecond: { arm64: 0.0000133334, x86_64: 0.0000166667 },
  },
  cognito: {
    source:
      'https://dev.classmethod.jp/articles/amazon-cognito-tiered-pricing-m2m-usage (2024-05-13, quotes the official page: $6 for each of up to 100 clients, $2.25 for each of the first 250 thousand-token lots); the token price also at https://cur.vantage-api.com/aws/amazoncognito/user-pools-m2m/cupm2mtokenrequestsfull (2025-04-27)',
    /** A machine client, a month. */
    machineClient: 6,
    /** A token that a machine client gets. */
    token: 0.00225,
  },
  logs: { source: 'unverified', gigabyte: 0.5 },
  cloudwatch: { source: 'unverified', alarm: 0.1, dashboard: 3, metric: 0.3 },
  network: {
    source:
      'endpoints: https://aws.amazon.com/privatelink/pricing/ and https://awsnegotiations.com/privatelink-cost-analysis.html (2026-05: $0.01 an hour and zone, $0.01 a GB); NAT and addresses unverified',
    /** Interface endpoint, a month and availability zone. */
    endpointZone: 7.3,
    endpointGigabyte: 0.01,
    /** NAT gateway, a month, without traffic. */
    natGateway: 32.85,
    natGigabyte: 0.045,
    /** A public IPv4 address, a month: each NAT gateway has one. */
    publicAddress: 3.65,
  },
  kms: { source: 'unverified', key: 1 },
  waf: { source: 'unverified', acl: 5, rule: 1, requestMillion: 0.6 },
  cloudtrail: { source: 'unverified', dataEventMillion: 1 },
  storage: { source: 'unverified', gigabyteMonth: 0.023 },
} as const;
