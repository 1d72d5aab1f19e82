/**
 * The largest stack there is, brought up and destroyed: the one with everything on, for every server of the manifest,
 * with what only other stacks have (a way out, managed policies, the interceptor, a remote server). A policy engine
 * cannot hold the tools of so many, so there are two gateways.
 */
import type { Operation } from '../../offline/plugin/journal.ts';
import type { Values } from '../../offline/plugin/values.ts';
import { EVERYTHING, openCase, readCase, succeeded } from '../engine/support/committed.ts';

export interface Life {
  settings: Values;
  up: Operation[];
  destroy: Operation[];
}

export async function liveOnce(): Promise<Life> {
  const settings = widened((await readCase(EVERYTHING)).config as Values);
  const stack = await openCase({ config: settings });
  try {
    succeeded(await stack.up());
    const up = stack.operations();
    succeeded(await stack.destroy());
    return { settings, up, destroy: stack.operations() };
  } finally {
    await stack.close();
  }
}

function widened(settings: Values): Values {
  const block = (name: string) => settings[`mcpgw:${name}`] as Values;
  const { network, servers } = { network: block('network'), servers: block('servers') };
  // More than a role holds inline.
  const resources = Array.from({ length: 400 }, (_, index) => `arn:aws:s3:::records-of-the-team-${index}/*`);
  const statements = [{ actions: ['s3:GetObject'], resources }];
  return {
    ...settings,
    'mcpgw:gateway': { ...block('gateway'), shards: 2 },
    'mcpgw:network': {
      ...network,
      outbound: { ...(network.outbound as Values), internet: 'nat-per-zone' },
    },
    'mcpgw:observe': { ...block('observe'), subject: true },
    'mcpgw:servers': {
      ...servers,
      include: ['*'],
      remote: ['aws-knowledge-mcp-server'],
      settings: { ...(servers.settings as Values), 'eks-mcp-server': { statements } },
    },
  };
}
