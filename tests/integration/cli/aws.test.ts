import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { awsAsker } from '../../../cli/deploying/aws.ts';
import { awsChecks, whoAmI } from '../../../cli/deploying/aws-checks.ts';
import { preflight } from '../../../cli/deploying/preflight.ts';
import { createPlan } from '../../../plan/plan.ts';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { syntheticEntry } from '../../engine/support/synthetic.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';

const given = { ...process.env };
beforeAll(() => {
  Object.assign(process.env, {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    AWS_SESSION_TOKEN: '',
  });
});
afterAll(() => {
  process.env = given;
});

test('a request is signed with its query, and the secret stays here', async () => {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    response.end('{}');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const ask = awsAsker({ AWS_ENDPOINT_URL: `http://127.0.0.1:${port}` });
  await ask({
    service: 'bedrock-agentcore',
    region: 'us-east-1',
    method: 'GET',
    path: '/gateways/x/targets/?maxResults=100',
  });
  server.close();
  const [request] = seen;
  expect(request?.url).toBe('/gateways/x/targets/?maxResults=100');
  expect(request?.headers.authorization).toMatch(
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/bedrock-agentcore\/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=[0-9a-f]{64}$/,
  );
  expect(JSON.stringify(request?.headers)).not.toContain('secret');
});

describe('against moto', () => {
  let moto: Moto;
  beforeAll(async () => {
    moto = await startMoto();
  }, 180_000);
  afterAll(() => moto?.close());

  test('the checks of an empty account pass, in the protocols the services speak', async () => {
    const ask = awsAsker({ AWS_ENDPOINT_URL: moto.url });
    const caller = await whoAmI(ask, 'us-east-1');
    expect(caller).toEqual({ account: '123456789012', arn: expect.stringMatching(/^arn:aws:/) });
    const settings = parseSettings(
      'dev',
      { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools' } },
      'f',
    );
    const servers = { 'files-mcp-server': syntheticEntry({ id: 'files-mcp-server' }) };
    const plan = createPlan({ source: { formatVersion: 1, type: 'folder' }, servers }, settings);
    const answer = async () => ({ exitCode: 0, stdout: '', stderr: '' });
    const made = await preflight(awsChecks(ask), {
      plan,
      caller,
      driver: { run: answer, backend: answer, rehearsal: false },
    });
    expect(made.problems).toEqual([]);
    expect(made.passed).toEqual(expect.arrayContaining(['account', 'gateway', 'sign-in domain']));
  });
});
