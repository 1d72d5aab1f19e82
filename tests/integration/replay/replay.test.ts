/** The replay's own parts against real botocore and real moto: a call each that is taken, refused by one of them, or not known. */
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { Botocore } from '../../replay/botocore.ts';
import { References } from '../../replay/references.ts';
import { Replay } from '../../replay/replay.ts';
import { step } from '../../replay/resource.ts';
import { leftovers } from '../../replay/verdict.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';

let moto: Moto;
let botocore: Botocore;
beforeAll(async () => {
  moto = await startMoto();
  botocore = await Botocore.start(moto.python, moto.url, 'us-east-1');
});
afterAll(async () => {
  await botocore?.close();
  await moto?.close();
});

test('ids that moto gives take the place of those that a script has; what is not deleted again is named', async () => {
  const replay = new Replay(botocore, new References([]));
  const before = await replay.list(['aws:ec2/subnet:Subnet']);
  const played = await replay.play([
    step('ec2', 'CreateVpc', { CidrBlock: '10.0.0.0/16' }, { binds: { 'vpc-1': 'Vpc.VpcId' } }),
    step(
      'ec2',
      'CreateSubnet',
      { VpcId: 'vpc-1', CidrBlock: '10.0.0.0/24' },
      { binds: { 'subnet-1': 'Subnet.SubnetId' } },
    ),
  ]);
  expect(played.map(({ answer, against }) => [answer.outcome, against])).toEqual([
    ['done', []],
    ['done', []],
  ]);
  expect(played[1]?.params.VpcId).toMatch(/^vpc-[0-9a-f]{17}$/);
  const after = await replay.list(['aws:ec2/subnet:Subnet']);
  expect(leftovers(before, after, [], (text) => text)).toEqual([
    `left: ${replay.realOf('subnet-1')} (ec2 DescribeSubnets)`,
  ]);
});

test.each([
  ['a parameter that is missing', 'iam', 'CreateRole', { RoleName: 'r' }, 'invalid'],
  ['a parameter that there is not', 'iam', 'GetRole', { RoleName: 'r', Colour: 'red' }, 'invalid'],
  ['what there is not', 'iam', 'DeleteRole', { RoleName: 'nobody' }, 'refused'],
  [
    'what moto does not have',
    'logs',
    'PutQueryDefinition',
    { name: 'q', queryString: 'fields @message' },
    'not in moto',
  ],
])('%s', async (_what, service, operation, params, outcome) => {
  const [played] = await new Replay(botocore, new References([])).play([step(service, operation, params)]);
  expect(played?.answer.outcome).toBe(outcome);
});

test('what botocore leaves to the service, the service’s model says', async () => {
  const trust = JSON.stringify({ Version: '2012-10-17', Statement: [] });
  const bad = { RoleName: 'a/b', AssumeRolePolicyDocument: trust, MaxSessionDuration: 60 };
  const [played] = await new Replay(botocore, new References([])).play([step('iam', 'CreateRole', bad)]);
  expect(played?.against.join('\n')).toMatch(/RoleName: must match/);
  expect(played?.against.join('\n')).toMatch(/MaxSessionDuration: 60, allowed 3600/);
});
