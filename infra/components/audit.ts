/** Who called what, kept: CloudTrail's data events in a bucket of their own, and for a while where they can be queried. */
import * as pulumi from '@pulumi/pulumi';
import { gatewayUnits } from '../../plan/gateways.ts';
import type { Settings } from '../../plan/settings/settings.ts';
import { arnOf } from '../account.ts';
import { type AuditNames, auditNames, eventSelectors, savedQueries } from '../audit.ts';
import { LogGroup, QueryDefinition, Trail } from '../aws.ts';
import { auditKeyPolicy } from '../key-policies.ts';
import { renderPolicies } from '../policies.ts';
import type { Stack } from '../stack.ts';
import { trailTrust } from '../trust.ts';
import { AuditBucket } from './audit-bucket.ts';
import { recordGroup } from './gateway-records.ts';
import { ServiceKey } from './key.ts';
import { ScopedRole } from './role.ts';

export type AuditSettings = NonNullable<Settings['audit']>;

export interface Audited {
  /** ARNs, of an existing one too. */
  gateways: pulumi.Input<string>[];
  /** That saved queries look into, by name: whether a query may name one that is not there is not documented. */
  groups: readonly LogGroup[];
}

export class Audit extends pulumi.ComponentResource {
  constructor(
    stack: Stack,
    settings: AuditSettings,
    { gateways, groups }: Audited,
    options: pulumi.ComponentResourceOptions,
  ) {
    super('mcpgw:audit:Audit', 'audit', {}, options);
    const { plan, account } = stack;
    const child = { parent: this };
    const names = auditNames(plan, account);
    const key = settings.kmsKey ?? this.#makeKey(stack, names);
    const logs = new LogGroup(
      'audit',
      { name: names.logGroup, retentionInDays: settings.queryDays, kmsKeyId: key },
      child,
    );
    const bucket = settings.bucket ? undefined : new AuditBucket(stack, settings, names, key, child);
    const role = this.#makeRole(stack, names);
    new Trail(
      'audit',
      {
        name: names.trail,
        s3BucketName: names.bucket,
        kmsKeyId: key,
        // Says later whether a file was changed or taken away.
        enableLogFileValidation: true,
        includeGlobalServiceEvents: false,
        isMultiRegionTrail: false,
        cloudWatchLogsGroupArn: pulumi.interpolate`${logs.arn}:*`,
        cloudWatchLogsRoleArn: role.role.arn,
        advancedEventSelectors: eventSelectors(plan, account, gateways),
      },
      { ...child, dependsOn: [...role.grants, ...(bucket?.parts ?? [])] },
    );
    const records = plan.settings.observe.gatewayLogs ? recordGroups(stack) : [];
    for (const { key: name, ...query } of savedQueries(plan, [names.logGroup, ...records])) {
      new QueryDefinition(name, query, { ...child, dependsOn: [logs, ...groups] });
    }
    this.registerOutputs({});
  }

  #makeKey({ plan, account }: Stack, names: AuditNames): pulumi.Output<string> {
    const args = {
      alias: names.trail,
      description: `Audit records of gateway ${plan.gateway.name}`,
      policy: auditKeyPolicy(account, names.trail, names.logGroup),
      // Where the records outlive the stack, nobody could read them without it.
      retain: plan.settings.removal.audit === 'retain',
    };
    return new ServiceKey('audit', args, { parent: this }).arn;
  }

  #makeRole({ plan, account }: Stack, names: AuditNames): ScopedRole {
    const stream = `log-group:${names.logGroup}:log-stream:${account.id}_CloudTrail_${account.region}*`;
    const write = {
      Sid: 'WriteAuditLog',
      Effect: 'Allow' as const,
      Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
      Resource: [arnOf(account, 'logs', stream)],
    };
    return new ScopedRole(
      'audit',
      {
        name: names.role,
        description: `CloudTrail: writes the audit records of gateway ${plan.gateway.name}`,
        trust: trailTrust(account, names.trail),
        policies: renderPolicies([write]),
        settings: plan.settings,
      },
      { parent: this },
    );
  }
}

/** Of the gateways' own records (gateway-records.ts). */
function recordGroups({ plan }: Stack): string[] {
  return plan.settings.gateway.existing ? [] : gatewayUnits(plan.settings, plan.targets).map(recordGroup);
}
