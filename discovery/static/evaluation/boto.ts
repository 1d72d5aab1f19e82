/** What boto3 and botocore give: which calls make a session, a client, a resource, a paginator. */
import { awsCatalogue } from '../../aws/catalogue.ts';
import { type CallExpr, type Expr, lastName } from '../syntax/ast.ts';
import { stringsOf, union, type Value } from './values.ts';

const SESSIONS = new Set([
  'boto3.Session',
  'boto3.session.Session',
  'boto3._get_default_session',
  'botocore.session.Session',
  'botocore.session.get_session',
  'aioboto3.Session',
  'aiobotocore.session.get_session',
]);
const MAKERS = new Set(['client', 'resource', 'create_client']);
/** Methods of every client that are no operations. */
const PLAIN_METHODS = new Set([
  'can_paginate',
  'close',
  'exceptions',
  'generate_presigned_post',
  'generate_presigned_url',
  'get_paginator',
  'get_waiter',
  'meta',
  'waiter_names',
]);

/** A client's attribute: an operation, or the start of something else that belongs to the service. */
export function isBotoAttribute(client: Extract<Value, { kind: 'client' }>, name: string): Value[] {
  if (name === 'meta' || name === 'exceptions') return [];
  if (client.form !== 'client') return [{ kind: 'client', service: client.service, form: 'other' }];
  if (PLAIN_METHODS.has(name)) return [];
  return [{ kind: 'operation', service: client.service, method: name }];
}

/** What a call to boto3 returns; undefined when it is none. */
export function evaluateBotoCall(
  call: CallExpr,
  callees: readonly Value[],
  of: (inner: Expr) => Value[],
): Value[] | undefined {
  const { callee } = call;
  if (callees.some((value) => value.kind === 'external' && SESSIONS.has(value.name)))
    return [{ kind: 'session' }];
  const name = lastName(callee);
  if (callee.kind === 'attribute' && MAKERS.has(callee.name)) {
    const receivers = of(callee.value);
    const boto = receivers.some(
      (value) => value.kind === 'session' || (value.kind === 'external' && /^(aio)?boto/.test(value.name)),
    );
    const service = stringsOf(of(serviceArgument(call)));
    if (boto) return clients(service.length > 0 ? service : ['?'], callee.name);
    const known = receivers.length === 0 ? service.filter(isService) : [];
    return known.length > 0 ? clients(known, callee.name) : undefined;
  }
  if (callee.kind === 'attribute') {
    const receivers = of(callee.value).filter((value) => value.kind === 'client');
    if (receivers.length > 0 && ['get_paginator', 'get_waiter'].includes(callee.name))
      return receivers.map((value) => ({ kind: 'client', service: value.service, form: 'other' }));
    const others = receivers.filter((value) => value.form !== 'client');
    if (others.length > 0) return others.map((value) => ({ ...value, form: 'other' }));
  }
  if (callees.some((value) => value.kind === 'operation')) return [];
  // Makers that lie outside of the package or cannot be followed: any …client('service') or …resource('service').
  if (name !== undefined && /(client|resource)s?$/i.test(name) && !callees.some(isOwn)) {
    const known = union([of(serviceArgument(call))]).flatMap((value) =>
      value.kind === 'string' && isService(value.value) ? [value.value] : [],
    );
    if (known.length > 0) return clients(known, name);
  }
  return undefined;
}

const NOTHING: Expr = { kind: 'constant', value: null };

function serviceArgument(call: CallExpr): Expr {
  return call.args[0] ?? call.keywords.service_name ?? call.keywords.service ?? NOTHING;
}

function isOwn(value: Value): boolean {
  return value.kind === 'function' || value.kind === 'class';
}

function isService(name: string): boolean {
  return awsCatalogue().prefix(name) !== undefined;
}

function clients(services: readonly string[], maker: string): Value[] {
  const form = /resource/i.test(maker) ? 'resource' : 'client';
  return services.map((service) => ({ kind: 'client', service, form }));
}
