/**
 * AWS's own adapter, which starts a server for every call. Installed into the cache when the benchmark first runs:
 * it brings the AWS SDK and a logger that nothing of ours needs.
 */
import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LaunchSpec } from '../../plan/types.ts';
import { cacheDir } from '../../store/paths.ts';

const NAME = '@aws/run-mcp-servers-with-aws-lambda';
export const PEER_VERSION = '0.5.21';

interface Peer {
  BedrockAgentCoreGatewayTargetHandler: new (
    adapter: object,
  ) => {
    handle(event: unknown, context: unknown): Promise<unknown>;
  };
  StdioServerAdapterRequestHandler: new (params: object) => object;
}

/** Calls one tool through AWS's adapter. */
export async function peerCall(
  launch: LaunchSpec,
  env: Record<string, string>,
): Promise<(tool: string, args: unknown) => Promise<unknown>> {
  const peer = (await load()) as Peer;
  const { command, args } = launch;
  const adapter = new peer.StdioServerAdapterRequestHandler({
    command,
    args,
    env: { ...env, ...launch.env },
  });
  const handler = new peer.BedrockAgentCoreGatewayTargetHandler(adapter);
  return (tool, event) =>
    handler.handle(event, { clientContext: { custom: { bedrockAgentCoreToolName: tool } } });
}

async function load(): Promise<unknown> {
  const folder = join(cacheDir(), 'bench', `run-mcp-servers-${PEER_VERSION}`);
  if (!existsSync(join(folder, 'node_modules', NAME))) {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'package.json'), '{"private": true}');
    const args = [
      'install',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      `${NAME}@${PEER_VERSION}`,
    ];
    await promisify(execFile)('npm', args, { cwd: folder });
  }
  return import(createRequire(join(folder, 'package.json')).resolve(NAME));
}
