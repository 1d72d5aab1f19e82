/**
 * The stack's Cedar policy on this machine, evaluated by Cedar's own engine (WebAssembly) on the request that the
 * AgentCore gateway makes of a call: principal from `sub`, claims as its tags, the arguments in `context.input`.
 */
import { createRequire } from 'node:module';
import type * as cedar from '@cedar-policy/cedar-wasm/nodejs'; // the engine that the service uses, 4 MB: loaded when asked for
import type { Json, JsonObject } from '../plan/hash.ts';
import { cedarText, type Permit } from '../plan/policy/policy.ts';
import { NAMESPACE } from '../plan/policy/schema.ts';

export type Claims = Readonly<Record<string, unknown>>;

/** What the AgentCore gateway answers to a call that no policy permits (developer guide: Use a gateway with policy). */
export const DENIED =
  'AuthorizeActionException - Tool Execution Denied: Tool call not allowed due to policy enforcement [No policy applies to the request (denied by default).]';

export interface PolicyCheck {
  /** Refused calls are refused, and their tools not listed; otherwise it is only said in the log. */
  enforced: boolean;
  /** Undefined when the call is permitted. */
  judge(claims: Claims, tool: string, given: JsonObject): { enforced: boolean; text: string } | undefined;
}

export interface PolicyCheckOptions {
  permits: readonly Permit[];
  clientIds: Readonly<Record<string, string>>;
  /** Its name; locally it stands for the ARN. */
  gateway: string;
  mode: 'log-only' | 'enforce';
}

const require = createRequire(import.meta.url);

export function createPolicyCheck({ permits, clientIds, gateway, mode }: PolicyCheckOptions): PolicyCheck {
  const engine = require('@cedar-policy/cedar-wasm/nodejs') as typeof cedar;
  const enforced = mode === 'enforce';
  const policies = cedarText(permits, { gatewayArn: gateway, clientIds });
  const parsed = engine.preparsePolicySet(gateway, { staticPolicies: policies });
  if (parsed.type === 'failure') throw new Error(`policy of ${gateway}: ${parsed.errors[0]?.message}`);
  return {
    enforced,
    judge(claims, tool, given) {
      const answer = engine.statefulIsAuthorized({
        ...cedarRequest({ claims, tool, gateway, given }),
        preparsedPolicySetId: gateway,
      });
      // Whatever Cedar cannot decide is not permitted.
      if (answer.type === 'success' && answer.response.decision === 'allow') return undefined;
      return { enforced, text: DENIED };
    },
  };
}

export interface CedarCall {
  claims: Claims;
  /** `target___tool` */
  tool: string;
  /** ARN. */
  gateway: string;
  given: JsonObject;
}

/** The documented authorisation request, with the entities that it speaks of. */
export function cedarRequest({ claims, tool, gateway, given }: CedarCall) {
  const principal = { type: `${NAMESPACE}::OAuthUser`, id: String(claims.sub ?? claims.client_id ?? '') };
  const action = { type: `${NAMESPACE}::Action`, id: tool };
  const resource = { type: `${NAMESPACE}::Gateway`, id: gateway };
  const target = { type: `${NAMESPACE}::Action`, id: tool.split('___')[0] ?? '' };
  const tags = Object.entries(claims).filter(
    (claim): claim is [string, string] => typeof claim[1] === 'string',
  );
  return {
    principal,
    action,
    resource,
    context: { input: cedarValue(given) ?? {} },
    entities: [
      { uid: principal, attrs: { id: principal.id }, parents: [], tags: Object.fromEntries(tags) },
      { uid: resource, attrs: {}, parents: [] },
      { uid: action, attrs: {}, parents: [target] },
      { uid: target, attrs: {}, parents: [] },
    ],
  };
}

/** Cedar has neither null nor floating point: the one is left out, the other a decimal of four places. */
function cedarValue(value: Json): cedar.CedarValueJson | undefined {
  if (value === null) return undefined;
  if (Array.isArray(value)) return value.map(cedarValue).filter((item) => item !== undefined);
  if (typeof value === 'object') {
    const members = Object.entries(value).map(([key, item]) => [key, cedarValue(item)] as const);
    return Object.fromEntries(members.filter(([, item]) => item !== undefined)) as cedar.CedarValueJson;
  }
  if (typeof value === 'number' && !Number.isSafeInteger(value)) {
    return { __extn: { fn: 'decimal', arg: value.toFixed(4) } };
  }
  return value;
}
