/** What reaches the log: bounded, masked, and of the right call. */
import fc from 'fast-check';
import { accessHint, hintText } from '../../../proxies/access-denied.ts';
import { formatCall } from '../../../proxies/call-line.ts';
import { OutputLog } from '../../../proxies/log.ts';
import { Masker } from '../../../proxies/mask.ts';
import { callOf, readEvent } from '../../../proxies/monitoring.ts';
import { traceMeta } from '../../../proxies/trace.ts';

describe('output', () => {
  const limits = { lines: 3, bytes: 100, lineBytes: 20 };
  function output() {
    const lines: Record<string, unknown>[] = [];
    return {
      lines,
      log: new OutputLog(
        (line) => lines.push(line),
        (text) => text.replaceAll('secret', '***'),
        limits,
      ),
    };
  }

  test('lines carry the labels of their window and are clipped', () => {
    const { lines, log } = output();
    log.next({ requestId: 'a' });
    log.add('stderr', 'x'.repeat(30));
    expect(lines).toEqual([{ event: 'stderr', requestId: 'a', line: `${'x'.repeat(20)}…` }]);
  });

  test('a secret is masked before the line is clipped', () => {
    const { lines, log } = output();
    log.add('stderr', `${'x'.repeat(17)}secret`);
    expect(lines).toEqual([{ event: 'stderr', line: `${'x'.repeat(17)}***` }]);
  });

  test('beyond the bound they are counted, and the next window starts afresh', () => {
    const { lines, log } = output();
    log.next({ requestId: 'a' });
    for (let i = 0; i < 10; i += 1) log.add('stdout', String(i));
    log.next({ requestId: 'b' });
    log.add('stdout', 'heard');
    expect(lines.slice(3)).toEqual([
      { event: 'output-dropped', requestId: 'a', lines: 7 },
      { event: 'stdout', requestId: 'b', line: 'heard' },
    ]);
  });

  test('last words are of this window, and of none that could be of several calls', () => {
    const { log } = output();
    log.next({ requestId: 'a' });
    log.add('stderr', 'Traceback');
    log.add('stdout', 'not these');
    log.add('stderr', '  ');
    expect(log.last).toBe('Traceback');
    log.next({ requestId: 'b' });
    expect(log.last).toBeUndefined();
    log.next({});
    log.add('stderr', 'whose?');
    expect(log.last).toBeUndefined();
  });
});

describe('masks', () => {
  test('known values, as they are, in JSON and in a URL', () => {
    const masker = new Masker();
    masker.add(['pa"ss\\wörd/1', 'short', undefined]);
    expect(masker.mask('pa"ss\\wörd/1 and pa\\"ss\\\\wörd/1 and pa%22ss%5Cw%C3%B6rd%2F1, short')).toBe(
      '*** and *** and ***, short',
    );
  });

  test('each line of a long one', () => {
    const masker = new Masker();
    masker.add(['-first line-\n-second line-\n']);
    expect(masker.mask('a -second line- b')).toBe('a *** b');
  });

  test('variables whose names say that they are secret, and no others', () => {
    const masker = new Masker();
    masker.addEnvironment({ DB_PASSWORD: 'letmein99', GITHUB_TOKEN: 'ghp_12345678', LOG_LEVEL: 'WARNING' });
    expect(masker.mask('letmein99 ghp_12345678 WARNING')).toBe('*** *** WARNING');
  });

  test.each([
    ['keys AKIAIOSFODNN7EXAMPLE!', 'keys ***!'],
    ['Authorization: Bearer abcdefgh.ijk', 'Authorization: Bearer ***'],
    ['token eyJhbGciOiJI.eyJzdWIiOiIx.c2lnbmF0dXJl end', 'token *** end'],
    ['aws_secret_access_key = wJalrXUtnFEMI', 'aws_secret_access_key = ***'],
    ['{"password": "hunter22", "user": "x"}', '{"password": ***, "user": "x"}'],
  ])('%s', (given, masked) => expect(new Masker().mask(given)).toBe(masked));

  test('no known value survives, whatever stands around it', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 6 }).filter((text) => text.trim().length >= 6),
        fc.string(),
        fc.string(),
        (secret, a, b) => {
          const masker = new Masker();
          masker.add([secret]);
          const known = secret.trim();
          const masked = masker.mask(`${a}${known}${b}`);
          if (!(a + b).includes(known) && !`${a}***${b}`.includes(known)) expect(masked).not.toContain(known);
        },
      ),
    );
  });
});

describe("botocore's reports", () => {
  const event = (change: object) =>
    callOf({ Version: 1, Type: 'ApiCall', Service: 'S3', Api: 'ListBuckets', ...change });

  test('a call, and a refused one', () => {
    expect(event({ FinalHttpStatusCode: 200, Latency: 12 })).toEqual({
      action: 'S3:ListBuckets',
      status: 200,
      ms: 12,
    });
    expect(
      event({ FinalHttpStatusCode: 403, FinalAwsException: 'AccessDenied', FinalAwsExceptionMessage: 'no' }),
    ).toEqual({
      action: 'S3:ListBuckets',
      status: 403,
      error: 'AccessDenied',
      message: 'no',
    });
  });

  test.each([
    '',
    '{',
    'null',
    '[]',
    '{"Type":"ApiCallAttempt","Service":"S3","Api":"x"}',
    '{"Type":"ApiCall","Service":1}',
  ])('%j is none', (text) => expect(callOf(readEvent(Buffer.from(text)))).toBeUndefined());
});

describe('the hint after a refusal', () => {
  const message =
    'User: arn:aws:sts::111122223333:assumed-role/mcpgw-iam/mcpgw is not authorized to perform: iam:ListRoles on resource: arn:aws:iam::111122223333:role/ because no identity-based policy allows the iam:ListRoles action';

  test('names role, action, resource and the line that would grant it; beside the error without the role', () => {
    const hint = accessHint(
      [{ action: 'IAM:ListUsers' }, { action: 'IAM:ListRoles', error: 'AccessDenied', message }],
      'iam-mcp-server',
    );
    expect(hint).toEqual({
      action: 'iam:ListRoles',
      role: 'mcpgw-iam',
      resource: 'arn:aws:iam::111122223333:role/',
      grant:
        "mcpgw:servers.settings.iam-mcp-server.statements: [{actions: ['iam:ListRoles'], resources: ['arn:aws:iam::111122223333:role/']}]",
    });
    expect(hint && hintText(hint)).toMatch(/^AWS refused iam:ListRoles on arn:aws:iam::111122223333:role\/;/);
    expect(hint && hintText(hint)).not.toContain('mcpgw-iam ');
  });

  test.each([
    ['S3:ListBuckets', 's3:ListAllMyBuckets'],
    ['S3:ListObjectsV2', 's3:ListBucket'],
    ['CloudWatch Logs:DescribeLogGroups', 'logs:DescribeLogGroups'],
    ['DynamoDB:ListTables', 'dynamodb:ListTables'],
  ])('where AWS names no action, %s is %s', (call, action) => {
    expect(accessHint([{ action: call, error: 'AccessDeniedException' }], 's')?.action).toBe(action);
  });

  test('other errors give none', () => {
    expect(accessHint([{ action: 'S3:HeadBucket', error: 'NoSuchBucket' }], 's')).toBeUndefined();
  });
});

describe("a call's line", () => {
  const line = { requestId: 'r', tool: 'read', outcome: 'ok', ms: 12, bytes: 3 } as const;

  test('is plain, or with metrics by server and outcome: the tool is a field and no dimension', () => {
    expect(formatCall(line, { metrics: false })).toEqual({ event: 'call', ...line });
    expect(formatCall(line, { metrics: true, now: 7 })).toEqual({
      event: 'call',
      ...line,
      _aws: {
        Timestamp: 7,
        CloudWatchMetrics: [
          {
            Namespace: 'mcpgw',
            Dimensions: [['server', 'outcome']],
            Metrics: [{ Name: 'ms', Unit: 'Milliseconds' }],
          },
        ],
      },
    });
  });
});

describe('the trace', () => {
  const header = 'Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1';

  test('goes on as X-Ray and as W3C context', () => {
    expect(traceMeta(header)).toEqual({
      'x-amzn-trace-id': header,
      traceparent: '00-5759e988bd862e3fe1be46a994272793-53995c3f42cd8ad8-01',
    });
  });
  test.each([undefined, '', 'Root=x', 'Sampled=1'])('%j is none', (given) => {
    expect(traceMeta(given)).toBeUndefined();
  });
});
