/** The handler's lines read back from everything that carries them; nothing that a server printed passes for one. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { callsIn, readCallLog } from '../../../cli/call-log.ts';

const line = {
  server: 'iam-mcp-server',
  target: 'iam',
  event: 'call',
  requestId: 'r',
  tool: 'list_users',
  outcome: 'tool-error',
  ms: 5,
  bytes: 12,
  aws: [{ action: 'IAM:ListUsers', status: 403, ms: 4, error: 'AccessDenied' }],
  awsMore: 2,
  _aws: { Timestamp: 1, CloudWatchMetrics: [] },
};
const text = JSON.stringify(line);
const found = {
  server: 'iam-mcp-server',
  tool: 'list_users',
  calls: [{ action: 'IAM:ListUsers', error: 'AccessDenied' }],
  more: 2,
};
const started = { server: 'iam-mcp-server', event: 'started', pid: 7 };

test.each([
  ['a JSON line', text],
  ['a time in front, as an export to S3 has it', `2026-11-25T10:00:00.000Z ${text}`],
  ['a time and a stream, as aws logs tail prints', `2026-11-25T10:00:00 2026/11/25/[$LATEST]ab ${text}`],
  ["Lambda's own JSON format", JSON.stringify({ timestamp: 't', level: 'INFO', message: line })],
  ['aws logs filter-log-events', JSON.stringify({ events: [{ timestamp: 1, message: text, eventId: '3' }] })],
  ['Logs Insights', JSON.stringify({ results: [[{ field: '@message', value: text }]] })],
  ["Insights' CSV", `2026-11-25 10:00:00.000,"${text.replaceAll('"', '""')}"`],
  ['a subscription', JSON.stringify({ logEvents: [{ id: '1', message: text }] })],
])('%s', (_what, given) => expect(callsIn(given)).toEqual([found]));

test('a call without AWS calls counts as a call; one between two calls has no tool', () => {
  const { aws: _aws, awsMore: _more, ...quiet } = line;
  expect(callsIn(JSON.stringify(quiet))).toEqual([{ ...found, calls: [], more: 0 }]);
  const between = { server: 's', event: 'aws', calls: [{ action: 'S3:ListBuckets' }] };
  expect(callsIn(JSON.stringify(between))).toEqual([
    { server: 's', calls: [{ action: 'S3:ListBuckets' }], more: 0 },
  ]);
});

test.each([
  ['', 'START RequestId: 1 Version: $LATEST', 'REPORT {broken', '[INFO] x', '{"event":"call"}', '[]', '{}'],
  [
    JSON.stringify({ server: 'a', event: 'stderr', line: text }),
    JSON.stringify({ server: 'a', event: 'stdout', line: { ...line } }),
    // The gateway's own line of the same call has no server: it would count twice.
    JSON.stringify({ event: 'call', tool: 'iam___list_users', outcome: 'ok', ms: 3 }),
  ],
])('no calls: %j, %j, %j …', (...given) => expect(given.flatMap((one) => callsIn(one))).toEqual([]));

describe('a file', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'mcpgw-log-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  const nothing = Readable.from([]);

  test.each([
    ['lines.log', `${JSON.stringify(started)}\n${text}\r\n${text}`],
    ['pretty.json', JSON.stringify({ events: [{ message: text }, { message: text }] }, null, 2)],
    ['list.json', JSON.stringify([line, started, line], null, 2)],
    ['export.gz', gzipSync(`t ${text}\nt ${text}\n`)],
  ])('%s', async (name, content) => {
    await writeFile(join(folder, name), content);
    expect(await readCallLog(join(folder, name), nothing)).toEqual([found, found]);
  });

  test('or standard input', async () => {
    expect(await readCallLog('-', Readable.from([Buffer.from(`${text}\n${text.slice(0, 20)}`)]))).toEqual([
      found,
    ]);
  });

  test.each(['nowhere.log', '.', 'broken.gz'])('%s cannot be read, and that is told', async (name) => {
    await writeFile(join(folder, 'broken.gz'), 'no gzip');
    const reading = readCallLog(join(folder, name), nothing);
    await expect(reading).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('cannot be read'),
    });
  });
});
