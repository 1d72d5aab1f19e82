/** What the evaluator carries about: the frame of a call, the place of a call, and small questions about scopes and foreign things. */
import type { CallExpr, Expr } from '../syntax/ast.ts';
import { hasDecorator, type Scope } from '../syntax/scope.ts';
import type { Value } from './values.ts';

/** Parameters of a function during one call. */
export interface Frame {
  scope: Scope;
  values: Map<string, Value[]>;
  self?: Value;
  memo?: Memo;
}

/** An expression stands in one scope only. */
export type Memo = Map<Expr, Value[]>;

export interface CallSite {
  call: CallExpr;
  scope: Scope;
  /** Leading arguments that are not the callee's: `to_thread(f, a)` passes `a`. */
  skip: number;
  callee: Expr;
}

/** Annotations of things that hold others. */
export const CONTAINERS =
  /^(dict|defaultdict|ordereddict|mapping|mutablemapping|list|sequence|set|iterable|iterator)$/;

/** `{}` and `[]` say nothing of what they will hold. */
export function isEmpty(value: Value): boolean {
  return (
    (value.kind === 'dict' && value.entries.length === 0) ||
    (value.kind === 'list' && value.items.length === 0)
  );
}

/** Clients that an object of another package carries. */
export function externalAttribute(owner: string, name: string): Value[] {
  if (owner.startsWith('bedrock_agentcore.tools.') && name.endsWith('_client'))
    return [
      {
        kind: 'client',
        service: name.startsWith('data') ? 'bedrock-agentcore' : 'bedrock-agentcore-control',
        form: 'client',
      },
    ];
  return [{ kind: 'external', name: `${owner}.${name}` }];
}

/** Something made by another package. What types say of boto3's things is no help, or names the service. */
export function externalInstance(name: string): Value[] {
  const service = /^(?:types_aiobotocore|mypy_boto3)_(\w+)\./.exec(name)?.[1];
  if (service !== undefined && name.endsWith('Client'))
    return [{ kind: 'client', service: service.replaceAll('_', '-'), form: 'client' }];
  return /^(typing|collections|(aio)?boto)/.test(name) ? [] : [{ kind: 'external', name: `${name}()` }];
}

export function memoOf(frame: Frame): Memo {
  frame.memo ??= new Map();
  return frame.memo;
}

export function mapIn<K, A, B>(table: Map<K, Map<A, B>>, key: K): Map<A, B> {
  let inner = table.get(key);
  if (!inner) {
    inner = new Map();
    table.set(key, inner);
  }
  return inner;
}

export function isWithin(scope: Scope, outer: Scope): boolean {
  for (let at: Scope | undefined = scope; at; at = at.parent) if (at === outer) return true;
  return false;
}

export function isProperty(scope: Scope): boolean {
  return hasDecorator(scope, 'property') || hasDecorator(scope, 'cached_property');
}

export function propertyFrame(scope: Scope, owner: Scope, open: boolean): Frame {
  return { scope, values: new Map(), self: { kind: 'instance', scope: owner, open } };
}

export function isClassMethod(scope: Scope): boolean {
  return hasDecorator(scope, 'classmethod') || scope.definition?.name === '__new__';
}

export function definitionValue(scope: Scope): Value {
  return scope.kind === 'class' ? { kind: 'class', scope, open: false } : { kind: 'function', scope };
}

/** The argument that a call passes for a parameter. */
export function argumentOf(
  { call, skip }: CallSite,
  parameters: readonly { name: string; form: string }[],
  name: string,
  method: boolean,
): Expr | undefined {
  const named = call.keywords[name];
  if (named) return named;
  const positional = parameters.filter((parameter) => parameter.form === 'positional').slice(method ? 1 : 0);
  const index = positional.findIndex((parameter) => parameter.name === name);
  return index < 0 ? undefined : call.args[index + skip];
}
