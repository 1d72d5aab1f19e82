/** Secrets by reference: what a reference means, how long a value is kept, what happens when it cannot be read. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseReference, Secrets } from '../../../proxies/secrets.ts';

const ARN = 'arn:aws:secretsmanager:eu-west-1:111122223333:secret:db-AbCdEf';
let server: Server;
let endpoint: string;
let answer: { status: number; body: object };
let requests: { authorization: string; target: string; body: unknown }[];

beforeEach(async () => {
  requests = [];
  server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { authorization = '', 'x-amz-target': target = '' } = request.headers;
    requests.push({
      authorization,
      target: String(target),
      body: JSON.parse(Buffer.concat(chunks).toString()),
    });
    response.writeHead(answer.status).end(JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterEach(() => new Promise((resolve) => server.close(resolve)));

const credentials = async () => ({ accessKeyId: 'AKID', secretAccessKey: 'secret' });

test('references', () => {
  expect(parseReference(`${ARN}#password`)).toEqual({
    service: 'secretsmanager',
    id: ARN,
    region: 'eu-west-1',
    key: 'password',
  });
  expect(parseReference('ssm:/app/key')).toEqual({ service: 'ssm', name: '/app/key', region: undefined });
  expect(parseReference('arn:aws:ssm:us-east-1:111122223333:parameter/app/key')).toEqual({
    service: 'ssm',
    name: '/app/key',
    region: 'us-east-1',
  });
  for (const wrong of ['', 'plain-value', 'arn:aws:s3:::bucket'])
    expect(() => parseReference(wrong)).toThrow(/neither an ARN/);
});

test("a request is signed for the secret's own region", async () => {
  answer = { status: 200, body: { SecretString: '{"password":"p","port":5432}' } };
  const secrets = new Secrets(
    { A: `${ARN}#password`, B: `${ARN}#port` },
    { region: 'us-east-1', credentials, endpoint },
  );
  expect(await secrets.read()).toEqual({ A: 'p', B: '5432' });
  expect(requests[0]).toMatchObject({
    authorization: expect.stringMatching(/Credential=AKID\/\d+\/eu-west-1\/secretsmanager\/aws4_request/),
    target: 'secretsmanager.GetSecretValue',
    body: { SecretId: ARN },
  });
});

test('kept, then read again; the old value outlives a failed reading', async () => {
  let now = 0;
  answer = { status: 200, body: { Parameter: { Value: 'one' } } };
  const secrets = new Secrets(
    { A: 'ssm:/a' },
    { region: 'us-east-1', credentials, endpoint, now: () => now },
  );
  expect(secrets.expired).toBe(true);
  expect(await secrets.read()).toEqual({ A: 'one' });
  answer = { status: 200, body: { Parameter: { Value: 'two' } } };
  expect([secrets.expired, await secrets.read(), requests.length]).toEqual([false, { A: 'one' }, 1]);
  now += 5 * 60 * 1000;
  expect([secrets.expired, await secrets.read()]).toEqual([true, { A: 'two' }]);
  now += 5 * 60 * 1000;
  answer = { status: 400, body: { __type: 'AccessDeniedException' } };
  expect(await secrets.read()).toEqual({ A: 'two' });
  expect(secrets.expired).toBe(false);
});

test.each([
  [
    { status: 400, body: { __type: 'ParameterNotFound', Message: 'x' } },
    'ssm:/a',
    /^parameter \/a: ParameterNotFound$/,
  ],
  [{ status: 200, body: { SecretBinary: 'AA==' } }, ARN, /holds no text/],
  [{ status: 200, body: { SecretString: 'not json' } }, `${ARN}#key`, /has no text or number key/],
  [{ status: 200, body: { SecretString: '{"other":1}' } }, `${ARN}#key`, /has no text or number key/],
])('%j for %s is an error without the value', async (given, reference, error) => {
  answer = given;
  await expect(
    new Secrets({ A: reference }, { region: 'us-east-1', credentials, endpoint }).read(),
  ).rejects.toThrow(error);
});

test('without credentials nothing is asked', async () => {
  await expect(
    new Secrets({ A: ARN }, { region: 'us-east-1', credentials: undefined, endpoint }).read(),
  ).rejects.toThrow(/needs AWS credentials/);
  expect(requests).toEqual([]);
});
