/** The threads that read sources: as many packages as come, and none that is too much for them stops the others. */
import { Readers } from '../../../discovery/reading/readers.ts';
import { folderWith, removeTemporaryFolders } from './support.ts';

afterAll(removeTemporaryFolders);

const CODE = 'import boto3\n@mcp.tool()\ndef list_it():\n    boto3.client("s3").list_buckets()\n';
const small = async () => ({ location: await folderWith({ 'x/server.py': CODE }), options: {} });
const tools = (answer: Awaited<ReturnType<Readers['read']>>) =>
  'facts' in answer ? answer.facts.tools.map(({ name, actions }) => ({ name, actions })) : answer;
const GOOD = [{ name: 'list_it', actions: ['s3:ListAllMyBuckets'] }];

test('more packages than threads: each gets its answer', async () => {
  const readers = new Readers(2);
  const task = await small();
  const answers = await Promise.all(Array.from({ length: 5 }, () => readers.read(task)));
  expect(answers.map(tools)).toEqual(Array.from({ length: 5 }, () => GOOD));
  await readers.close();
});

test('one that takes more memory than a thread has is told, and the next one is read', async () => {
  const readers = new Readers(1, { megabytes: 24 });
  const huge = await folderWith({ 'x/server.py': `x = [${'f(1), '.repeat(250_000)}]\n` });
  const task = await small();
  const [first, second] = await Promise.all([
    readers.read({ location: huge, options: {} }),
    readers.read(task),
  ]);
  expect([first, tools(second)]).toEqual([{ problem: 'reading it takes more than 24 MB or 120 s' }, GOOD]);
  await readers.close();
});

test('one that takes longer than it may is given up', async () => {
  const readers = new Readers(1, { seconds: 0 });
  expect(await readers.read(await small())).toEqual({
    problem: 'reading it takes more than 256 MB or 0 s',
  });
  await readers.close();
});

test('closing ends a thread that is busy', async () => {
  const readers = new Readers(1);
  const answer = readers.read(await small());
  await Promise.resolve();
  await readers.close();
  expect(await answer).toHaveProperty('problem');
});
