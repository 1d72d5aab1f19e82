/**
 * Configuration files of MCP clients. Shapes from the clients' own documentation:
 * Claude Code (.mcp.json), Cursor (mcp.json), Kiro (mcp.json) use `mcpServers`, VS Code (mcp.json) uses `servers`.
 */
import type { Plan, TargetPlan } from '../plan/types.ts';

export const CLIENTS = ['claude', 'cursor', 'vscode', 'kiro'] as const;
export type ClientName = (typeof CLIENTS)[number];

type ServerConfig = Record<string, unknown>;

/** One entry a server: uv's `uvx` installs the pinned published version and starts it over stdio. */
export function directConfig(client: ClientName, plan: Plan): Record<string, unknown> {
  const servers = plan.targets.flatMap((target) => {
    const started = directServer(client, target);
    return started ? [[target.name, started] as const] : [];
  });
  return wrap(client, Object.fromEntries(servers));
}

function directServer(client: ClientName, target: TargetPlan): ServerConfig | undefined {
  const { package: pinned, entrypoint } = target.entry;
  if (!pinned || !entrypoint) return undefined;
  const { proxy } = target.function;
  return {
    ...(client === 'vscode' ? { type: 'stdio' } : {}),
    command: 'uvx',
    args: ['--from', `${pinned.name}==${pinned.version}`, entrypoint.script, ...proxy.arguments],
    env: proxy.environment,
  };
}

/** One entry for the gateway, with a token that expires: clients without OAuth client credentials need it renewed. */
export function gatewayConfig(
  client: ClientName,
  url: string,
  stack: string,
  token: string,
): Record<string, unknown> {
  const typed = client === 'claude' || client === 'vscode' ? { type: 'http' } : {};
  return wrap(client, { [`aws-${stack}`]: { ...typed, url, headers: { Authorization: `Bearer ${token}` } } });
}

function wrap(client: ClientName, servers: Record<string, ServerConfig>): Record<string, unknown> {
  return client === 'vscode' ? { servers } : { mcpServers: servers };
}
