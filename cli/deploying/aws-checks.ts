/** The preflight's questions to AWS: account, gateway, quotas, domain, the deployer's own permissions. */
import { z } from 'zod';
import { domainPrefix } from '../../infra/cognito-settings.ts';
import { actionsOf, deployerPolicy, type PolicyDocument } from '../../plan/deployer-policy.ts';
import { gatewayUnits } from '../../plan/gateways.ts';
import type { Plan } from '../../plan/types.ts';
import { type Ask, elements, query } from './aws.ts';
import { gatewayCheck } from './gateway-check.ts';
import { networkQuotaCheck } from './network-check.ts';
import type { Caller, Check } from './preflight.ts';

/** Rejects when there are no credentials, or they are refused. */
export async function whoAmI(ask: Ask, region: string): Promise<Caller> {
  const request = query('GetCallerIdentity', {}, '2011-06-15');
  const { status, text } = await ask({ service: 'sts', region, ...request });
  const [account = '', arn = ''] = [elements(text, 'Account')[0], elements(text, 'Arn')[0]];
  if (status === 200 && /^\d{12}$/.test(account)) return { account, arn };
  throw new Error(`STS answered ${status}: ${elements(text, 'Message')[0] ?? text.slice(0, 200)}`);
}

/** Every check needs credentials: the caller is known to those that run. */
export function awsChecks(ask: Ask): Check[] {
  return [
    accountCheck,
    gatewayCheck(ask),
    roleQuotaCheck(ask),
    concurrencyCheck(ask),
    networkQuotaCheck(ask),
    domainCheck(ask),
    permissionCheck(ask),
  ];
}

const accountCheck: Check = {
  name: 'account',
  async run({ plan, caller }) {
    const { accounts } = plan.settings;
    if (!caller || !accounts || accounts.includes(caller.account)) return [];
    return [
      {
        message: `the credentials are of account ${caller.account}, the stack is for ${accounts.join(', ')}`,
        hint: `use the profile of that account, or change mcpgw:accounts of Pulumi.${plan.stack}.yaml`,
      },
    ];
  },
};

/** Every server has a role of its own: an account's default of 1,000 fills up. */
function roleQuotaCheck(ask: Ask): Check {
  return {
    name: 'quota of roles',
    async run({ plan, caller, state }) {
      if (!caller) return [];
      const request = query('GetAccountSummary', {}, '2010-05-08');
      const { status, text } = await ask({ service: 'iam', region: iamRegion(plan), ...request });
      if (status !== 200) throw new Error(`GetAccountSummary answered ${status}`);
      const [used, most] = [summary(text, 'Roles'), summary(text, 'RolesQuota')];
      const present = state?.resources.filter(({ type }) => type === 'aws:iam/role:Role').length ?? 0;
      const gateways = plan.settings.gateway.existing ? 0 : gatewayUnits(plan.settings, plan.targets).length;
      const wanted = plan.targets.length + gateways - present;
      if (used === undefined || most === undefined || used + wanted <= most) return [];
      return [
        {
          message: `${wanted} more ${wanted === 1 ? 'role is' : 'roles are'} needed, the account has ${used} of ${most}`,
          hint: 'ask for more roles in Service Quotas, or choose fewer servers',
        },
      ];
    },
  };
}

/** Lambda keeps 100 for functions that reserve nothing; a new account may have less than that in all. */
function concurrencyCheck(ask: Ask): Check {
  return {
    name: 'quota of concurrency',
    async run({ plan, caller, state }) {
      const functions = state?.resources.filter(({ type }) => type === 'aws:lambda/function:Function');
      const there = new Set(functions?.map(({ urn }) => urn.split('::').at(-1)));
      const fresh = plan.targets.filter(({ server }) => !there.has(server));
      const wanted = fresh.reduce((sum, { function: { concurrency = 0 } }) => sum + concurrency, 0);
      if (!caller || wanted === 0) return [];
      const { status, text } = await ask({
        service: 'lambda',
        region: plan.region,
        method: 'GET',
        path: '/2016-08-19/account-settings/',
      });
      if (status !== 200) throw new Error(`GetAccountSettings answered ${status}`);
      const { AccountLimit: limit } = accountSettings.parse(JSON.parse(text));
      const free = limit.UnreservedConcurrentExecutions - UNRESERVED;
      if (wanted <= free) return [];
      return [
        {
          message: `${wanted} concurrent executions are to be reserved, the account has ${Math.max(0, free)} to give`,
          hint: 'lower `concurrency` in servers.settings, or ask for more in Service Quotas',
        },
      ];
    },
  };
}

const UNRESERVED = 100;
const accountSettings = z.object({
  AccountLimit: z.object({ UnreservedConcurrentExecutions: z.number() }),
});

function domainCheck(ask: Ask): Check {
  return {
    name: 'sign-in domain',
    async run({ plan, caller, state }) {
      const { settings, region } = plan;
      const own = state?.resources.some(({ type }) => type === 'aws:cognito/userPoolDomain:UserPoolDomain');
      if (!caller || own || settings.gateway.existing || settings.auth.type !== 'cognito') return [];
      const domain = domainPrefix(settings, caller.account);
      const { status, text } = await ask({
        service: 'cognito-idp',
        region,
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': 'AWSCognitoIdentityProviderService.DescribeUserPoolDomain',
        },
        body: JSON.stringify({ Domain: domain }),
      });
      if (status !== 200) throw new Error(`DescribeUserPoolDomain answered ${status}`);
      const found = (JSON.parse(text) as { DomainDescription?: { UserPoolId?: string } }).DomainDescription;
      if (found?.UserPoolId === undefined) return [];
      return [
        {
          message: `the domain ${domain} is taken (user pool ${found.UserPoolId})`,
          hint: 'set mcpgw:auth.domainPrefix to another prefix',
        },
      ];
    },
  };
}

/** IAM's own simulation of the caller; it knows no resource policies and no session policies. */
function permissionCheck(ask: Ask): Check {
  return {
    name: "the deployer's permissions",
    async run({ plan, caller }) {
      if (!caller) return [];
      const policy = deployerPolicy(plan, { account: caller.account });
      const actions = actionsOf(policy);
      const source = roleOf(caller.arn);
      const denied: string[] = [];
      for (const statement of policy.Statement) {
        const parameters = { PolicySourceArn: source, MaxItems: '1000', ...simulationOf(statement) };
        const request = query('SimulatePrincipalPolicy', parameters, '2010-05-08');
        const { status, text } = await ask({ service: 'iam', region: iamRegion(plan), ...request });
        if (status !== 200) {
          throw new Error(`IAM's simulation answered ${status}: ${elements(text, 'Code')[0] ?? ''}`);
        }
        const decisions = elements(text, 'EvalDecision');
        denied.push(...elements(text, 'EvalActionName').filter((_, index) => decisions[index] !== 'allowed'));
      }
      if (denied.length === 0) return [];
      return [
        {
          message: `${source} lacks ${denied.length} of ${actions.length} actions: ${denied.sort().join(', ')}`,
          hint: `\`mcpgw plan --stack ${plan.stack} --deployer-policy\` prints the least policy a deployer needs`,
        },
      ];
    },
  };
}

/** On a sample of the resource: simulated on `*`, a policy that names resources would always say no. */
function simulationOf(statement: PolicyDocument['Statement'][number]): Record<string, string> {
  const [resource = '*'] = statement.Resource;
  const [condition] = Object.values(statement.Condition ?? {}).flatMap(Object.entries);
  const [key, values] = condition ?? [];
  return {
    ...Object.fromEntries(
      statement.Action.map((action, index) => [`ActionNames.member.${index + 1}`, action]),
    ),
    ...(resource === '*' ? {} : { 'ResourceArns.member.1': resource.replaceAll('*', 'sample') }),
    ...(key === undefined
      ? {}
      : {
          'ContextEntries.member.1.ContextKeyName': key,
          'ContextEntries.member.1.ContextKeyType': 'string',
          'ContextEntries.member.1.ContextKeyValues.member.1': String([values].flat()[0]),
        }),
  };
}

function summary(xml: string, key: string): number | undefined {
  const found = new RegExp(`<key>${key}</key>\\s*<value>(\\d+)</value>`).exec(xml)?.[1];
  return found === undefined ? undefined : Number(found);
}

/** `arn:aws:sts::1:assumed-role/NAME/SESSION` is simulated as `arn:aws:iam::1:role/NAME`. */
export function roleOf(arn: string): string {
  return arn.replace(/^arn:([\w-]+):sts::(\d+):assumed-role\/([^/]+)\/.*$/, 'arn:$1:iam::$2:role/$3');
}

function iamRegion(plan: Plan): string {
  return plan.region.startsWith('cn-')
    ? 'cn-north-1'
    : plan.region.startsWith('us-gov-')
      ? 'us-gov-west-1'
      : 'us-east-1';
}
