/** WAF, KMS and Budgets as the services refuse. */
import { at, isObject, textAt, type Value, type Values } from '../values.ts';
import { GATEWAY } from './agentcore.ts';
import { arn, failure, pick, type Rule, type World } from './rule.ts';

export const KEY = 'aws:kms/key:Key';
const ALIAS = 'aws:kms/alias:Alias';
const LIST = 'aws:wafv2/webAcl:WebAcl';
const ASSOCIATION = 'aws:wafv2/webAclAssociation:WebAclAssociation';
const BUDGET = 'aws:budgets/budget:Budget';

const HEX = '0123456789abcdef';
/** Of a budget: notices, and who gets one. */
const LIMITS = { notifications: 10, subscribers: 10 };

function uuid(seed: string): string {
  const digits = pick(seed, 32, HEX);
  return [8, 12, 16, 20, 32].map((end, index) => digits.slice([0, 8, 12, 16, 20][index], end)).join('-');
}

/** A key that nobody could manage any more is refused. */
function locksOut(policy: string | undefined): boolean {
  if (policy === undefined) return false;
  const document = JSON.parse(policy) as Value;
  const statements = isObject(document) && Array.isArray(document.Statement) ? document.Statement : [];
  return !statements.some(
    (statement) =>
      isObject(statement) &&
      /:root$/.test(String(at(statement, 'Principal.AWS'))) &&
      /^kms:(?:\*|Put\*|PutKeyPolicy)$/.test(String(statement.Action)),
  );
}

function keyRefusal(inputs: Values): string | undefined {
  return locksOut(textAt(inputs, 'policy'))
    ? 'MalformedPolicyDocumentException: The new key policy will not allow you to update the key policy in the future.'
    : undefined;
}

function aliasRefusal(change: string, inputs: Values, id: string, world: World): string | undefined {
  if (change === 'create' && world.ofType(ALIAS).some((item) => item.id === id))
    return `AlreadyExistsException: An alias with the name ${id} already exists`;
  const target = textAt(inputs, 'targetKeyId');
  return world.ofType(KEY).some((item) => item.id === target)
    ? undefined
    : `NotFoundException: Key ${target} does not exist`;
}

function associationRefusal(inputs: Values, world: World): string | undefined {
  const [list, gateway] = [textAt(inputs, 'webAclArn'), textAt(inputs, 'resourceArn')];
  const hasList = world.ofType(LIST).some((item) => textAt(item.outputs, 'arn') === list);
  const hasGateway = world.ofType(GATEWAY).some((item) => textAt(item.outputs, 'gatewayArn') === gateway);
  return hasList && hasGateway ? undefined : "WAFNonexistentItemException: the resource doesn't exist";
}

export const guardRules: Record<string, Rule> = {
  [KEY]: {
    replaces: ['keyUsage', 'customerMasterKeySpec', 'multiRegion', 'region'],
    id: (_inputs, seed) => uuid(seed),
    outputs: (_inputs, id, world) => ({ arn: arn(world, 'kms', `key/${id}`), keyId: id }),
    refuse: (change, inputs) => (change === 'delete' ? undefined : keyRefusal(inputs)),
  },
  [ALIAS]: {
    replaces: ['name', 'region'],
    named: 'name',
    id: (inputs) => textAt(inputs, 'name') ?? '',
    outputs: (inputs, id, world) => ({
      arn: arn(world, 'kms', id),
      targetKeyArn: arn(world, 'kms', `key/${textAt(inputs, 'targetKeyId')}`),
    }),
    check: (inputs) =>
      /^alias\/(?!aws\/)/.test(textAt(inputs, 'name') ?? 'alias/x')
        ? []
        : [failure('name', 'must begin with alias/, and not with alias/aws/')],
    refuse: (change, inputs, id, world) =>
      change === 'delete' ? undefined : aliasRefusal(change, inputs, id, world),
  },
  [LIST]: {
    replaces: ['name', 'scope', 'region'],
    named: 'name',
    id: (_inputs, seed) => uuid(seed),
    outputs: (inputs, id, world) => ({
      arn: arn(world, 'wafv2', `regional/webacl/${textAt(inputs, 'name')}/${id}`),
      capacity: 2,
      lockToken: uuid(`${id} lock`),
    }),
    refuse(change, _inputs, id, world) {
      const used = world.ofType(ASSOCIATION).some((item) => textAt(item.inputs, 'webAclArn')?.endsWith(id));
      return change === 'delete' && used
        ? 'WAFAssociatedItemException: AWS WAF couldn’t perform the operation because your resource is being used'
        : undefined;
    },
  },
  [ASSOCIATION]: {
    replaces: ['webAclArn', 'resourceArn', 'region'],
    id: (inputs) => `${textAt(inputs, 'webAclArn')},${textAt(inputs, 'resourceArn')}`,
    outputs: () => ({}),
    refuse: (change, inputs, _id, world) =>
      change === 'delete' ? undefined : associationRefusal(inputs, world),
  },
  [BUDGET]: {
    replaces: ['name', 'accountId'],
    named: 'name',
    id: (inputs, _seed, world) => `${world.account}:${textAt(inputs, 'name')}`,
    outputs: (inputs, _id, world) => ({
      arn: `arn:${world.partition}:budgets::${world.account}:budget/${textAt(inputs, 'name')}`,
    }),
    check(inputs) {
      const given = at(inputs, 'notifications');
      const notices = Array.isArray(given) ? given : [];
      const crowded = notices.some(
        (notice) =>
          ((at(notice, 'subscriberEmailAddresses') ?? []) as Value[]).length > LIMITS.subscribers ||
          (at(notice, 'subscriberEmailAddresses.0') ?? at(notice, 'subscriberSnsTopicArns.0')) === undefined,
      );
      return [
        ...(notices.length > LIMITS.notifications
          ? [failure('notifications', `at most ${LIMITS.notifications}`)]
          : []),
        ...(crowded ? [failure('notifications', 'each needs 1 to 10 subscribers')] : []),
        ...(/^\d+(?:\.\d+)?$/.test(textAt(inputs, 'limitAmount') ?? '1')
          ? []
          : [failure('limitAmount', 'must be a number')]),
      ];
    },
    refuse: (change, _inputs, id, world) =>
      change === 'create' && world.ofType(BUDGET).some((item) => item.id === id)
        ? `DuplicateRecordException: the budget ${id} already exists`
        : undefined,
  },
};
