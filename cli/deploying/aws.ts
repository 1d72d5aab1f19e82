/** The few questions that the preflight asks AWS, as signed requests; five clients of the SDK would weigh 20 MB more. */
import { createHash, createHmac } from 'node:crypto';
import { defaultProvider } from '@aws-sdk/credential-provider-node';
import { SignatureV4 } from '@smithy/signature-v4';
import type { Ask, AwsRequest } from '../../gateway/contract/aws-requests.ts';
import { dnsSuffixOf } from '../../plan/partition.ts';

export type { Ask, AwsRequest };

/** With the credentials of the environment, as the SDK finds them. Rejects when there are none or nobody answers. */
export function awsAsker(env: NodeJS.ProcessEnv): Ask {
  const credentials = defaultProvider();
  return async ({
    service,
    host = service,
    region,
    method = 'POST',
    path = '/',
    headers = {},
    body = '',
  }) => {
    const endpoint = new URL(env.AWS_ENDPOINT_URL ?? endpointOf(host, region));
    const url = new URL(path, endpoint);
    const sends = method === 'POST' || method === 'PUT';
    const signer = new SignatureV4({ credentials, region, service, sha256: Sha256 });
    const signed = await signer.sign({
      method,
      protocol: endpoint.protocol,
      hostname: endpoint.hostname,
      ...(endpoint.port ? { port: Number(endpoint.port) } : {}),
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: { host: endpoint.host, ...headers },
      ...(sends ? { body } : {}),
    });
    const { host: _, ...sent } = signed.headers;
    const response = await fetch(url, {
      method,
      headers: sent,
      redirect: 'error',
      signal: AbortSignal.timeout(20_000),
      ...(sends ? { body } : {}),
    });
    return { status: response.status, text: await response.text() };
  };
}

/** IAM has one endpoint a partition. */
function endpointOf(host: string, region: string): string {
  const suffix = dnsSuffixOf(region);
  if (host === 'iam')
    return region.startsWith('cn-') ? `https://iam.cn-north-1.${suffix}` : `https://iam.${suffix}`;
  return `https://${host}.${region}.${suffix}`;
}

/** A request in the query protocol (IAM, STS), which answers in XML. */
export function query(
  action: string,
  parameters: Record<string, string>,
  version: string,
): Partial<AwsRequest> {
  return {
    headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
    body: new URLSearchParams({ Action: action, Version: version, ...parameters }).toString(),
  };
}

/** Texts of all elements of that name in a flat XML answer. */
export function elements(xml: string, name: string): string[] {
  return [...xml.matchAll(new RegExp(`<${name}>([^<]*)</${name}>`, 'g'))].map(([, text = '']) => text);
}

/** What the signer wants of a hash, by node:crypto. */
class Sha256 {
  readonly #hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.#hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytes(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.#hash.update(bytes(data));
  }

  digest(): Promise<Uint8Array> {
    return Promise.resolve(this.#hash.digest());
  }

  reset(): void {}
}

function bytes(data: string | ArrayBuffer | ArrayBufferView): Uint8Array {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return data instanceof ArrayBuffer
    ? new Uint8Array(data)
    : new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}
