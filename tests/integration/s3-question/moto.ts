/**
 * moto's server as a stand-in for AWS: installed once from PyPI into the cache, started on a free port, filled by plain
 * requests. With enforcement on it checks signatures and policies as IAM does.
 */
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { runChild } from '../../../discovery/child.ts';
import { ensureUv } from '../../../discovery/index.ts';
import { installerEnv } from '../../../discovery/python/installer-env.ts';
import { choosePython } from '../../../discovery/python/interpreter.ts';
import { cacheDir } from '../../../store/paths.ts';

const VERSION = '5.2.5';

export interface Moto {
  url: string;
  /** The Python that it runs on: botocore is there too. */
  python: string;
  createBucket(name: string): Promise<void>;
  /** Text of `bucket/key`; undefined where there is none. */
  object(path: string): Promise<string | undefined>;
  createUser(name: string): Promise<void>;
  createAccessKey(user: string): Promise<{ id: string; secret: string }>;
  putUserPolicy(user: string, document: object): Promise<void>;
  /** Whether requests are checked from now on. The methods above work only while they are not. */
  enforce(on: boolean): Promise<void>;
  close(): Promise<void>;
}

/** Path of the installed moto_server; built beside and renamed, so that an interrupted install leaves nothing. */
async function ensureMoto(): Promise<string> {
  const folder = join(cacheDir(), `moto-${VERSION}`);
  const program = join(folder, 'bin', 'moto_server');
  if (await stat(program).catch(() => undefined)) return program;
  const uv = await ensureUv();
  const python = await choosePython('>=3.10', 'any');
  await mkdir(dirname(folder), { recursive: true });
  const work = await mkdtemp(`${folder}-`);
  const steps = [
    ['venv', '--relocatable', '--clear', '--python', python.path, work],
    ['pip', 'install', '--python', join(work, 'bin', 'python'), `moto[server]==${VERSION}`],
  ];
  for (const args of steps) {
    const { code, stderr } = await runChild(uv, args, { seconds: 300, env: installerEnv() });
    if (code !== 0) throw new Error(`uv ${args[0]} failed: ${stderr}`);
  }
  await rename(work, folder).catch(() => rm(work, { recursive: true })); // another run was faster
  return program;
}

export async function startMoto(): Promise<Moto> {
  const program = await ensureMoto();
  const port = await freePort();
  const server = spawn(program, ['-H', '127.0.0.1', '-p', String(port)], { stdio: 'ignore' });
  const ended = new Promise((resolve) => server.once('exit', resolve));
  const url = `http://127.0.0.1:${port}`;
  await answering(url);
  return {
    url,
    python: join(dirname(program), 'python'),
    createBucket: async (name) => void (await request(`${url}/${name}`, 's3', { method: 'PUT' })),
    async object(path) {
      const response = await fetch(`${url}/${path}`, { headers: { authorization: authorizationOf('s3') } });
      return response.ok ? response.text() : undefined;
    },
    createUser: async (name) => void (await iam(url, { Action: 'CreateUser', UserName: name })),
    async createAccessKey(user) {
      const xml = await iam(url, { Action: 'CreateAccessKey', UserName: user });
      const textOf = (tag: string) => new RegExp(`<${tag}>([^<]+)</${tag}>`).exec(xml)?.[1] ?? '';
      return { id: textOf('AccessKeyId'), secret: textOf('SecretAccessKey') };
    },
    putUserPolicy: async (user, document) =>
      void (await iam(url, {
        Action: 'PutUserPolicy',
        UserName: user,
        PolicyName: 'planned',
        PolicyDocument: JSON.stringify(document),
      })),
    async enforce(on) {
      await fetch(`${url}/moto-api/reset-auth`, { method: 'POST', body: on ? '0' : 'inf' });
    },
    async close() {
      server.kill('SIGTERM');
      await ended;
    },
  };
}

function iam(url: string, form: Record<string, string>): Promise<string> {
  const body = new URLSearchParams({ ...form, Version: '2010-05-08' });
  return request(url, 'iam', { method: 'POST', body });
}

/** moto finds the service in the credential's scope; the signature is not looked at while nothing is enforced. */
function authorizationOf(service: string): string {
  const scope = `test/20260101/us-east-1/${service}/aws4_request`;
  return `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
}

async function request(url: string, service: string, init: RequestInit): Promise<string> {
  const response = await fetch(url, { ...init, headers: { authorization: authorizationOf(service) } });
  const text = await response.text();
  if (!response.ok) throw new Error(`${service}: ${response.status} ${text}`);
  return text;
}

async function answering(url: string): Promise<void> {
  for (;;) {
    const response = await fetch(`${url}/moto-api/data.json`).catch(() => undefined);
    if (response?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject).listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
