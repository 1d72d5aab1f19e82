/** Roles and their policies. */
import { expandFirst } from '../expand.ts';
import { type Lifecycle, step, tagList, text } from '../resource.ts';

const SERVICE = 'iam';
const WITH_ROLE = 'IAM deletes no role that has one';

export const iam: Record<string, Lifecycle> = {
  'aws:iam/role:Role': {
    create: (made) => [
      step(
        SERVICE,
        'CreateRole',
        { ...expandFirst(made), Tags: tagList(made) },
        { binds: { [text(made, 'arn')]: 'Role.Arn' } },
      ),
    ],
    delete: (made) => [step(SERVICE, 'DeleteRole', { RoleName: made.id })],
    left: {
      service: SERVICE,
      operation: 'ListRoles',
      path: 'Roles[].RoleName',
      identity: ({ id }) => id,
    },
  },
  'aws:iam/rolePolicy:RolePolicy': {
    create: (made) => [step(SERVICE, 'PutRolePolicy', expandFirst(made))],
    delete: (made) => [
      step(SERVICE, 'DeleteRolePolicy', { RoleName: text(made, 'role'), PolicyName: text(made, 'name') }),
    ],
    left: WITH_ROLE,
  },
  'aws:iam/policy:Policy': {
    create: (made) => [
      step(
        SERVICE,
        'CreatePolicy',
        { ...expandFirst(made), Tags: tagList(made) },
        { binds: { [text(made, 'arn')]: 'Policy.Arn' } },
      ),
    ],
    delete: (made) => [step(SERVICE, 'DeletePolicy', { PolicyArn: text(made, 'arn') })],
    left: {
      service: SERVICE,
      operation: 'ListPolicies',
      params: { Scope: 'Local' },
      path: 'Policies[].Arn',
      identity: (made) => text(made, 'arn'),
    },
  },
  'aws:iam/rolePolicyAttachment:RolePolicyAttachment': {
    create: (made) => [step(SERVICE, 'AttachRolePolicy', expandFirst(made))],
    delete: (made) => [
      step(SERVICE, 'DetachRolePolicy', { RoleName: text(made, 'role'), PolicyArn: text(made, 'policyArn') }),
    ],
    left: WITH_ROLE,
  },
};
