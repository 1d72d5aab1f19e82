/** Keys and the firewall. */
import { expand, expandFirst } from '../expand.ts';
import { type Lifecycle, step, tagList, text } from '../resource.ts';

export const guard: Record<string, Lifecycle> = {
  'aws:kms/key:Key': {
    create(made) {
      const { CreateKeyRequest = {} } = expand(made);
      return [
        step(
          'kms',
          'CreateKey',
          {
            ...CreateKeyRequest,
            KeyUsage: 'ENCRYPT_DECRYPT',
            KeySpec: 'SYMMETRIC_DEFAULT',
            BypassPolicyLockoutSafetyCheck: false,
            Tags: tagList(made, 'TagKey', 'TagValue'),
          },
          { binds: { [made.id]: 'KeyMetadata.KeyId' } },
        ),
        ...(made.inputs.enableKeyRotation === true
          ? [step('kms', 'EnableKeyRotation', { KeyId: made.id })]
          : []),
      ];
    },
    delete(made) {
      const { ScheduleKeyDeletionRequest = {} } = expand(made);
      return [step('kms', 'ScheduleKeyDeletion', { KeyId: made.id, ...ScheduleKeyDeletionRequest })];
    },
    left: {
      service: 'kms',
      operation: 'ListKeys',
      path: 'Keys[].KeyId',
      identity: ({ id }) => id,
      gone: {
        operation: 'DescribeKey',
        param: 'KeyId',
        path: 'KeyMetadata.KeyState',
        state: 'PendingDeletion',
      },
    },
  },
  'aws:kms/alias:Alias': {
    create: (made) => [step('kms', 'CreateAlias', expandFirst(made))],
    delete: (made) => [step('kms', 'DeleteAlias', { AliasName: made.id })],
    left: {
      service: 'kms',
      operation: 'ListAliases',
      path: 'Aliases[].AliasName',
      identity: ({ id }) => id,
    },
  },
  'aws:wafv2/webAcl:WebAcl': {
    create: (made) => [
      step(
        'wafv2',
        'CreateWebACL',
        { ...expandFirst(made), Tags: tagList(made) },
        { binds: { [made.id]: 'Summary.Id', [text(made, 'lockToken')]: 'Summary.LockToken' } },
      ),
    ],
    delete: (made) => [
      step('wafv2', 'DeleteWebACL', {
        Id: made.id,
        Name: text(made, 'name'),
        Scope: text(made, 'scope'),
        LockToken: text(made, 'lockToken'),
      }),
    ],
    left: {
      service: 'wafv2',
      operation: 'ListWebACLs',
      params: { Scope: 'REGIONAL' },
      path: 'WebACLs[].Id',
      identity: ({ id }) => id,
    },
  },
  'aws:wafv2/webAclAssociation:WebAclAssociation': {
    create: (made) => [step('wafv2', 'AssociateWebACL', expandFirst(made))],
    delete: (made) => [step('wafv2', 'DisassociateWebACL', { ResourceArn: text(made, 'resourceArn') })],
    left: 'goes before its gateway and its list do (checked as order)',
  },
};
