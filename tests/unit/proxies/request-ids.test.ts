/** AWS's ids of calls: the right one or none. */
import { RequestIds } from '../../../proxies/request-ids.ts';

const attempt = (id: string, Api = 'ListUsers') => ({
  Type: 'ApiCallAttempt',
  Service: 'IAM',
  Api,
  XAmznRequestId: id,
});
const call = (AttemptCount: number, Api = 'ListUsers') => ({
  Type: 'ApiCall',
  Service: 'IAM',
  Api,
  AttemptCount,
});

test('of one attempt, of the last of several, of S3 by its own header', () => {
  const ids = new RequestIds();
  expect(ids.of(attempt('a'))).toBeUndefined();
  expect(ids.of(call(1))).toBe('a');
  for (const id of ['b', 'c']) ids.of(attempt(id));
  expect(ids.of(call(2))).toBe('c');
  ids.of({ Type: 'ApiCallAttempt', Service: 'S3', Api: 'ListBuckets', XAmzRequestId: 'd' });
  expect(ids.of({ Type: 'ApiCall', Service: 'S3', Api: 'ListBuckets', AttemptCount: 1 })).toBe('d');
});

test('calls of the same kind that ran at once get none, and the next one is right again', () => {
  const ids = new RequestIds();
  for (const id of ['a', 'b']) ids.of(attempt(id));
  expect([ids.of(call(1)), ids.of(call(1))]).toEqual([undefined, undefined]);
  ids.of(attempt('c'));
  expect(ids.of(call(1))).toBe('c');
});

test('calls of different kinds do not disturb each other; an attempt without an answer has none', () => {
  const ids = new RequestIds();
  ids.of(attempt('a'));
  ids.of(attempt('b', 'ListRoles'));
  expect([ids.of(call(1)), ids.of(call(1, 'ListRoles'))]).toEqual(['a', 'b']);
  ids.of({ Type: 'ApiCallAttempt', Service: 'IAM', Api: 'ListUsers' });
  expect(ids.of(call(1))).toBeUndefined();
  expect([null, 5, 'x', {}].map((event) => ids.of(event))).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
});
