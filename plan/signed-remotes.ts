/**
 * Remote servers that want requests signed with SigV4 for a service of their own. The gateway signs for few services, so
 * such a server gets a function: AWS's own mcp-proxy-for-aws as a stdio server, under a role that may call it.
 */
import type { ServerEntry } from './manifest.ts';

type Where = { region?: string | undefined; endpoint?: string | undefined; readOnly?: boolean };

export function isSigned(entry: ServerEntry): boolean {
  return entry.kind === 'remote' && entry.signing !== undefined;
}

/** Where its endpoint is for a server that works in `region`: there, or where there is one. */
export function signedRegionOf({ signing }: ServerEntry, region: string): string {
  const regions = signing?.regions;
  return regions === undefined || regions.includes(region) ? region : (regions[0] ?? region);
}

export function signedEndpointOf(entry: ServerEntry, region: string, chosen?: string): string {
  return (chosen ?? entry.endpoints?.[0] ?? '').replaceAll('{region}', signedRegionOf(entry, region));
}

/** What the proxy is started with. Which region signs it reads from the endpoint, where calls work from AWS_REGION. */
export function proxyArguments(entry: ServerEntry, stackRegion: string, own: Where): string[] {
  if (entry.signing === undefined) return [];
  const endpoint = signedEndpointOf(entry, own.region ?? stackRegion, own.endpoint);
  return [
    endpoint,
    '--service',
    entry.signing.service,
    // What clients call themselves is nobody's business there.
    '--disable-telemetry',
    ...(own.readOnly ? ['--read-only'] : []),
  ];
}
