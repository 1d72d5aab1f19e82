/**
 * What encrypts the stack's secrets is known before the first change. Pulumi's own command asks a person for a passphrase;
 * ours runs it without a terminal, and there it would end in the middle of a first deployment.
 */
import type { Check } from './preflight.ts';

export function secretsCheck(provider: string | undefined, env: NodeJS.ProcessEnv): Check {
  return {
    name: 'secrets',
    async run({ plan, driver }) {
      if (isKey(provider) || hasPassphrase(env) || !(await isOwnBackend(driver.backend))) return [];
      return [
        {
          message: "there is no passphrase, and no key, for the stack's secrets",
          hint:
            'set PULUMI_CONFIG_PASSPHRASE (or PULUMI_CONFIG_PASSPHRASE_FILE), or name a key before the first deployment: ' +
            `\`secretsprovider: awskms://alias/KEY?region=${plan.region}\` at the top of Pulumi.${plan.stack}.yaml`,
        },
      ];
    },
  };
}

export function isKey(provider: string | undefined): provider is string {
  return provider !== undefined && !['', 'default', 'passphrase'].includes(provider);
}

/** An empty one is one. */
function hasPassphrase(env: NodeJS.ProcessEnv): boolean {
  return env.PULUMI_CONFIG_PASSPHRASE !== undefined || env.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined;
}

/** Pulumi Cloud, reached by HTTPS, encrypts by itself. */
async function isOwnBackend(
  backend: (args: readonly string[]) => Promise<{ stdout: string }>,
): Promise<boolean> {
  const { stdout } = await backend(['whoami', '--json']);
  return !/"url":\s*"https?:/.test(stdout);
}
