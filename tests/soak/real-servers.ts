/**
 * Eight published servers for the soak, each with a call that it answers by itself, without AWS: an argument of the wrong
 * type, which the refusal repeats, so that an answer to another call is seen at once.
 */
import { type Published, published } from '../../bench/proxies/published.ts';
import type { Json } from '../../plan/hash.ts';
import { readManifest } from '../../store/manifest.ts';
import type { Expected, FaultCall } from './faults.ts';

const IDS = [
  'amazon-kendra-index-mcp-server',
  'amazon-qbusiness-anonymous-mcp-server',
  'aws-appsync-mcp-server',
  'aws-dataprocessing-mcp-server',
  'aws-documentation-mcp-server',
  'aws-network-mcp-server',
  'cloudtrail-mcp-server',
  'iam-mcp-server',
];

export interface RealServer extends Published {
  tool: string;
  call(nonce: string): FaultCall;
}

/** In the versions of the manifest, from PyPI. */
export async function realServers(): Promise<RealServer[]> {
  const { servers } = await readManifest('manifest');
  const packages = IDS.flatMap((id) => servers[id]?.package ?? []);
  const installed = await published(packages.map(({ name, version }) => `${name}==${version}`));
  return installed.map((server) => {
    const [tool, parameter] = textParameter(server);
    return {
      ...server,
      tool,
      call: (nonce) => ({ tool, args: { [parameter]: [nonce] }, ms: 20_000, expected: repeating(nonce) }),
    };
  });
}

function textParameter({ entry }: Published): [string, string] {
  for (const [tool, { parameters }] of Object.entries(entry.tools ?? {})) {
    const needed = Object.entries(parameters).find(([, type]) => type === 'string!');
    if (needed !== undefined) return [tool, needed[0]];
  }
  throw new Error(`${entry.id} has no tool that needs a text`);
}

function repeating(nonce: string): Expected {
  return {
    says: 'answered',
    shakes: false,
    matches: (reply: Json) => {
      const text = JSON.stringify(reply);
      return text.includes(nonce) && !/the server ended|did not/.test(text);
    },
  };
}
