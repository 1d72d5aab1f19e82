/**
 * Prices in US dollars, us-east-1, one place, each group with where it was read, and that page's date. Most are stored
 * copies of other people's pages that quote AWS's; no price list and no bill was read. The totals are an estimate: other
 * regions cost up to a third more, and AWS changes prices without asking. `unverified` stands where no page was found.
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
    source:
      'https://wring.co/blog/aws-lambda-pricing-guide (2026-03-08); time also at https://cloudchipr.com/blog/aws-lambda-pricing (2024, us-east-1: up to 6 and 7.5 billion GB-seconds a month)',
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
  logs: {
    source:
      'https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards (2026-06-13) and https://hykell.com/kb/platform-specific-guides/aws-cloudwatch-logs-pricing (undated): $0.50 a GB taken in; that the gateway’s delivered records cost the same is unverified',
    gigabyte: 0.5,
  },
  cloudwatch: {
    source:
      'dashboard: https://www.factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards (2026-06-13); alarm: https://c3x.dev/resources/aws/aws_cloudwatch_metric_alarm (undated); into how many metrics an alarm on a query counts is unverified',
    alarm: 0.1,
    dashboard: 3,
  },
  network: {
    source:
      'endpoints: https://aws.amazon.com/privatelink/pricing/ and https://awsnegotiations.com/privatelink-cost-analysis.html (2026-05: $0.01 an hour and zone, $0.01 a GB); NAT and addresses: https://cloudburn.io/blog/aws-nat-gateway-pricing (2026-02-24: $0.045 an hour, $0.045 a GB, $0.005 an hour and address), NAT also at https://basavytix.com/blog/aws-nat-gateway-pricing (undated, 730 hours: $32.85)',
    /** Interface endpoint, a month and availability zone. */
    endpointZone: 7.3,
    endpointGigabyte: 0.01,
    /** NAT gateway, a month, without traffic. */
    natGateway: 32.85,
    natGigabyte: 0.045,
    /** A public IPv4 address, a month: each NAT gateway has one. */
    publicAddress: 3.65,
  },
  kms: {
    source:
      'https://aws.amazon.com/kms/pricing/ (undated copy); also https://cloudburn.io/blog/aws-kms-pricing (2026-03-14)',
    /** A month; each of the first yearly rotations adds as much. */
    key: 1,
  },
  waf: {
    source:
      'https://awsnegotiations.com/waf-pricing-strategy.html (2026) and https://c3x.dev/blog/aws-waf-cost-explained/ (undated)',
    acl: 5,
    rule: 1,
    requestMillion: 0.6,
  },
  cloudtrail: {
    source: 'https://aws.amazon.com/cloudtrail/pricing/ (undated copy: $0.10 for 100,000 data events)',
    dataEventMillion: 1,
  },
} as const;
