/** The few AWS requests of the contract kit, each with the answer it needs. Signing is the caller's business. */
import { z } from 'zod';
import { McpgwError } from '../../plan/errors.ts';

export interface AwsRequest {
  /** Signing name. */
  service: string;
  /** Host without the suffix of the region, where it is not the signing name: `bedrock-agentcore-control`. */
  host?: string;
  region: string;
  method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}
/** A signed request. Rejects when there are no credentials or nobody answers. The command line has one. */
export type Ask = (request: AwsRequest) => Promise<{ status: number; text: string }>;

/** A refusal of AWS's, with its code in the message. */
export class AwsRefusal extends McpgwError {
  readonly status: number;

  constructor(what: string, status: number, text: string) {
    super(status === 403 ? 'not-authorised' : 'internal', `${what}: HTTP ${status} ${text.slice(0, 500)}`);
    this.name = 'AwsRefusal';
    this.status = status;
  }
}

export function awsRequests(ask: Ask, region: string) {
  const send = async (what: string, request: Omit<AwsRequest, 'region'>): Promise<string> => {
    const { status, text } = await ask({ region, ...request });
    if (status >= 300) throw new AwsRefusal(what, status, text);
    return text;
  };
  const iam = (action: string, parameters: Record<string, string>) =>
    send(action, {
      service: 'iam',
      method: 'POST',
      path: '/',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: new URLSearchParams({ Action: action, Version: '2010-05-08', ...parameters }).toString(),
    });
  const rest = async (
    what: string,
    service: { service: string; host?: string },
    method: NonNullable<AwsRequest['method']>,
    path: string,
    body?: object,
  ): Promise<Record<string, unknown>> => {
    const text = await send(what, {
      ...service,
      method,
      path,
      ...(body && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
    });
    return text === '' ? {} : JSON.parse(text);
  };
  const LAMBDA = { service: 'lambda' };
  const AGENTCORE = { service: 'bedrock-agentcore', host: 'bedrock-agentcore-control' };
  const functions = '/2015-03-31/functions';
  const targets = (gateway: string) => `/gateways/${encodeURIComponent(gateway)}/targets/`;

  return {
    async createRole(name: string, trust: object): Promise<string> {
      const xml = await iam('CreateRole', {
        RoleName: name,
        AssumeRolePolicyDocument: JSON.stringify(trust),
      });
      return /<Arn>([^<]+)<\/Arn>/.exec(xml)?.[1] ?? '';
    },
    deleteRole: (name: string) => iam('DeleteRole', { RoleName: name }),
    putRolePolicy: (role: string, name: string, document: object) =>
      iam('PutRolePolicy', { RoleName: role, PolicyName: name, PolicyDocument: JSON.stringify(document) }),
    deleteRolePolicy: (role: string, name: string) =>
      iam('DeleteRolePolicy', { RoleName: role, PolicyName: name }),

    createFunction: (definition: object) => rest('CreateFunction', LAMBDA, 'POST', functions, definition),
    functionState: (name: string) => rest('GetFunction', LAMBDA, 'GET', `${functions}/${name}/configuration`),
    deleteFunction: (name: string) => rest('DeleteFunction', LAMBDA, 'DELETE', `${functions}/${name}`),

    gateway: (id: string) => rest('GetGateway', AGENTCORE, 'GET', `/gateways/${encodeURIComponent(id)}/`),
    createTarget: (gateway: string, definition: object) =>
      rest('CreateGatewayTarget', AGENTCORE, 'POST', targets(gateway), definition),
    async targets(gateway: string): Promise<Listed[]> {
      const all: Listed[] = [];
      for (let next = ''; ; ) {
        const page = listed.parse(
          await rest('ListGatewayTargets', AGENTCORE, 'GET', `${targets(gateway)}?maxResults=100${next}`),
        );
        all.push(...page.items);
        if (!page.nextToken) return all;
        next = `&nextToken=${encodeURIComponent(page.nextToken)}`;
      }
    },
    target: (gateway: string, id: string) =>
      rest('GetGatewayTarget', AGENTCORE, 'GET', `${targets(gateway)}${id}/`),
    deleteTarget: (gateway: string, id: string) =>
      rest('DeleteGatewayTarget', AGENTCORE, 'DELETE', `${targets(gateway)}${id}/`),

    putObject: (bucket: string, key: string, body: string) =>
      send('PutObject', { service: 's3', method: 'PUT', path: `/${bucket}/${key}`, body }),
    deleteObject: (bucket: string, key: string) =>
      send('DeleteObject', { service: 's3', method: 'DELETE', path: `/${bucket}/${key}` }),
  };
}

const listed = z.object({
  items: z.array(z.object({ targetId: z.string(), name: z.string() })),
  nextToken: z.string().nullish(),
});
type Listed = z.infer<typeof listed>['items'][number];

export type AwsRequests = ReturnType<typeof awsRequests>;
