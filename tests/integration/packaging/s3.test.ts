/** The artefact store against moto's S3: what the SDK sends is understood by another's implementation. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GetBucketEncryptionCommand,
  GetBucketPolicyCommand,
  GetBucketVersioningCommand,
  GetObjectCommand,
  GetPublicAccessBlockCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import { artefactBucket, listMissing, requireArtefacts, s3Store } from '../../../store/artefacts.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';

// moto's own account.
const [account, region] = ['123456789012', 'eu-west-1'];
const Bucket = artefactBucket(account, region);
let moto: Moto;
let dir: string;
let client: ConstructorParameters<typeof S3Client>[0] & object;

beforeAll(async () => {
  moto = await startMoto();
  dir = await mkdtemp(join(tmpdir(), 'mcpgw-s3-'));
  client = {
    ...{ region, endpoint: moto.url, forcePathStyle: true },
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
  };
}, 120_000);
afterAll(async () => {
  await moto.close();
  await rm(dir, { recursive: true });
});

test('what is put into a stack’s own bucket is found there, and stays as it was first put', async () => {
  await moto.createBucket('team-artefacts');
  const store = s3Store('team-artefacts', region, { account, client });
  const keys = ['layers/python3.13-arm64/ab.zip', 'packages/iam-mcp-server/cd.zip'] as const;
  expect(await listMissing(store, keys)).toEqual(keys);
  await expect(requireArtefacts(store, keys)).rejects.toMatchObject({ code: 'artefacts-missing' });

  const file = join(dir, 'layer.zip');
  await writeFile(file, 'first'.repeat(100_000));
  await store.put(keys[0], file);
  await store.put(keys[1], Buffer.from('package'));
  await store.put(keys[0], Buffer.from('second'));
  await requireArtefacts(store, keys);
  const object = await new S3Client(client).send(
    new GetObjectCommand({ Bucket: 'team-artefacts', Key: keys[0] }),
  );
  expect(await object.Body?.transformToString()).toBe('first'.repeat(100_000));
}, 60_000);

test('our own bucket is made when first needed, private, encrypted, versioned, and refuses what comes without TLS', async () => {
  const store = s3Store(Bucket, region, { account, client });
  expect(await store.has('layers/a.zip')).toBe(false);
  // moto speaks plain HTTP and holds to the bucket's policy.
  await expect(store.put('layers/a.zip', Buffer.from('layer'))).rejects.toMatchObject({
    code: 'not-authorised',
  });
  const s3 = new S3Client(client);
  expect((await s3.send(new GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
  const block = await s3.send(new GetPublicAccessBlockCommand({ Bucket }));
  expect(Object.values(block.PublicAccessBlockConfiguration ?? {})).toEqual([true, true, true, true]);
  const encryption = await s3.send(new GetBucketEncryptionCommand({ Bucket }));
  const [rule] = encryption.ServerSideEncryptionConfiguration?.Rules ?? [];
  expect(rule?.ApplyServerSideEncryptionByDefault?.SSEAlgorithm).toBe('AES256');
  const { Policy } = await s3.send(new GetBucketPolicyCommand({ Bucket }));
  expect(JSON.parse(Policy ?? '{}').Statement[0].Condition).toEqual({
    Bool: { 'aws:SecureTransport': 'false' },
  });
}, 60_000);
