/** What is recorded of calls, and how it is found again. Pure. */
import { LIMITS, shorten } from '../plan/names.ts';
import type { Plan } from '../plan/types.ts';
import { type Account, arnOf } from './account.ts';

type Place = Pick<Account, 'id' | 'region' | 'partition'>;

export interface AuditNames {
  trail: string;
  bucket: string;
  logGroup: string;
  role: string;
}

export function auditNames({ gateway, settings }: Plan, { id, region }: Place): AuditNames {
  const prefix = settings.names.prefix ?? gateway.name;
  return {
    trail: `${gateway.name}-audit`,
    // Buckets are named in the whole world: by account and region.
    bucket: settings.audit?.bucket ?? shorten(`${gateway.name}-audit-${id}-${region}`, 63),
    logGroup: `/mcpgw/${gateway.name}/audit`,
    role: shorten(`${prefix}-audit-${region}`, LIMITS.roleName),
  };
}

interface Field<Arn> {
  field: string;
  equals?: (string | Arn)[];
  startsWiths?: string[];
}

interface Selector<Arn> {
  name: string;
  fieldSelectors: Field<Arn>[];
}

/** A trail takes 500 conditions; some are needed for what kind of event is meant. */
const MOST_FUNCTIONS = 480;

/** Data events of the stack's gateways and functions, and of nothing else in the account. ARNs may come later. */
export function eventSelectors<Arn>(plan: Plan, place: Place, gateways: readonly Arn[]): Selector<Arn>[] {
  const prefix = plan.settings.names.prefix ?? plan.gateway.name;
  const functions = plan.targets.map((target) => arnOf(place, 'lambda', `function:${target.function.name}`));
  const named =
    functions.length <= MOST_FUNCTIONS
      ? { equals: functions }
      : { startsWiths: [arnOf(place, 'lambda', `function:${prefix}-`)] };
  return [
    selector<Arn>('Requests to the gateway', 'AWS::BedrockAgentCore::Gateway', { equals: [...gateways] }),
    ...(functions.length > 0
      ? [selector<Arn>('Calls of the functions', 'AWS::Lambda::Function', named)]
      : []),
  ];
}

function selector<Arn>(name: string, type: string, which: Omit<Field<Arn>, 'field'>): Selector<Arn> {
  return {
    name,
    fieldSelectors: [
      { field: 'eventCategory', equals: ['Data'] },
      { field: 'resources.type', equals: [type] },
      { field: 'resources.ARN', ...which },
    ],
  };
}

export interface SavedQuery {
  key: string;
  name: string;
  logGroupNames: string[];
  queryString: string;
}

/** A query looks into so many log groups. */
const GROUPS = 50;

/**
 * The gateway's request id stands in the gateway's record (`request_id`), in CloudTrail's event of the request
 * (`requestID`) and in the function's line (`gatewayRequestId`); that line holds the function's own request id, by which
 * CloudTrail names the invocation, and every AWS call that the server made. The token's subject stands in CloudTrail's
 * event of the request, and in the function's line where `observe.subject` asks for it. `shared`: the log groups beside the
 * functions' own.
 */
export function savedQueries({ gateway, targets }: Plan, shared: readonly string[]): SavedQuery[] {
  const own = targets.map((target) => target.function.logGroup);
  const room = GROUPS - shared.length;
  const pages = Array.from({ length: Math.max(1, Math.ceil(own.length / room)) }, (_, index) =>
    own.slice(index * room, (index + 1) * room),
  );
  return pages.flatMap((page, index) => {
    const number = pages.length === 1 ? '' : `-${index + 1}`;
    const logGroupNames = [...shared, ...page];
    return [
      { what: 'one-call', queryString: ONE_CALL },
      { what: 'calls-by-tool', queryString: BY_TOOL },
    ].map(({ what, queryString }) => ({
      key: `${what}${number}`,
      name: `mcpgw/${gateway.name}/${what}${number}`,
      logGroupNames,
      queryString,
    }));
  });
}

const ONE_CALL = [
  '# Put the request id of the gateway, of the function or of CloudTrail between the quotes.',
  'fields @timestamp, @log, coalesce(gatewayRequestId, request_id, requestID) as call, requestId as invocation,',
  '  subject, server, tool, outcome, ms, coalesce(aws.0.action, eventName) as did, errorCode, @message',
  '| filter @message like "REQUEST-ID"',
  '| sort @timestamp asc',
].join('\n');

const BY_TOOL = [
  'filter event = "call"',
  '| stats count(*) as calls, pct(ms, 95) as p95 by server, tool, subject, outcome',
  '| sort calls desc',
].join('\n');
