/** Where the stack goes: one explicit provider, and what every ARN needs. Partition and account are asked, never written. */
import * as pulumi from '@pulumi/pulumi';
import { McpgwError } from '../plan/errors.ts';
import { dnsSuffixOf } from '../plan/partition.ts';
import { PROJECT, type Settings } from '../plan/settings/settings.ts';
import { getCallerIdentity, Provider } from './aws.ts';

/** The end of the stand-in's caller ARN (offline/plugin/invokes.ts). */
const STAND_IN_USER = ':user/mcpgw-offline-stand-in';

export interface Account {
  provider: Provider;
  id: string;
  region: string;
  partition: string;
  dnsSuffix: string;
  /** The account is imitated: nothing in it can be looked at but what the stand-in made up. */
  isStandIn: boolean;
}

export async function openAccount(settings: Settings): Promise<Account> {
  const provider = new Provider('aws', {
    region: settings.region,
    ...(settings.accounts ? { allowedAccountIds: settings.accounts } : {}),
    defaultTags: { tags: stackTags(settings) },
  });
  const caller = await getCallerIdentity({}, { provider });
  const isStandIn = caller.arn.endsWith(STAND_IN_USER);
  requireHonestCaller(isStandIn, process.env.MCPGW_OFFLINE !== undefined);
  const partition = caller.arn.split(':')[1] ?? 'aws';
  const { region } = settings;
  return { provider, id: caller.accountId, region, partition, dnsSuffix: dnsSuffixOf(region), isStandIn };
}

export function stackTags(settings: Settings): Record<string, string> {
  return { 'mcpgw:stack': settings.stack, 'mcpgw:gateway': settings.gateway.name, ...settings.tags };
}

/** Offline and real never mix: a stand-in's answer counts only in an offline backend, and only there. */
export function requireHonestCaller(isStandIn: boolean, isOffline: boolean): void {
  if (isStandIn === isOffline) return;
  const what = isStandIn
    ? 'the stand-in aws plugin answered a real update'
    : 'a real account answered offline';
  throw new McpgwError('backend-refused', what, {
    hint: 'remove pulumi-resource-aws or MCPGW_OFFLINE from this shell',
  });
}

export function arnOf(
  account: Pick<Account, 'id' | 'region' | 'partition'>,
  service: string,
  resource: string,
): string {
  return `arn:${account.partition}:${service}:${account.region}:${account.id}:${resource}`;
}

export function objectArn(account: Account, bucket: string, key: string): string {
  return `arn:${account.partition}:s3:::${bucket}/${key}`;
}

export function roleArn(account: Account, path: string, name: string): string {
  return `arn:${account.partition}:iam::${account.id}:role${path}${name}`;
}

/** Without it, a resource that forgot its provider would go wherever the shell's credentials lead. */
export function requireNoDefaultProvider(config: Readonly<Record<string, string>>): void {
  const disabled = config['pulumi:disable-default-providers'] ?? '[]';
  if ((JSON.parse(disabled) as string[]).some((name) => name === 'aws' || name === '*')) return;
  throw new McpgwError('settings-invalid', 'pulumi:disable-default-providers must name aws', {
    hint: `add \`pulumi:disable-default-providers: ["aws"]\` to the config of Pulumi.${pulumi.getStack()}.yaml (project ${PROJECT})`,
  });
}
