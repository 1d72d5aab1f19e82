/** Both directions of a stack's network on the real engine: made, opened, closed again, and taken down. */
import { appendFile } from 'node:fs/promises';
import { afterEach, expect, jest, test } from '@jest/globals';
import type { Operation } from '../../offline/plugin/journal.ts';
import { readReferees } from '../../offline/plugin/referees.ts';
import { at } from '../../offline/plugin/values.ts';
import { violations } from '../../offline/policy.ts';
import { mutantsOf, recorded, samples, survives } from './support/mutants.ts';
import { ACCOUNT, countTypes, Rehearsal, shortOf } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

let stack: Rehearsal;
afterEach(() => stack?.close());

const [first = '', second = '', third = ''] = manyServers(3).map(({ id }) => id);
const zones = ['us-east-1a', 'us-east-1b'];
const own = { subnets: ['subnet-0123456789abcdef0'], securityGroups: ['sg-0123456789abcdef0'] };
const servers = { settings: { [second]: { network: own }, [third]: { network: 'none' } } };

async function up(): Promise<Operation[]> {
  const { exitCode, stdout, stderr } = await stack.up();
  if (exitCode !== 0) throw new Error(`${stdout.slice(-3000)}\n${stderr.slice(-2000)}`);
  return stack.operations();
}
const ofType = (operations: readonly Operation[], name: string) =>
  operations.filter(({ type }) => type.endsWith(`:${name}`));
const said = (operations: readonly Operation[]) => operations.map(({ op, urn }) => `${op} ${shortOf(urn)}`);

test('closed at first, then out by one NAT, by one a zone, and closed again; nothing of it is left', async () => {
  const config = (internet: string) => ({
    'mcpgw:network': { inbound: 'vpc', outbound: { zones, internet } },
    'mcpgw:servers': servers,
  });
  stack = await Rehearsal.open(config('none'));
  await stack.manifest(manyServers(3));
  const made = await up();
  expect(made.filter(({ op }) => op !== 'create')).toEqual([]);
  expect(violations(recorded(made), readReferees().schema)).toEqual([]);
  expect(ofType(made, 'Route')).toEqual([]);

  // The gateway admits the endpoint that was made for it, and no other way.
  const inbound = ofType(made, 'VpcEndpoint').find(({ urn }) => urn.endsWith('::inbound'));
  expect(inbound?.inputs?.serviceName).toBe('com.amazonaws.us-east-1.bedrock-agentcore.gateway');
  const policy = String(ofType(made, 'AgentcoreResourcePolicy')[0]?.inputs?.policy);
  expect(policy).toContain(`"StringNotEquals":{"aws:SourceVpce":["${inbound?.id}"]}`);

  // Each function lies where its settings say.
  const places = Object.fromEntries(
    ofType(made, 'Function').map(({ urn, inputs }) => [shortOf(urn).split(' ')[1], inputs?.vpcConfig]),
  );
  const subnets = ofType(made, 'Subnet').map(({ id }) => id);
  expect((at(places[first], 'subnetIds') as string[]).toSorted()).toEqual(subnets.toSorted());
  expect(places[second]).toMatchObject({ subnetIds: own.subnets, securityGroupIds: own.securityGroups });
  expect(places[third]).toBeUndefined();

  await stack.configure(config('one-nat'));
  const opened = await up();
  expect(said(opened).toSorted()).toEqual([
    'create Eip public-us-east-1a',
    'create InternetGateway internet',
    'create NatGateway public-us-east-1a',
    'create Route private',
    'create Route public',
    'create RouteTable public',
    'create RouteTableAssociation public-us-east-1a',
    'create Subnet public-us-east-1a',
    'update SecurityGroup functions',
  ]);
  const egress = opened.find(({ op }) => op === 'update')?.inputs?.egress;
  expect(egress).toContainEqual({ protocol: 'tcp', fromPort: 443, toPort: 443, cidrBlocks: ['0.0.0.0/0'] });
  const survivors = samples([...made, ...opened]).flatMap((resource) =>
    mutantsOf(resource, readReferees()).filter(survives),
  );
  expect(survivors).toEqual([]);

  await stack.configure(config('nat-per-zone'));
  expect(countTypes((await up()).filter(({ op }) => op === 'create').map(({ urn }) => urn))).toMatchObject({
    'aws:ec2/natGateway:NatGateway': 1,
    'aws:ec2/routeTable:RouteTable': 2,
  });

  await stack.configure(config('none'));
  const closed = await up();
  expect(closed.filter(({ op }) => op === 'refused')).toEqual([]);
  expect(stack.existing().filter((key) => /natGateway|eip|internetGateway|route:Route/.test(key))).toEqual(
    [],
  );

  expect((await stack.destroy()).exitCode).toBe(0);
  expect(stack.existing()).toEqual([]);
});

test('a way in through a VPC of the user’s', async () => {
  const vpc = 'vpc-0123456789abcdef0';
  const theirs = { subnets: ['subnet-0a', 'subnet-0b'], from: ['10.1.0.0/16', '10.2.0.0/16'] };
  stack = await Rehearsal.open({ 'mcpgw:network': { inbound: { vpc, ...theirs } } });
  const present: Operation = {
    op: 'create',
    type: 'aws:ec2/vpc:Vpc',
    urn: 'theirs',
    id: vpc,
    inputs: { cidrBlock: '10.1.0.0/16' },
    outputs: { ownerId: ACCOUNT },
  };
  await appendFile(stack.backend.journal, `${JSON.stringify(present)}\n`);
  stack.operations();
  await stack.manifest(manyServers(1));
  const made = await up();
  expect(ofType(made, 'VpcEndpoint')[0]?.inputs).toMatchObject({ vpcId: vpc, subnetIds: theirs.subnets });
  expect(at(ofType(made, 'SecurityGroup')[0]?.inputs, 'ingress.0.cidrBlocks')).toEqual(theirs.from);
  expect(ofType(made, 'Function')[0]?.inputs).not.toHaveProperty('vpcConfig');
});
