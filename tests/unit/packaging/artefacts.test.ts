/** The artefact store: never overwritten, whole or not at all, nothing for tests only on AWS. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { artefactBucket, folderStore, listMissing, s3Store } from '../../../store/artefacts.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'mcpgw-artefacts-'));
});
afterEach(() => rm(dir, { recursive: true }));

describe('folder', () => {
  const key = 'packages/aws-documentation-mcp-server/ab12.zip';

  test('holds what was put, from a file or from bytes', async () => {
    const store = folderStore(join(dir, 'store'));
    const file = join(dir, 'a');
    await writeFile(file, 'from a file');
    expect(await store.has(key)).toBe(false);
    await store.put(key, file);
    await store.put('schemas/iam/cd.json', Buffer.from('bytes'));
    expect(await store.has(key)).toBe(true);
    expect(await readFile(join(dir, 'store', key), 'utf8')).toBe('from a file');
    expect(await readFile(join(dir, 'store/schemas/iam/cd.json'), 'utf8')).toBe('bytes');
    expect(store.location(key)).toEqual({ bucket: join(dir, 'store'), key });
  });

  test('never overwrites, even when two put at once, and leaves no part behind', async () => {
    const store = folderStore(dir);
    await store.put(key, Buffer.from('first'));
    await store.put(key, Buffer.from('second'));
    expect(await readFile(join(dir, key), 'utf8')).toBe('first');
    const other = 'packages/x/y.zip';
    await Promise.all(['a', 'b', 'c'].map((text) => store.put(other, Buffer.from(text.repeat(100_000)))));
    expect(new Set(await readFile(join(dir, other), 'utf8')).size).toBe(1);
    expect(await readdir(join(dir, 'packages/x'))).toEqual(['y.zip']);
  });

  test('a file that cannot be read leaves nothing under the key', async () => {
    const store = folderStore(dir);
    await expect(store.put(key, join(dir, 'missing'))).rejects.toThrow('ENOENT');
    expect(await store.has(key)).toBe(false);
    expect(await readdir(join(dir, 'packages/aws-documentation-mcp-server'))).toEqual([]);
  });

  test.each(['../x', '/etc/x', 'a//b', 'a/../b', '', 'a/', '.hidden', 'a\\b'])(
    'refuses the key %j',
    async (bad) => {
      await expect(folderStore(dir).put(bad, Buffer.from(''))).rejects.toThrow('not a key');
    },
  );

  test('lists what is missing, in order and once', async () => {
    const store = folderStore(dir);
    await store.put('layers/b.zip', Buffer.from(''));
    expect(
      await listMissing(store, ['layers/c.zip', 'layers/b.zip', 'layers/a.zip', 'layers/c.zip']),
    ).toEqual(['layers/c.zip', 'layers/a.zip']);
  });
});

describe('S3', () => {
  let server: Server;
  let requests: string[];
  let objects: Map<string, string>;
  let bucket: { owner: string; versioned: boolean } | undefined;

  beforeEach(async () => {
    [requests, objects, bucket] = [[], new Map(), undefined];
    server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk) => chunks.push(chunk));
      request.on('end', () => {
        const url = new URL(request.url ?? '', 'http://s3');
        const key = url.pathname.split('/').slice(2).join('/');
        const what = [...url.searchParams.keys()].find((name) => name !== 'x-id') ?? '';
        requests.push(`${request.method} ${key === '' ? `bucket ${what}` : key}`.trim());
        const answer = (status: number, body = '') => response.writeHead(status).end(body);
        if (request.method === 'PUT' && key === '' && what === '') {
          bucket = { owner: '111122223333', versioned: false };
          return answer(200);
        }
        if (bucket === undefined) return answer(404);
        // Without the header S3 does not ask whose bucket it is.
        if ((request.headers['x-amz-expected-bucket-owner'] ?? bucket.owner) !== bucket.owner)
          return answer(403);
        if (key === '') {
          if (what === 'versioning' && request.method === 'GET')
            return answer(
              200,
              `<VersioningConfiguration>${bucket.versioned ? '<Status>Enabled</Status>' : ''}</VersioningConfiguration>`,
            );
          if (what === 'versioning') bucket.versioned = true;
          return answer(200);
        }
        if (request.method === 'HEAD') return answer(objects.has(key) ? 200 : 404);
        if (request.headers['if-none-match'] === '*' && objects.has(key)) return answer(412);
        objects.set(key, Buffer.concat(chunks).toString());
        return answer(200);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(() => new Promise((resolve) => server.close(resolve)));

  const store = (account = '111122223333') =>
    s3Store(artefactBucket('111122223333', 'eu-west-1'), 'eu-west-1', {
      account,
      client: {
        endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        forcePathStyle: true,
        maxAttempts: 1,
        credentials: { accessKeyId: 'a', secretAccessKey: 'b' },
      },
    });

  test('makes the bucket when first needed: private, encrypted, TLS only and versioned', async () => {
    expect(await store().has('layers/a.zip')).toBe(false);
    await store().put('layers/a.zip', Buffer.from('layer'));
    expect(requests.filter((line) => line.includes('bucket'))).toEqual([
      'HEAD bucket',
      'PUT bucket',
      'PUT bucket publicAccessBlock',
      'PUT bucket encryption',
      'PUT bucket policy',
      'PUT bucket versioning',
    ]);
    expect(objects.get('layers/a.zip')).toContain('layer');
  });

  test('completes a bucket of ours that was left half made, and leaves a complete one alone', async () => {
    bucket = { owner: '111122223333', versioned: false };
    await store().put('layers/a.zip', Buffer.from('layer'));
    expect(requests).toContain('PUT bucket publicAccessBlock');
    expect(requests).not.toContain('PUT bucket');
    requests = [];
    await store().put('layers/b.zip', Buffer.from('layer'));
    expect(requests).toEqual(['HEAD bucket', 'GET bucket versioning', 'PUT layers/b.zip']);
  });

  test('never overwrites', async () => {
    await store().put('layers/a.zip', Buffer.from('first'));
    await store().put('layers/a.zip', Buffer.from('second'));
    expect(objects.get('layers/a.zip')).toContain('first');
  });

  test('a bucket of that name in another account is refused', async () => {
    bucket = { owner: '999999999999', versioned: true };
    await expect(store().put('layers/a.zip', Buffer.from('x'))).rejects.toMatchObject({
      code: 'not-authorised',
    });
    await expect(store().has('layers/a.zip')).rejects.toMatchObject({ code: 'not-authorised' });
    expect(objects.size).toBe(0);
  });

  test('what was made for tests only never gets there', async () => {
    await expect(store().put('test-only/layers/a.zip', Buffer.from('x'))).rejects.toThrow(
      'tests on this machine only',
    );
    expect(requests).toEqual([]);
  });
});
