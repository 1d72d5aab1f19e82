/** IAM as the service refuses: sizes, names that exist, policies of roles that do not. */
import { isObject, textAt, type Value, type Values } from '../values.ts';
import { arn, failure, pick, type Rule, type World } from './rule.ts';

export const ROLE = 'aws:iam/role:Role';
export const ROLE_POLICY = 'aws:iam/rolePolicy:RolePolicy';
export const POLICY = 'aws:iam/policy:Policy';
export const ATTACHMENT = 'aws:iam/rolePolicyAttachment:RolePolicyAttachment';

/** Characters of all inline policies of a role; of a managed policy; managed policies attached to a role. */
const LIMITS = { inline: 10_240, managed: 6_144, trust: 2_048, attached: 10 };

/** IAM counts without white space outside strings. */
export function sizeOf(policy: string): number {
  try {
    return JSON.stringify(JSON.parse(policy)).length;
  } catch {
    return policy.length;
  }
}

function checkDocument(property: string, inputs: Values, isTrust: boolean) {
  const text = textAt(inputs, property);
  if (text === undefined) return [];
  const problem = documentProblem(text, isTrust);
  return problem ? [failure(property, `MalformedPolicyDocument: ${problem}`)] : [];
}

function documentProblem(text: string, isTrust: boolean): string | undefined {
  let document: Value;
  try {
    document = JSON.parse(text) as Value;
  } catch {
    return 'not JSON';
  }
  if (!isObject(document) || document.Version !== '2012-10-17') return 'Version must be 2012-10-17';
  const statements = Array.isArray(document.Statement) ? document.Statement : [document.Statement];
  if (statements.length === 0) return 'no Statement';
  const sids = statements.map((statement) =>
    isObject(statement ?? null) ? textAt(statement, 'Sid') : undefined,
  );
  const given = sids.filter((sid) => sid !== undefined);
  if (new Set(given).size !== given.length) return 'Statement IDs (SID) must be unique';
  if (given.some((sid) => !/^[A-Za-z0-9]*$/.test(sid))) return 'Statement IDs (SID) must be alpha-numeric';
  const lacking = statements.find((statement) => !isComplete(statement ?? null, isTrust));
  return lacking === undefined ? undefined : `incomplete statement ${JSON.stringify(lacking)}`;
}

function isComplete(statement: Value, isTrust: boolean): boolean {
  if (!isObject(statement) || !statement.Effect || !statement.Action) return false;
  const actions = ([] as Value[]).concat(statement.Action);
  const legal = actions.every(
    (action) => action === '*' || /^[a-z0-9-]+:[A-Za-z0-9*?]+$/.test(String(action)),
  );
  return legal && (isTrust ? statement.Principal !== undefined : statement.Resource !== undefined);
}

function roleExists(name: string | undefined, world: World): string | undefined {
  if (world.ofType(ROLE).some((role) => role.id === name)) return undefined;
  return `NoSuchEntity: The role with name ${name} cannot be found.`;
}

export const iamRules: Record<string, Rule> = {
  [ROLE]: {
    replaces: ['name', 'path', 'namePrefix'],
    named: 'name',
    id: (inputs) => textAt(inputs, 'name') ?? '',
    outputs: (inputs, id, world) => ({
      arn: arn(world, 'iam', `role${textAt(inputs, 'path') ?? '/'}${id}`, ''),
      createDate: '2026-01-01T00:00:00Z',
      uniqueId: `AROA${pick(id, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
    }),
    check: (inputs) => [
      ...(/^[\w+=,.@-]{1,64}$/.test(textAt(inputs, 'name') ?? 'x')
        ? []
        : [failure('name', 'must match [\\w+=,.@-]{1,64}')]),
      ...checkDocument('assumeRolePolicy', inputs, true),
    ],
    refuse(change, inputs, id, world) {
      const policies = world.ofType(ROLE_POLICY).filter((policy) => textAt(policy.inputs, 'role') === id);
      const attached = world.ofType(ATTACHMENT).filter((item) => textAt(item.inputs, 'role') === id);
      if (change === 'delete') {
        return policies.length + attached.length > 0
          ? `DeleteConflict: Cannot delete entity, must delete policies first: ${id}`
          : undefined;
      }
      if (change === 'create' && world.ofType(ROLE).some((role) => role.id === id)) {
        return `EntityAlreadyExists: Role with name ${id} already exists.`;
      }
      const size = sizeOf(textAt(inputs, 'assumeRolePolicy') ?? '');
      return size > LIMITS.trust
        ? `LimitExceeded: Cannot exceed quota for ACLSizePerRole: ${LIMITS.trust}`
        : undefined;
    },
  },
  [ROLE_POLICY]: {
    replaces: ['name', 'role', 'namePrefix'],
    named: 'name',
    id: (inputs) => `${textAt(inputs, 'role')}:${textAt(inputs, 'name')}`,
    outputs: () => ({}),
    check: (inputs) => checkDocument('policy', inputs, false),
    refuse(change, inputs, id, world) {
      if (change === 'delete') return undefined;
      const role = textAt(inputs, 'role');
      const others = world.ofType(ROLE_POLICY).filter((policy) => textAt(policy.inputs, 'role') === role);
      const sizes = others
        .filter((policy) => policy.id !== id)
        .map((policy) => sizeOf(textAt(policy.inputs, 'policy') ?? ''));
      const total = sizes.reduce((sum, size) => sum + size, sizeOf(textAt(inputs, 'policy') ?? ''));
      if (total > LIMITS.inline) {
        return `LimitExceeded: Maximum policy size of ${LIMITS.inline} bytes exceeded for role ${role}`;
      }
      return roleExists(role, world);
    },
  },
  [POLICY]: {
    replaces: ['name', 'path', 'namePrefix', 'description'],
    named: 'name',
    id: (inputs, _seed, world) => policyArn(inputs, world),
    outputs: (inputs, id, world) => ({
      arn: policyArn(inputs, world),
      policyId: `ANPA${pick(id, 16, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567')}`,
      attachmentCount: 0,
    }),
    check: (inputs) => checkDocument('policy', inputs, false),
    refuse(change, inputs, id, world) {
      const attached = world.ofType(ATTACHMENT).some((item) => textAt(item.inputs, 'policyArn') === id);
      if (change === 'delete') {
        return attached ? `DeleteConflict: Cannot delete a policy attached to entities: ${id}` : undefined;
      }
      if (change === 'create' && world.ofType(POLICY).some((policy) => policy.id === id)) {
        return `EntityAlreadyExists: A policy called ${textAt(inputs, 'name')} already exists.`;
      }
      const size = sizeOf(textAt(inputs, 'policy') ?? '');
      return size > LIMITS.managed
        ? `LimitExceeded: Cannot exceed quota for PolicySize: ${LIMITS.managed}`
        : undefined;
    },
  },
  [ATTACHMENT]: {
    replaces: ['role', 'policyArn'],
    id: (inputs) => `${textAt(inputs, 'role')}/${textAt(inputs, 'policyArn')}`,
    outputs: () => ({}),
    refuse(change, inputs, id, world) {
      if (change === 'delete') return undefined;
      const [role, policy] = [textAt(inputs, 'role'), textAt(inputs, 'policyArn')];
      const own = world
        .ofType(ATTACHMENT)
        .filter((item) => textAt(item.inputs, 'role') === role && item.id !== id);
      if (own.length >= LIMITS.attached) {
        return `LimitExceeded: Cannot exceed quota for PoliciesPerRole: ${LIMITS.attached}`;
      }
      const isOurs = policy?.includes(`:${world.account}:`);
      if (isOurs && !world.ofType(POLICY).some((item) => item.id === policy)) {
        return `NoSuchEntity: Policy ${policy} does not exist or is not attachable.`;
      }
      return roleExists(role, world);
    },
  },
};

function policyArn(inputs: Values, world: World): string {
  return arn(world, 'iam', `policy${textAt(inputs, 'path') ?? '/'}${textAt(inputs, 'name')}`, '');
}
