/**
 * Configuration files of MCP clients. Shapes from the clients' own documentation:
 * Claude Code (.mcp.json), Cursor (mcp.json), Kiro (mcp.json) use `mcpServers`, VS Code (mcp.json) uses `servers`.
 */
import type { Plan, TargetPlan } from '../plan/types.ts';

export const CLIENTS = ['claude', 'cursor', 'vscode', 'kiro'] as const;
export type ClientName = (typeof CLIENTS)[number];

type ServerConfig = Record<string, unknown>;

/** One entry a server: uv's `uvx` installs the pinned published version and starts it over stdio; remote ones by their URL. */
export function directConfig(client: ClientName, plan: Plan): Record<string, unknown> {
  const servers = plan.targets.flatMap((target) => {
    const started = directServer(client, target);
    return started ? [[target.name, started] as const] : [];
  });
  const remotes = (plan.remotes ?? []).map(
    ({ name, endpoint }) => [name, { ...typed(client), url: endpoint }] as const,
  );
  return wrap(client, Object.fromEntries([...servers, ...remotes]));
}

/** What of the stack holds behind the gateway only: a server that is started straight knows nothing of it. */
export function directNotes(plan: Plan): string[] {
  const wider = plan.targets.flatMap(({ name, entry, tools }) => {
    const all = Object.keys(entry.tools ?? {}).length;
    return all > tools.length ? [`${name} ${all} (${tools.length} in the stack)`] : [];
  });
  const left = plan.targets.filter((target) => directServer('claude', target) === undefined);
  return [
    ...(wider.length > 0 ? [`without a gateway a server offers all of its tools: ${wider.join(', ')}`] : []),
    ...(left.length > 0
      ? [`left out, as they have no package: ${left.map(({ name }) => name).join(', ')}`]
      : []),
    'each call has the permissions of your own AWS credentials, not those of the stack',
  ];
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
  return wrap(client, {
    [`aws-${stack}`]: { ...typed(client), url, headers: { Authorization: `Bearer ${token}` } },
  });
}

function typed(client: ClientName): ServerConfig {
  return client === 'claude' || client === 'vscode' ? { type: 'http' } : {};
}

function wrap(client: ClientName, servers: Record<string, ServerConfig>): Record<string, unknown> {
  return client === 'vscode' ? { servers } : { mcpServers: servers };
}
