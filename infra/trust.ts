/** Trust and resource policies, as narrow as their services allow. */
import { type Account, arnOf } from './account.ts';

/** The gateway's id is not known before it exists: the condition names its prefix, so nothing goes round in a circle. */
export function gatewayTrust(account: Account, gatewayName: string): string {
  return trust('bedrock-agentcore.amazonaws.com', {
    StringEquals: { 'aws:SourceAccount': account.id },
    ArnLike: { 'aws:SourceArn': arnOf(account, 'bedrock-agentcore', `gateway/${gatewayName}-*`) },
  });
}

/** Lambda assumes an execution role without a source ARN, so no condition can name the function. */
export function lambdaTrust(): string {
  return trust('lambda.amazonaws.com');
}

/** CloudTrail, for one trail of this account. */
export function trailTrust(account: Account, trail: string): string {
  return trust('cloudtrail.amazonaws.com', {
    StringEquals: {
      'aws:SourceAccount': account.id,
      'aws:SourceArn': arnOf(account, 'cloudtrail', `trail/${trail}`),
    },
  });
}

function trust(service: string, condition?: Record<string, Record<string, string>>): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Effect: 'Allow',
        Principal: { Service: service },
        Action: 'sts:AssumeRole',
        ...(condition ? { Condition: condition } : {}),
      },
    ],
  });
}

/** Calls that do not come through one of the endpoints are refused, whoever's token they carry. */
export function inboundPolicy(gatewayArn: string, endpoints: readonly string[]): string {
  const statement = (sid: string, effect: string, operator: string) => ({
    Sid: sid,
    Effect: effect,
    Principal: '*',
    Action: 'bedrock-agentcore:InvokeGateway',
    Resource: gatewayArn,
    Condition: { [operator]: { 'aws:SourceVpce': endpoints } },
  });
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      statement('ThroughEndpoints', 'Allow', 'StringEquals'),
      statement('NotOtherwise', 'Deny', 'StringNotEquals'),
    ],
  });
}
