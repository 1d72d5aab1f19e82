/**
 * Values of variables that stand in Secrets Manager or the Parameter Store: the settings name them, nothing else of
 * ours ever holds them. Kept for some minutes; a changed value shows at the next reading.
 */
import { AwsClient } from 'aws4fetch'; // signs a request in 6 kB; the SDK's two clients take 150 ms of a cold start
import { dnsSuffixOf } from '../plan/partition.ts';
import type { CredentialSource } from './credentials.ts';

/** Where a reference leads, as the settings write it. */
export type SecretReference =
  | { service: 'secretsmanager'; id: string; region: string | undefined; key: string | undefined }
  | { service: 'ssm'; name: string; region: string | undefined };

const SECRET_ARN = /^arn:[\w-]+:secretsmanager:([\w-]+):\d{12}:secret:[^#]+$/;
const PARAMETER_ARN = /^arn:[\w-]+:ssm:([\w-]+):\d{12}:parameter(\/.+)$/;

export function parseReference(text: string): SecretReference {
  if (text.startsWith('ssm:')) return { service: 'ssm', name: text.slice('ssm:'.length), region: undefined };
  const parameter = PARAMETER_ARN.exec(text);
  if (parameter?.[2] !== undefined) return { service: 'ssm', name: parameter[2], region: parameter[1] };
  const [id = '', key] = text.split('#', 2);
  const secret = SECRET_ARN.exec(id);
  if (secret === null) {
    throw new Error(
      `secret reference ${JSON.stringify(text)} is neither an ARN of a secret or parameter nor ssm:NAME`,
    );
  }
  return { service: 'secretsmanager', id, region: secret[1], key };
}

export interface SecretOptions {
  region: string;
  credentials: CredentialSource | undefined;
  /** Stands in for the services' own addresses. */
  endpoint?: string;
  now?: () => number;
  lifeMs?: number;
}

const DEFAULT_LIFE_MS = 5 * 60 * 1000;
const REQUEST_MS = 5000;

export class Secrets {
  readonly #references: readonly (readonly [string, string])[];
  readonly #options: SecretOptions;
  readonly #cache = new Map<string, { value: string; until: number }>();

  /** `references`: by name of the variable. */
  constructor(references: Readonly<Record<string, string>>, options: SecretOptions) {
    this.#references = Object.entries(references);
    this.#options = options;
  }

  /** Whether a value may be out of date. */
  get expired(): boolean {
    const now = this.#now();
    return this.#references.some(([, text]) => (this.#cache.get(text)?.until ?? 0) <= now);
  }

  /** Values by name of the variable. Rejects when one was never read; a known one outlives a failed reading. */
  async read(): Promise<Record<string, string>> {
    const values = this.#references.map(async ([name, text]) => [name, await this.#value(text)] as const);
    return Object.fromEntries(await Promise.all(values));
  }

  async #value(text: string): Promise<string> {
    const cached = this.#cache.get(text);
    const now = this.#now();
    const { lifeMs = DEFAULT_LIFE_MS } = this.#options;
    if (cached !== undefined && cached.until > now) return cached.value;
    try {
      const value = await this.#fetch(parseReference(text));
      this.#cache.set(text, { value, until: now + lifeMs });
      return value;
    } catch (error) {
      if (cached === undefined) throw error;
      this.#cache.set(text, { value: cached.value, until: now + lifeMs / 10 });
      return cached.value;
    }
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async #fetch(reference: SecretReference): Promise<string> {
    const { credentials, region: own } = this.#options;
    if (credentials === undefined) {
      throw new Error('reading a secret needs AWS credentials, and this server is given none');
    }
    const region = reference.region ?? own;
    const client = new AwsClient({
      ...(await keysOf(credentials)),
      service: reference.service,
      region,
      retries: 2,
    });
    const { target, body } = requestOf(reference);
    const response = await client.fetch(this.#options.endpoint ?? addressOf(reference.service, region), {
      method: 'POST',
      headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': target },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    const reply = (await response.json().catch(() => ({}))) as Record<string, unknown>;
    // Of an error only its type: the message may repeat the name, never the value, but nobody promises that.
    if (!response.ok) throw new Error(`${nameOf(reference)}: ${String(reply.__type ?? response.status)}`);
    return valueIn(reply, reference);
  }
}

async function keysOf(credentials: CredentialSource) {
  const { accessKeyId, secretAccessKey, sessionToken } = await credentials();
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function requestOf(reference: SecretReference): { target: string; body: object } {
  return reference.service === 'ssm'
    ? { target: 'AmazonSSM.GetParameter', body: { Name: reference.name, WithDecryption: true } }
    : { target: 'secretsmanager.GetSecretValue', body: { SecretId: reference.id } };
}

function addressOf(service: string, region: string): string {
  return `https://${service}.${region}.${dnsSuffixOf(region)}/`;
}

function nameOf(reference: SecretReference): string {
  return reference.service === 'ssm' ? `parameter ${reference.name}` : `secret ${reference.id}`;
}

function valueIn(reply: Readonly<Record<string, unknown>>, reference: SecretReference): string {
  const value =
    reference.service === 'ssm'
      ? (reply.Parameter as { Value?: unknown } | undefined)?.Value
      : reply.SecretString;
  if (typeof value !== 'string') throw new Error(`${nameOf(reference)}: holds no text`);
  if (reference.service === 'ssm' || reference.key === undefined) return value;
  const member = memberOf(value, reference.key);
  if (member === undefined)
    throw new Error(`${nameOf(reference)}: its JSON has no text or number ${reference.key}`);
  return member;
}

function memberOf(json: string, key: string): string | undefined {
  try {
    const value = (JSON.parse(json) as Record<string, unknown>)[key];
    return typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;
  } catch {
    return undefined;
  }
}
