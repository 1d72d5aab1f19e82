/** What outlives a removal, as the settings say; that it is found again; and that nothing else does. */
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Output } from '../../offline/backend.ts';
import { Rehearsal, shortOf } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

const servers = manyServers(2);
const [FIRST = '', SECOND = ''] = servers.map(({ id }) => id);
const GROUP = `aws:cloudwatch/logGroup:LogGroup /aws/lambda/tools-${SECOND}`;
const both = { 'mcpgw:servers': { include: [FIRST, SECOND] } };
const one = { 'mcpgw:servers': { include: [FIRST] } };
let stack: Rehearsal;

beforeEach(async () => {
  stack = await Rehearsal.open({}, { MCPGW_OFFLINE_LATENCY: '0' });
  await stack.manifest(servers);
});
afterEach(() => stack?.close());

async function up(config: Record<string, unknown>): Promise<string[]> {
  await stack.configure(config);
  succeed(await stack.up());
  return stack.operations().map(({ op, urn }) => `${op} ${shortOf(urn)}`);
}

function succeed({ exitCode, stdout, stderr }: Output): void {
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-3000)}`);
}

const typesLeft = () => [...new Set(stack.existing().map((key) => /:(\w+) /.exec(key)?.[1]))].sort();

test('logs are retained, alone, and taken back when their server comes back; or they go with it', async () => {
  const removal = { 'mcpgw:removal': { logs: 'retain' } };
  await up({ ...both, ...removal });
  const removed = await up({ ...one, ...removal });
  expect(removed.filter((line) => line.startsWith('delete')).sort()).toEqual([
    `delete AgentcoreGatewayTarget ${SECOND}`,
    `delete Function ${SECOND}`,
    `delete Role ${SECOND}`,
    `delete RolePolicy ${SECOND}`,
  ]);
  expect(stack.existing()).toContain(GROUP);

  // Where it is not to be taken back, it is in the way.
  await stack.configure(both);
  const { exitCode, stdout } = await stack.up();
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain('ResourceAlreadyExistsException');
  stack.operations();

  await stack.configure({ ...both, ...removal });
  const planned = (await stack.changes()).map(({ op, urn }) => `${op} ${shortOf(urn)}`);
  expect(planned).toContain(`import LogGroup ${SECOND}`);
  const back = await up({ ...both, ...removal });
  expect(back).toContain(`create Function ${SECOND}`);
  expect(back.filter((line) => line.endsWith(`LogGroup ${SECOND}`))).toEqual([]);
  expect(await stack.changes()).toEqual([]);

  // In the stack again: its settings reach it, and with `delete` it goes.
  const [ninety, deletes] = [
    { 'mcpgw:logs': { retentionDays: 90 } },
    { 'mcpgw:removal': { audit: 'delete' } },
  ];
  expect(await up({ ...both, ...deletes, ...ninety, 'mcpgw:audit': {} })).toContain(
    `update LogGroup ${SECOND}`,
  );
  succeed(await stack.destroy());
  expect(stack.existing()).toEqual([]);
});

test('destroy leaves what is retained, and a new stack takes it over', async () => {
  const retained = {
    ...one,
    'mcpgw:removal': { logs: 'retain', users: 'retain' },
    'mcpgw:observe': { gatewayLogs: {} },
    'mcpgw:audit': {},
  };
  await up(retained);
  succeed(await stack.destroy());
  expect(typesLeft()).toEqual([
    'Alias',
    'Bucket',
    'BucketLifecycleConfiguration',
    'BucketOwnershipControls',
    'BucketPolicy',
    'BucketPublicAccessBlock',
    'BucketServerSideEncryptionConfiguration',
    'BucketVersioning',
    'Key',
    'LogGroup',
    'UserPool',
  ]);
  const idOf = (type: string) =>
    stack
      .existing()
      .find((key) => key.includes(`:${type} `))
      ?.split(' ')[1] ?? '';
  stack.operations();
  const { exitCode, stdout } = await stack.up();
  expect(exitCode).not.toBe(0);
  expect(stdout).toContain('BucketAlreadyOwnedByYou');

  const key = `arn:aws:kms:us-east-1:123456789012:key/${idOf('Key')}`;
  stack.operations();
  const again = await up({
    ...retained,
    'mcpgw:audit': { bucket: idOf('Bucket'), kmsKey: key },
    'mcpgw:auth': { type: 'cognito', pool: idOf('UserPool') },
  });
  expect(again.filter((line) => /^create (?:UserPool|Bucket|Key) /.test(line))).toEqual([]);
  expect(await stack.changes()).toEqual([]);
});
