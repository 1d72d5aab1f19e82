/**
 * Hands one AWS profile of the user through to the servers, only when asked (`--profile`). The handler gives them out
 * by a loopback endpoint that servers ask again before they expire: they lie in no file, variable or log.
 */
// The AWS SDK's own reader of profiles: SSO, role chains, web identity and processes are its business.
import { fromIni } from '@aws-sdk/credential-provider-ini';
import { parseKnownFiles } from '@smithy/core/config'; // the reader of ~/.aws that the provider above uses
import { McpgwError, messageOf } from '../plan/errors.ts';
import type { CredentialSource } from '../proxies/credentials.ts';

export interface HandedCredentials {
  source: CredentialSource;
  /** Settings of the profile that are no secrets and decide where calls go. */
  env: Record<string, string>;
}

const HANDED_SETTINGS: Readonly<Record<string, string>> = {
  endpoint_url: 'AWS_ENDPOINT_URL',
  ca_bundle: 'AWS_CA_BUNDLE',
  use_fips_endpoint: 'AWS_USE_FIPS_ENDPOINT',
  use_dualstack_endpoint: 'AWS_USE_DUALSTACK_ENDPOINT',
};
/** Renewed this long before they run out. */
const EARLY_MS = 5 * 60_000;

/** Throws where the profile does not exist or gives nothing now: better at the start than at the first call. */
export async function handCredentials(profile: string): Promise<HandedCredentials> {
  const settings = (await parseKnownFiles({}))[profile];
  if (settings === undefined) {
    throw new McpgwError('usage', `AWS profile '${profile}' does not exist`, {
      hint: '`aws configure list-profiles` names those of this machine',
    });
  }
  const source = renewing(fromIni({ profile }));
  await source().catch((cause) => {
    throw new McpgwError(
      'not-authorised',
      `AWS profile '${profile}' gives no credentials: ${messageOf(cause)}`,
      {
        hint: `if it signs in by SSO: aws sso login --profile ${profile}`,
        cause,
      },
    );
  });
  const env = Object.entries(HANDED_SETTINGS).flatMap(([key, variable]) => {
    const value = settings[key];
    return value === undefined ? [] : [[variable, value] as const];
  });
  return { source, env: Object.fromEntries(env) };
}

/** One resolution for all servers, until shortly before it expires. */
export function renewing(provide: CredentialSource): CredentialSource {
  let known: ReturnType<CredentialSource> | undefined;
  return async () => {
    const last = await known?.catch(() => undefined);
    if (last && (!last.expiration || last.expiration.getTime() - Date.now() > EARLY_MS)) return last;
    known = provide();
    return known;
  };
}
