/** May a role do this? Identity policies only, Allow only, with IAM's wildcards: enough to imitate the gateway's check. */
import { ATTACHMENT, POLICY, ROLE_POLICY } from './rules/iam.ts';
import type { World } from './rules/rule.ts';
import { isObject, textAt, type Value } from './values.ts';

export function isGranted(world: World, roleName: string, action: string, resource: string): boolean {
  return policiesOf(world, roleName).some((text) => allows(text, action, resource));
}

function policiesOf(world: World, roleName: string): string[] {
  const inline = world
    .ofType(ROLE_POLICY)
    .filter((policy) => textAt(policy.inputs, 'role') === roleName)
    .map((policy) => textAt(policy.inputs, 'policy'));
  const attached = world
    .ofType(ATTACHMENT)
    .filter((item) => textAt(item.inputs, 'role') === roleName)
    .map((item) => textAt(item.inputs, 'policyArn'));
  const managed = world
    .ofType(POLICY)
    .filter((policy) => attached.includes(policy.id))
    .map((policy) => textAt(policy.inputs, 'policy'));
  return [...inline, ...managed].filter((text) => text !== undefined);
}

function allows(text: string, action: string, resource: string): boolean {
  const document = JSON.parse(text) as Value;
  const statements = isObject(document) ? list(document.Statement) : [];
  return statements.some(
    (statement) =>
      isObject(statement) &&
      statement.Effect === 'Allow' &&
      list(statement.Action).some((pattern) =>
        matches(String(pattern).toLowerCase(), action.toLowerCase()),
      ) &&
      list(statement.Resource).some((pattern) => matches(String(pattern), resource)),
  );
}

function list(value: Value | undefined): Value[] {
  return value === undefined ? [] : ([] as Value[]).concat(value);
}

/** IAM's pattern language: `*` any characters, `?` one. */
export function matches(pattern: string, text: string): boolean {
  const escaped = pattern
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*')
    .replaceAll('?', '.');
  return new RegExp(`^${escaped}$`, 's').test(text);
}
