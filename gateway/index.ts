/**
 * The AgentCore gateway on this machine: renders the deployment plan as `infra` does for AWS, with the same names,
 * schemas and proxy handlers, behind the same kind of token. Listens on 127.0.0.1 only.
 */
import type { AddressInfo } from 'node:net';
import { createAdaptorServer, type ServerType } from '@hono/node-server'; // node:http for a web-standard application
import { isAdmitted } from '../plan/admission.ts';
import { McpgwError } from '../plan/errors.ts';
import { gatewayUnits, isSpread } from '../plan/gateways.ts';
import { identityOf as gatewaysOf } from '../plan/identity.ts';
import type { ToolDefinition } from '../plan/manifest.ts';
import { requireSound } from '../plan/plan.ts';
import type { LaunchSpec, Plan, TargetPlan } from '../plan/types.ts';
import { NETWORK_VARIABLES } from '../proxies/environment.ts';
import { createHandler } from '../proxies/handler.ts';
import type { Behaviour } from './behaviour.ts';
import { composeGateway } from './compose.ts';
import type { HandedCredentials } from './credentials.ts';
import { createEnvironments, type Handler } from './environments.ts';
import { type Identity, loadIdentity } from './identity.ts';
import { catalogueOfPlan } from './plan-catalogue.ts';
import { clientsOf } from './rule.ts';
import { type RunningGateway, removeRunning, writeRunning } from './running.ts';
import { closeOnSignals } from './signals.ts';

export interface GatewayOptions {
  plan: Plan;
  /** By server id. */
  definitions: Readonly<Record<string, readonly ToolDefinition[]>>;
  /** How to start a target's server; asked at its first call. */
  launch(target: TargetPlan): Promise<LaunchSpec>;
  /** 0 takes any free one. */
  port: number;
  /** Manifest folder that the plan was made from, for those who read `gateway.json`. */
  manifest?: string;
  /** For the issuer's keys and `gateway.json`. */
  stateDir: string;
  /** Hands this AWS profile through to the servers; without it they get no credentials. */
  credentials?: { profile: string };
  /** Where the AgentCore gateway was found to differ from what we assume (`mcpgw contract`). */
  behaviour?: Partial<Behaviour>;
  /** Whether SIGINT, SIGTERM and SIGHUP close the gateway and end the process. Default: true. */
  signals?: boolean;
  log?(line: Record<string, unknown>): void;
}

export interface LocalGateway {
  /** The MCP endpoint. */
  url: string;
  issuer: string;
  /** Ends the gateway and every server it started. */
  close(): Promise<void>;
}

export async function startGateway(options: GatewayOptions): Promise<LocalGateway> {
  const { plan, stateDir } = options;
  const log = options.log ?? (() => {});
  requireSound(plan);
  const catalogue = catalogueOfPlan(plan, options.definitions);
  for (const { name } of plan.targets.filter(({ kind }) => kind !== 'lambda')) {
    log({
      event: 'not-served',
      target: name,
      reason: 'a remote server is reached through the gateway on AWS only',
    });
  }
  const identity = plan.settings.auth.type === 'cognito' ? await identityOf(options) : undefined;
  const credentials = options.credentials && (await handedCredentials(options.credentials.profile));
  const environments = createEnvironments((target) => handlerFor(target, options, credentials));
  let origin = '';
  const { app, issuer } = composeGateway({
    plan,
    catalogue,
    environments,
    ...(identity && { identity }),
    origin: () => origin,
    ...(options.behaviour && { behaviour: options.behaviour }),
    log,
  });
  const server = createAdaptorServer({ fetch: app.fetch });
  origin = `http://127.0.0.1:${await listen(server, options.port)}`;
  const running = {
    ...runningOf(plan, identity, origin),
    issuer: issuer(),
    ...(options.manifest && { manifest: options.manifest }),
  };
  await writeRunning(stateDir, running);
  const close = once(async () => {
    stopListening();
    await Promise.all([environments.close(), closeServer(server)]);
    await removeRunning(stateDir, running);
  });
  const stopListening = options.signals === false ? () => {} : closeOnSignals(close);
  return { url: running.url, issuer: issuer(), close };
}

/** Loaded only when asked for: the AWS SDK's reader of profiles is the heaviest thing here. */
async function handedCredentials(profile: string): Promise<HandedCredentials> {
  const { handCredentials } = await import('./credentials.ts');
  return handCredentials(profile);
}

function identityOf({ stateDir, plan }: GatewayOptions): Promise<Identity> {
  const { stack, region, settings } = plan;
  return loadIdentity({ stateDir, stack, region, clients: clientsOf(settings) });
}

function handlerFor(
  target: TargetPlan,
  { plan, launch, log }: GatewayOptions,
  credentials: HandedCredentials | undefined,
): Handler {
  return createHandler({
    settings: target.function.proxy,
    region: plan.region,
    appId: `mcpgw-${plan.stack}-${target.name}`,
    inherit: NETWORK_VARIABLES,
    launch: async () => {
      const spec = await launch(target);
      return { ...spec, env: { ...credentials?.env, ...spec.env } };
    },
    ...(credentials && { credentials: credentials.source }),
    ...(log && { log: (line: object) => log({ target: target.name, ...line }) }),
  });
}

function runningOf(plan: Plan, identity: Identity | undefined, origin: string): RunningGateway {
  const { settings, targets } = plan;
  const first = gatewayUnits(settings, targets)[0]?.key ?? '';
  const client = identity?.clients.find(({ name }) => isAdmitted(settings, name, first));
  return {
    pid: process.pid,
    url: `${origin}/mcp`,
    stack: plan.stack,
    ...(isSpread(settings, targets) && { identity: gatewaysOf(plan) }),
    ...(client && {
      tokenUrl: `${origin}/oauth2/token`,
      clientId: client.id,
      clientSecret: client.secret,
      scope: client.scopes.join(' '),
    }),
  };
}

function listen(server: ServerType, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code !== 'EADDRINUSE' && cause.code !== 'EACCES') return reject(cause);
      const why = cause.code === 'EACCES' ? 'may not be used by you' : 'is in use';
      reject(
        new McpgwError('port-in-use', `port ${port} ${why}`, {
          hint: 'choose another with --port (0 takes any free one), or stop what listens there',
          cause,
        }),
      );
    });
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
  });
}

async function closeServer(server: ServerType): Promise<void> {
  const closed = new Promise((resolve) => server.close(resolve));
  if ('closeAllConnections' in server) server.closeAllConnections();
  await closed;
}

function once(work: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= work();
    return done;
  };
}
