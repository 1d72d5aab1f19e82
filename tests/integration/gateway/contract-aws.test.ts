/**
 * The contract kit's steps on AWS against moto: what it makes, in which order, and that nothing is left. moto accepts
 * more than AWS does, so the answers themselves are not judged here (tests/unit/gateway/contract.test.ts does).
 */
import { awsPlatform } from '../../../gateway/contract/aws-platform.ts';
import { type Ask, type AwsRequest, awsRequests } from '../../../gateway/contract/aws-requests.ts';
import type { ProbedGateway } from '../../../gateway/contract/questions.ts';
import { runContract } from '../../../gateway/contract/run.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';

let moto: Moto;
let gatewayId: string;
const asked: string[] = [];

/** Unsigned: moto finds the service in the credential's scope. */
/** What is `lost` was done, but nobody was told. */
type Fails = (request: AwsRequest) => boolean | 'lost';

function askMoto(fail?: Fails): Ask {
  return async (request) => {
    const { service, region, method = 'POST', path = '/', headers = {}, body } = request;
    const action = new URLSearchParams(service === 'iam' ? body : '').get('Action');
    asked.push(action ?? `${method} ${path}`);
    if (fail?.(request) === true) return { status: 500, text: 'made to fail' };
    const scope = `test/20260101/${region}/${service}/aws4_request`;
    const authorization = `AWS4-HMAC-SHA256 Credential=${scope}, SignedHeaders=host, Signature=0`;
    const response = await fetch(`${moto.url}${path}`, {
      method,
      headers: { ...headers, authorization },
      ...(body !== undefined && { body }),
    });
    const answer = { status: response.status, text: await response.text() };
    if (fail?.(request) === 'lost') throw new Error('the answer was lost');
    return answer;
  };
}

const probe: ProbedGateway = {
  listPage: async () => ({ tools: [] }),
  call: async () => ({ content: [{ type: 'text', text: '{}' }] }),
};
const platform = (fail?: Fails, signal?: AbortSignal) =>
  awsPlatform({
    signal,
    aws: awsRequests(askMoto(fail), 'us-east-1'),
    gatewayId,
    bucket: 'artefacts',
    probe,
    pauseMs: 10,
    looks: 3,
  });

beforeAll(async () => {
  moto = await startMoto();
  await moto.createBucket('artefacts');
  const aws = awsRequests(askMoto(), 'us-east-1');
  const roleArn = await aws.createRole('gateway-role', { Version: '2012-10-17', Statement: [] });
  const made = await askMoto()({
    service: 'bedrock-agentcore',
    region: 'us-east-1',
    path: '/gateways/',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'tools', roleArn, protocolType: 'MCP', authorizerType: 'NONE' }),
  });
  gatewayId = JSON.parse(made.text).gatewayId;
});
afterAll(() => moto?.close());
beforeEach(() => asked.splice(0));

/** Everything in the account that could have been made. */
async function present(): Promise<string> {
  const ask = askMoto();
  const iam = (body: string) =>
    ask({
      service: 'iam',
      region: 'us-east-1',
      body,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
  const texts = await Promise.all([
    iam('Action=ListRoles&Version=2010-05-08'),
    iam('Action=ListRolePolicies&RoleName=gateway-role&Version=2010-05-08'),
    ask({ service: 'lambda', region: 'us-east-1', method: 'GET', path: '/2015-03-31/functions/' }),
    ask({
      service: 'bedrock-agentcore',
      region: 'us-east-1',
      method: 'GET',
      path: `/gateways/${gatewayId}/targets/`,
    }),
    ask({ service: 's3', region: 'us-east-1', method: 'GET', path: '/artefacts' }),
  ]);
  expect(texts.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  return texts.map(({ text }) => text).join('\n');
}

test('everything is made in order and nothing is left', async () => {
  const { findings, left } = await runContract(platform());
  expect(left).toEqual([]);
  expect([...findings].filter(([, { answer }]) => answer === 'not answered')).toEqual([]);
  const order = [
    'CreateRole',
    'POST /2015-03-31/functions',
    'PutRolePolicy',
    `POST /gateways/${gatewayId}/targets/`,
  ];
  expect(order.map((step) => asked.indexOf(step))).toEqual(
    order.map((step) => asked.indexOf(step)).toSorted((a, b) => a - b),
  );
  expect(asked.indexOf('CreateRole')).toBeGreaterThanOrEqual(0);
  const rest = await present();
  expect(rest).toContain('gateway-role');
  expect(rest).not.toMatch(/mcpgw-contract|mcpgw-probe|probe-/);
});

test.each([
  ['the function', (request: AwsRequest) => request.service === 'lambda' && request.method === 'POST'],
  ['the permission', (request: AwsRequest) => request.body?.includes('PutRolePolicy') === true],
  [
    'the target',
    (request: AwsRequest) => request.service === 'bedrock-agentcore' && request.method === 'POST',
  ],
])('when %s cannot be made, what was made before is gone', async (_what, fail) => {
  await expect(runContract(platform(fail))).rejects.toThrow(/made to fail.*Everything made for it is gone/);
  expect(await present()).not.toMatch(/mcpgw-contract|mcpgw-probe|probe-/);
});

test.each([
  ['the role', (request: AwsRequest) => request.body?.includes('CreateRole') === true],
  ['the function', (request: AwsRequest) => request.service === 'lambda' && request.method === 'POST'],
  [
    'the target',
    (request: AwsRequest) => request.service === 'bedrock-agentcore' && request.method === 'POST',
  ],
])('when nobody hears that %s was made, it is removed nevertheless', async (_what, made) => {
  const lost = (request: AwsRequest) => made(request) && 'lost';
  await expect(runContract(platform(lost))).rejects.toThrow(/was lost.*Everything made for it is gone/);
  expect(await present()).not.toMatch(/mcpgw-contract|mcpgw-probe|probe-/);
});

test.each(['PutRolePolicy', 'targets/', '/artefacts/contract/'])(
  'stopped while it is at %s, it takes everything away',
  async (at) => {
    const stopping = new AbortController();
    const stop = ({ path = '', body = '', method }: AwsRequest) => {
      if (method !== 'DELETE' && (path.includes(at) || body.includes(at))) stopping.abort();
      return false;
    };
    await expect(runContract(platform(stop, stopping.signal), undefined, stopping.signal)).rejects.toThrow(
      'stopped. Everything made for it is gone.',
    );
    expect(await present()).not.toMatch(/mcpgw-contract|mcpgw-probe|probe-/);
  },
);

test('what cannot be removed is named', async () => {
  const fail = (request: AwsRequest) => request.body?.includes('DeleteRole&') === true;
  const { left } = await runContract(platform(fail));
  expect(left).toEqual([expect.stringMatching(/^role mcpgw-contract-[0-9a-f]{8} \(.*made to fail/)]);
});
