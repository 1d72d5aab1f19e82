/** What a replay is judged by. */
import { expect, test } from '@jest/globals';
import type { Answer } from '../../replay/botocore.ts';
import { lifecycleOf } from '../../replay/calls/index.ts';
import type { Played } from '../../replay/replay.ts';
import type { Listing, Made } from '../../replay/resource.ts';
import type { Call } from '../../replay/script.ts';
import { replaceTexts } from '../../replay/texts.ts';
import { leftovers, notInMoto, refusals, tableOf } from '../../replay/verdict.ts';

const ROLE = 'aws:iam/role:Role';
const role: Made = {
  type: ROLE,
  urn: `urn:pulumi:s::mcpgw::${ROLE}::reader`,
  id: 'reader',
  inputs: {},
  outputs: {},
};
const call: Call = { op: 'create', of: role, service: 'iam', operation: 'CreateRole', params: {} };
const played = (answer: Answer, more: Partial<Call> = {}, against: string[] = []): Played<Call> => ({
  call: { ...call, ...more },
  params: {},
  answer,
  against,
});
const done: Answer = { outcome: 'done', found: {} };
const refused: Answer = { outcome: 'refused', code: 'EntityAlreadyExists', message: 'Role reader\nexists' };

test('a call that botocore, the model or moto refuses is a line each', () => {
  const lines = refusals([
    played(done),
    played({ outcome: 'not in moto' }),
    played({ outcome: 'invalid', message: 'Missing required parameter: "RoleName"' }),
    played(done, {}, ['Path: must match /.*']),
    played(refused),
    played(refused, { accepts: ['EntityAlreadyExists'] }),
  ]);
  const label = `iam CreateRole of ${ROLE}::reader: `;
  expect(lines).toEqual([
    `${label}Missing required parameter: "RoleName"`,
    `${label}Path: must match /.*`,
    `${label}moto refuses it: Role reader; exists`,
  ]);
});

test('what is left is named; so is what was to be kept and is gone; what moto cannot list is neither', () => {
  const listing = lifecycleOf(ROLE).left as Listing;
  const other = lifecycleOf('aws:s3/bucket:Bucket').left as Listing;
  const before = new Map([[listing, ['admin']]]);
  const realOf = (text: string) => text;
  const left = (ids: string[] | undefined, kept: Made[]) =>
    leftovers(
      before,
      new Map<Listing, string[] | undefined>([
        [listing, ids],
        [other, undefined],
      ]),
      kept,
      realOf,
    );
  expect(left(['admin'], [])).toEqual([]);
  expect(left(['admin', 'reader'], [role])).toEqual([]);
  expect(left(['admin', 'reader'], [])).toEqual(['left: reader (iam ListRoles)']);
  expect(left(['admin'], [role])).toEqual(['gone, though it should have been kept: reader (iam ListRoles)']);
  expect(left(undefined, [role])).toEqual([]);
});

test('what moto does not have is counted, and the table adds up', () => {
  const up = [
    played(done),
    played({ outcome: 'not in moto' }, { service: 'logs', operation: 'PutQueryDefinition' }),
  ];
  const down = [played(refused, { op: 'delete', operation: 'DeleteRole' })];
  expect(notInMoto([...up, ...down])).toEqual({ 'logs PutQueryDefinition': 1 });
  expect(tableOf(up, down).split('\n').slice(2)).toEqual([
    '| iam | 1 | 1 | 2 | 1 | 1 | 0 |',
    '| logs | 1 | 0 | 1 | 0 | 0 | 1 |',
    '| **all** | 2 | 1 | 3 | 1 | 1 | 1 |',
  ]);
});

test('real ids take the place of the stand-in’s, the longer of two that begin alike, each once', () => {
  const real = new Map([
    ['sg-0a', 'sg-0a1'],
    ['sg-0a1b', 'sg-ff'],
  ]);
  expect(replaceTexts({ Groups: ['sg-0a', 'sg-0a1b'], Text: 'arn:x/sg-0a1b/y', Count: 1 }, real)).toEqual({
    Groups: ['sg-0a1', 'sg-ff'],
    Text: 'arn:x/sg-ff/y',
    Count: 1,
  });
});
