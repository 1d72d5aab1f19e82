/** A whole gateway without a socket: a hand-made plan, handlers that only record, and requests as a client sends them. */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Behaviour } from '../../../gateway/behaviour.ts';
import { catalogueOf } from '../../../gateway/catalogue.ts';
import { composeGateway } from '../../../gateway/compose.ts';
import { createEnvironments, type Handler } from '../../../gateway/environments.ts';
import { type Identity, loadIdentity } from '../../../gateway/identity.ts';
import { issuerUrl, signAccessToken } from '../../../gateway/issuer.ts';
import { clientsOf } from '../../../gateway/rule.ts';
import type { Json, JsonObject } from '../../../plan/hash.ts';
import type { ServerEntry, ToolDefinition, ToolEntry } from '../../../plan/manifest.ts';
import { fullToolName } from '../../../plan/names.ts';
import { hashProjection, projectTool } from '../../../plan/schema/projection.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import type { Plan, TargetPlan, ToolPlan } from '../../../plan/types.ts';

export const ORIGIN = 'http://127.0.0.1:4127';

export const definitions: ToolDefinition[] = [
  {
    name: 'add',
    description: 'Adds two numbers.',
    inputSchema: {
      type: 'object',
      properties: { a: { type: 'integer', minimum: 0 }, b: { type: 'number' }, note: { type: 'string' } },
      required: ['a', 'b'],
    },
    annotations: { readOnlyHint: true },
  },
  { name: 'list_buckets', description: 'Lists the buckets of an account.', inputSchema: { type: 'object' } },
  { name: 'delete_bucket', description: 'Deletes one bucket.', inputSchema: { type: 'object' } },
];

function planned(definition: ToolDefinition): ToolPlan {
  const { name } = definition;
  const { tool } = projectTool(definition);
  return { name, exposed: name, projection: hashProjection(tool), entry: { tokens: 0 } as ToolEntry };
}

export function targetOf(
  name: string,
  tools: readonly ToolDefinition[],
  onTarget: Partial<TargetPlan> = {},
): TargetPlan {
  return {
    server: `${name}-mcp-server`,
    name,
    description: name,
    kind: 'lambda',
    lane: 0,
    tools: tools.map(planned),
    schemaKey: '',
    statements: [],
    entry: { tools: Object.fromEntries(tools.map(({ name: own }) => [own, {}])) } as unknown as ServerEntry,
    tokens: 0,
    function: {
      name,
      roleName: name,
      logGroup: name,
      memory: 256,
      timeout: 30,
      architecture: 'arm64',
      python: '3.13',
      form: 'zip',
      proxy: {
        server: `${name}-mcp-server`,
        target: name,
        arguments: [],
        environment: {},
        aliases: {},
        allow: tools.map((tool) => tool.name),
        onToolError: 'return',
        isolation: 'warm',
      },
    },
    ...onTarget,
  };
}

/** Settings as a stack file would give them; `config` without the namespace. */
export function planOf(targets: TargetPlan[], config: Record<string, unknown> = {}): Plan {
  const namespaced = Object.fromEntries(
    Object.entries(config).map(([key, value]) => [`mcpgw:${key}`, value]),
  );
  const settings = parseSettings(
    'test',
    { 'mcpgw:gateway': { name: 'tools' }, 'aws:region': 'us-east-1', ...namespaced },
    'Pulumi.test.yaml',
  );
  return {
    stack: 'test',
    region: 'us-east-1',
    settings,
    gateway: { name: settings.gateway.name, roleName: 'tools-gateway' },
    targets,
    skipped: [],
    problems: [],
    totals: { tools: 0, tokens: 0 },
  };
}

type Handle = Handler['handle'];

/** A JSON answer of any shape. */
// biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
export const jsonOf = async (response: Response): Promise<any> => response.json();

export interface TestGateway {
  request(path: string, init?: RequestInit): Promise<Response>;
  /** One JSON-RPC message to /mcp with a good token, or with the headers given. */
  rpc(method: string, params?: JsonObject, headers?: Record<string, string>, path?: string): Promise<Answer>;
  token(options?: {
    clientId?: string;
    scopes?: string[];
    issuer?: string;
    lifetime?: number;
  }): Promise<string>;
  identity: Identity;
  issuer: string;
  lines: Record<string, unknown>[];
}

export interface Answer {
  status: number;
  headers: Headers;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into answers of every shape
  body: any;
}

export async function testGateway(
  options: {
    config?: Record<string, unknown>;
    tools?: ToolDefinition[];
    /** Names of targets, each with all the tools. */
    targets?: string[];
    handle?: Handle;
    behaviour?: Partial<Behaviour>;
    settingsOf?: (plan: Plan) => void;
    fetch?: (url: string) => Promise<Response> | undefined;
  } = {},
): Promise<TestGateway> {
  const tools = options.tools ?? definitions;
  const targets = (options.targets ?? ['calculator']).map((name) => targetOf(name, tools));
  const plan = planOf(targets, options.config);
  options.settingsOf?.(plan);
  const stateDir = await mkdtemp(join(tmpdir(), 'mcpgw-test-'));
  const identity = await loadIdentity({
    stateDir,
    stack: 'test',
    region: 'us-east-1',
    clients: clientsOf(plan.settings),
  });
  const lines: Record<string, unknown>[] = [];
  const handle: Handle = options.handle ?? (async (event) => event as Json);
  const { app } = composeGateway({
    plan,
    catalogue: catalogueOf(
      targets.flatMap((target) =>
        tools.map((definition) => {
          const { tool } = projectTool(definition);
          return { name: fullToolName(target.name, tool.name), target, tool };
        }),
      ),
    ),
    environments: createEnvironments(() => ({ handle, close: async () => {} })),
    ...(plan.settings.auth.type === 'cognito' && { identity }),
    origin: () => ORIGIN,
    fetch: async (input) => {
      const url = String(input instanceof Request ? input.url : input);
      return (await options.fetch?.(url)) ?? app.request(url, { headers: { host: '127.0.0.1:4127' } });
    },
    ...(options.behaviour && { behaviour: options.behaviour }),
    log: (line) => lines.push(line),
  });
  const issuer = issuerUrl(identity, ORIGIN);
  const client = identity.clients[0]!;
  const request = async (path: string, init: RequestInit = {}) =>
    app.request(`${ORIGIN}${path}`, { ...init, headers: { host: '127.0.0.1:4127', ...init.headers } });
  const token: TestGateway['token'] = (given = {}) =>
    signAccessToken(identity, {
      issuer: given.issuer ?? issuer,
      client: { id: given.clientId ?? client.id },
      scopes: given.scopes ?? client.scopes,
      ...(given.lifetime !== undefined && { lifetime: given.lifetime }),
    });
  return {
    request,
    token,
    identity,
    issuer,
    lines,
    async rpc(method, params, headers, path = '/mcp') {
      const response = await request(path, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(headers ?? { authorization: `Bearer ${await token()}` }),
        },
        body: JSON.stringify({ jsonrpc: '2.0', id: 2, method, ...(params && { params }) }),
      });
      const text = await response.text();
      return {
        status: response.status,
        headers: response.headers,
        body: text === '' ? undefined : JSON.parse(text),
      };
    },
  };
}
