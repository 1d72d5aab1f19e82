/**
 * An AWS account as far as a deployment meets it, so that `mcpgw deploy` runs whole as one command: moto answers for
 * STS, IAM, Cognito, EC2, quotas and S3; AgentCore's control plane tells what the stand-in made; behind the host names
 * of the gateway and of its sign-in is the local gateway with real handlers. What a target offers is read from the
 * schema object that the deployment published: what was not put up is not served.
 */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { loadDefinitions, loadProject } from '../../../cli/project.ts';
import { type LocalGateway, startGateway } from '../../../gateway/index.ts';
import { readRunning } from '../../../gateway/running.ts';
import { artefactNames } from '../../../infra/artefacts.ts';
import type { Existing } from '../../../offline/plugin/journal.ts';
import { textAt } from '../../../offline/plugin/values.ts';
import type { LaunchSpec } from '../../../plan/types.ts';
import { s3Store } from '../../../store/artefacts.ts';
import { type Moto, startMoto } from '../../integration/s3-question/moto.ts';
import type { LiveBackend } from './live.ts';

const GATEWAY = 'aws:bedrock/agentcoreGateway:AgentcoreGateway';
const TARGET = 'aws:bedrock/agentcoreGatewayTarget:AgentcoreGatewayTarget';
const CLIENT = 'aws:cognito/userPoolClient:UserPoolClient';
const DOMAIN = 'aws:cognito/userPoolDomain:UserPoolDomain';
const SERVER = join(import.meta.dirname, '../../fixtures/any-tool-server.mjs');

export const BUCKET = 'team-artefacts';

interface Request {
  method: string;
  path: string;
  headers: Headers;
  body: string;
}

export class Account {
  url = '';
  /** State of a target by name; READY otherwise. */
  states: Record<string, string> = {};
  /** Servers whose package does not start. */
  broken: string[] = [];
  /** Actions that the deployer lacks. */
  denied: string[] = [];
  /** Requests that a test answers otherwise than moto does. */
  answers: ((request: Request, service: string) => Response | undefined)[] = [];

  readonly #live: LiveBackend;
  readonly #folder: string;
  readonly #moto: Moto;
  readonly #server = createServer((request, response) => void this.#serve(request, response));
  #local: { gateway: LocalGateway; of: string } | undefined;

  private constructor(live: LiveBackend, folder: string, moto: Moto) {
    this.#live = live;
    this.#folder = folder;
    this.#moto = moto;
  }

  /** For the project in `folder`, whose stack keeps its artefacts in BUCKET. */
  static async open(live: LiveBackend, folder: string): Promise<Account> {
    const account = new Account(live, folder, await startMoto());
    account.#server.listen(0, '127.0.0.1');
    await once(account.#server, 'listening');
    account.url = `http://127.0.0.1:${(account.#server.address() as AddressInfo).port}`;
    await account.#moto.createBucket(BUCKET);
    return account;
  }

  /** Of a user who is signed in to it. */
  get environment(): Record<string, string> {
    return {
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'us-east-1',
      MCPGW_TEST_ACCOUNT: this.url,
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'aws-hosts.mjs')}`,
    };
  }

  get store() {
    const client = {
      endpoint: this.#moto.url,
      forcePathStyle: true,
      credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    };
    return s3Store(BUCKET, 'us-east-1', { client });
  }

  /** Packages and layers of the stack, as a deployment of another stack left them: they cannot be built of a made-up server. */
  async putPackages(stack: string): Promise<void> {
    const { packages, layers } = await artefactNames((await this.#project(stack)).plan);
    for (const key of [...Object.values(packages), ...Object.values(layers)]) {
      await this.store.put(key, Buffer.from(key));
    }
  }

  async close(): Promise<void> {
    await this.#local?.gateway.close();
    this.#server.close();
    this.#server.closeAllConnections();
    await this.#moto.close();
  }

  async #serve(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { host: _, ...given } = incoming.headers;
    const headers = new Headers(
      Object.entries(given).flatMap(([name, value]) =>
        typeof value === 'string' ? [[name, value]] : [],
      ) as [string, string][],
    );
    for (const name of ['connection', 'content-length', 'transfer-encoding', 'expect']) headers.delete(name);
    const body = Buffer.concat(chunks);
    const request = { method: incoming.method ?? 'GET', path: incoming.url ?? '/', headers, body };
    const response = await this.#answer(request).catch(
      (error) => new Response(String(error), { status: 500 }),
    );
    outgoing.writeHead(response.status, Object.fromEntries(withoutFraming(response.headers)));
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  }

  #answer(request: Omit<Request, 'body'> & { body: Buffer }): Promise<Response> {
    const host = request.headers.get('x-aws-host') ?? '';
    if (host.endsWith('.amazoncognito.com')) return this.#token(host, request.headers);
    if (host.includes('.gateway.bedrock-agentcore.')) return this.#mcp(host, request);
    return this.#service(request);
  }

  async #service(request: Omit<Request, 'body'> & { body: Buffer }): Promise<Response> {
    const { method, path, headers } = request;
    const service =
      /Credential=[^/]+\/\d+\/[^/]+\/([^/]+)\//.exec(headers.get('authorization') ?? '')?.[1] ?? '';
    const text = request.body.toString('latin1');
    for (const answer of this.answers) {
      const made = answer({ ...request, body: text }, service);
      if (made) return made;
    }
    if (service === 'bedrock-agentcore') return this.#control(path);
    if (service === 'iam' && text.startsWith('Action=SimulatePrincipalPolicy')) return this.#simulate(text);
    const sends = method === 'POST' || method === 'PUT';
    return fetch(new URL(path, this.#moto.url), {
      method,
      headers,
      ...(sends ? { body: request.body } : {}),
    });
  }

  #simulate(body: string): Response {
    const decisions = [...new URLSearchParams(body)]
      .filter(([key]) => key.startsWith('ActionNames'))
      .map(([, action]) => {
        const decision = this.denied.includes(action) ? 'implicitDeny' : 'allowed';
        return `<member><EvalActionName>${action}</EvalActionName><EvalDecision>${decision}</EvalDecision></member>`;
      });
    return new Response(`<EvaluationResults>${decisions.join('')}</EvaluationResults>`);
  }

  #control(path: string): Response {
    const { pathname } = new URL(path, this.url);
    const gateways = this.#live.existing(GATEWAY);
    if (pathname === '/gateways/') {
      const items = gateways.map(({ id, inputs }) => ({ gatewayId: id, name: textAt(inputs, 'name') }));
      return Response.json({ items });
    }
    const [, id = '', target] = /^\/gateways\/([^/]+)\/targets\/(?:([^/]+)\/)?$/.exec(pathname) ?? [];
    if (!gateways.some((gateway) => gateway.id === id)) return new Response('{}', { status: 404 });
    const items = this.#targets(id).map(({ outputs, inputs }) => {
      const name = textAt(inputs, 'name') ?? '';
      return { targetId: textAt(outputs, 'targetId') ?? name, name, status: this.states[name] ?? 'READY' };
    });
    if (target === undefined) return Response.json({ items });
    const found = items.find(({ targetId }) => targetId === target);
    return Response.json({ ...found, statusReasons: ['the function cannot be invoked'] });
  }

  #targets(gateway: string): Existing[] {
    return this.#live
      .existing(TARGET)
      .filter(({ inputs }) => textAt(inputs, 'gatewayIdentifier') === gateway);
  }

  /** A token of the stack's own client, by its domain; the local gateway's issuer signs it. */
  async #token(host: string, headers: Headers): Promise<Response> {
    const domain = host.split('.')[0];
    const found = this.#live.existing(DOMAIN).find((made) => made.id === domain);
    if (!found) throw new Error(`ENOTFOUND ${host}`);
    const given = Buffer.from(headers.get('authorization')?.replace('Basic ', '') ?? '', 'base64').toString();
    const [client = '', secret] = given.split(':');
    if (!secret || !this.#live.existing(CLIENT).some((made) => made.id === client)) {
      return Response.json({ error: 'invalid_client' }, { status: 400 });
    }
    const { tokenUrl, clientId, clientSecret, scope = '' } = await this.#running(stackOf(found));
    return fetch(String(tokenUrl), {
      method: 'POST',
      headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
    });
  }

  async #mcp(host: string, { method, headers, body }: { method: string; headers: Headers; body: Buffer }) {
    const found = this.#live.existing(GATEWAY).find(({ id }) => host.startsWith(`${id}.`));
    if (!found) throw new Error(`ENOTFOUND ${host}`);
    headers.delete('x-aws-host');
    const { url } = await this.#running(stackOf(found));
    return fetch(url, { method, headers, ...(method === 'POST' ? { body } : {}) });
  }

  async #running(stack: string) {
    await this.#serveWhatIsThere(stack);
    const running = await readRunning(join(this.#folder, '.mcpgw', 'account'));
    if (!running) throw new Error('the local gateway does not run');
    return running;
  }

  /** The local gateway with the targets that were made; another set of them, or another schema, is another gateway. */
  async #serveWhatIsThere(stack: string): Promise<void> {
    const gateway = this.#live.existing(GATEWAY).find((each) => stackOf(each) === stack);
    const made = new Map<string, string>();
    for (const { inputs } of this.#targets(gateway?.id ?? '')) {
      const uri = textAt(inputs, 'targetConfiguration.mcp.lambda.toolSchema.s3.uri') ?? '';
      const schema = await this.#moto.object(uri.replace('s3://', ''));
      if (schema !== undefined) made.set(textAt(inputs, 'name') ?? '', schema);
    }
    const of = JSON.stringify([stack, [...made].sort(), this.broken]);
    if (this.#local?.of === of) return;
    await this.#local?.gateway.close();
    const project = await this.#project(stack);
    const targets = project.plan.targets.filter(({ name }) => made.has(name));
    const definitions = await loadDefinitions({ ...project, plan: { ...project.plan, targets } });
    this.#local = {
      of,
      gateway: await startGateway({
        plan: { ...project.plan, targets },
        definitions,
        launch: ({ server }) => this.#launch(server),
        port: 0,
        stateDir: join(this.#folder, '.mcpgw', 'account'),
        signals: false,
      }),
    };
  }

  async #launch(server: string): Promise<LaunchSpec> {
    const command = this.broken.includes(server) ? '/nowhere/python' : process.execPath;
    return { command, args: [SERVER, join(this.#folder, 'manifest', 'tools', `${server}.json`)], env: {} };
  }

  #project(stack: string) {
    return loadProject({ root: this.#folder, cwd: this.#folder, stack, sound: true });
  }
}

function stackOf({ urn }: Existing): string {
  return urn.split('::')[0]?.split(':').at(-1) ?? '';
}

function withoutFraming(headers: Headers): [string, string][] {
  return [...headers].filter(
    ([name]) => !/^(?:content-length|content-encoding|transfer-encoding|connection)$/.test(name),
  );
}
