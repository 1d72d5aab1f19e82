/** The image repository against moto's ECR: made once, with tags that cannot be moved, readable by Lambda. */
import {
  CreateRepositoryCommand,
  DescribeRepositoriesCommand,
  ECRClient,
  GetLifecyclePolicyCommand,
  GetRepositoryPolicyCommand,
  PutImageCommand,
} from '@aws-sdk/client-ecr';
import { IMAGE_REPOSITORY as repositoryName } from '../../../plan/build.ts';
import { ecrImages } from '../../../store/images.ts';
import { type Moto, startMoto } from '../s3-question/moto.ts';

// moto's own account.
const account = '123456789012';
const tag = 'ab'.repeat(32);
let moto: Moto;
beforeAll(async () => {
  moto = await startMoto();
}, 120_000);
afterAll(() => moto.close());

const clientOf = (region: string) => ({
  ...{ region, endpoint: moto.url },
  credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
});

test('the repository is made when first needed, and what is in it is found by its tag', async () => {
  const region = 'eu-west-1';
  const images = ecrImages({ region, account, client: clientOf(region) });
  expect(await images.has(tag)).toBe(false);
  const place = await images.open(tag);
  expect(place.uri).toBe(`${account}.dkr.ecr.${region}.amazonaws.com/mcpgw-artefacts:${tag}`);
  expect(place.registry).toBe(`${account}.dkr.ecr.${region}.amazonaws.com`);
  expect([place.user, place.password.length > 0]).toEqual(['AWS', true]);
  await images.open('cd'.repeat(32));

  const ecr = new ECRClient(clientOf(region));
  const { repositories = [] } = await ecr.send(new DescribeRepositoriesCommand({}));
  expect(repositories).toMatchObject([
    {
      repositoryName,
      imageTagMutability: 'IMMUTABLE',
      imageScanningConfiguration: { scanOnPush: true },
      encryptionConfiguration: { encryptionType: 'AES256' },
    },
  ]);
  const { lifecyclePolicyText = '' } = await ecr.send(new GetLifecyclePolicyCommand({ repositoryName }));
  // A tagged image may be what a rollback needs.
  const { rules } = JSON.parse(lifecyclePolicyText) as { rules: { selection: { tagStatus: string } }[] };
  expect(rules.map(({ selection }) => selection.tagStatus)).toEqual(['untagged']);
  const { policyText = '' } = await ecr.send(new GetRepositoryPolicyCommand({ repositoryName }));
  expect(JSON.parse(policyText).Statement).toMatchObject([
    {
      Principal: { Service: 'lambda.amazonaws.com' },
      Condition: { StringLike: { 'aws:sourceArn': `arn:*:lambda:${region}:${account}:function:*` } },
    },
  ]);

  const mediaType = 'application/vnd.oci.image.manifest.v1+json';
  const imageManifest = JSON.stringify({ schemaVersion: 2, mediaType, config: {}, layers: [] });
  await ecr.send(new PutImageCommand({ repositoryName, imageTag: tag, imageManifest }));
  expect([await images.has(tag), await images.has('cd'.repeat(32))]).toEqual([true, false]);
}, 60_000);

test('a repository whose tags can be moved is refused', async () => {
  const region = 'us-west-2';
  await new ECRClient(clientOf(region)).send(new CreateRepositoryCommand({ repositoryName }));
  await expect(ecrImages({ region, account, client: clientOf(region) }).open(tag)).rejects.toMatchObject({
    code: 'package-failed',
    hint: expect.stringContaining('--image-tag-mutability IMMUTABLE'),
  });
}, 60_000);
