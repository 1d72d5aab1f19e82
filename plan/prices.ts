/**
 * Prices in US dollars, us-east-1, one place. Read from public pages and reports, not from a bill: the totals are an
 * estimate, and other regions cost up to a third more.
 */
export const PRICES = {
  /** When they were collected. */
  date: '2026-11',
  gateway: {
    /** tools/call, tools/list, ping. */
    million: 5,
    searchMillion: 25,
    /** Index of the semantic search, a month and 100 tools. */
    indexHundredTools: 0.02,
    policyCheckMillion: 25,
  },
  lambda: {
    requestMillion: 0.2,
    gigabyteSecond: { arm64: 0.0000133334, x86_64: 0.0000166667 },
  },
  cognito: {
    /** A machine client, a month. */
    machineClient: 6,
    /** A token that a machine client gets. */
    token: 0.00225,
  },
  logs: { gigabyte: 0.5 },
  cloudwatch: { alarm: 0.1, dashboard: 3, metric: 0.3 },
  /** Interface endpoint, a month and availability zone. */
  endpointZone: 7.3,
  /** NAT gateway, a month, without traffic. */
  natGateway: 32.85,
  kmsKey: 1,
  waf: { acl: 5, rule: 1, requestMillion: 0.6 },
} as const;
