/** What encrypts a stack's secrets: asked before the first change, and handed to Pulumi when it makes the stack. */
import { deploy } from '../../../cli/deploying/deploy.ts';
import type { Driver } from '../../../cli/deploying/driver.ts';
import { secretsCheck } from '../../../cli/deploying/secrets-check.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';

const source = { formatVersion: 1 as const, type: 'folder' as const };
const config = { 'aws:region': 'eu-west-1', 'mcpgw:gateway': { name: 'tools' } };
const plan = createPlan({ source, servers: {} }, parseSettings('prod', config, 'f'));
const KEY = 'awskms://alias/state?region=eu-west-1';

function driver(url: string): Driver & { ran: string[] } {
  const ran: string[] = [];
  const answer = async (args: readonly string[]) => {
    ran.push(args.join(' '));
    // no stack yet; the preview, which comes after its making, fails and ends the test
    return {
      exitCode: args[0] === 'stack' && args[1] === 'select' ? 0 : 1,
      stdout: JSON.stringify({ url }),
      stderr: '',
    };
  };
  return { ran, run: answer, backend: answer, rehearsal: false };
}

test.each([
  [undefined, {}, 's3://state', 1],
  ['passphrase', {}, 's3://state', 1],
  [KEY, {}, 's3://state', 0],
  [undefined, { PULUMI_CONFIG_PASSPHRASE: '' }, 's3://state', 0],
  [undefined, { PULUMI_CONFIG_PASSPHRASE_FILE: '/run/secret' }, 's3://state', 0],
  [undefined, {}, 'https://api.pulumi.com/team', 0],
])('provider %j, environment %j, backend %s: %i problems', async (provider, env, url, count) => {
  const problems = await secretsCheck(provider, env).run({ plan, driver: driver(url) });
  expect(problems).toHaveLength(count);
  for (const { hint } of problems)
    expect(hint).toMatch(/secretsprovider: awskms:.*eu-west-1.*Pulumi\.prod\.yaml/);
});

test.each([
  [KEY, `stack select --create --secrets-provider ${KEY}`],
  [undefined, 'stack select --create'],
])('a new stack is made with %j', async (secretsProvider, command) => {
  const used = driver('s3://state');
  const running = deploy({
    plan,
    driver: used,
    ...(secretsProvider === undefined ? {} : { secretsProvider }),
    preflight: async () => ({ problems: [], unchecked: [], passed: [] }),
    publish: async () => {},
    confirm: async () => true,
    say: () => {},
  });
  await expect(running).rejects.toMatchObject({ code: 'deploy-failed' });
  expect(used.ran).toContain(command);
});
