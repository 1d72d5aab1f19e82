/**
 * The images of the artefact store: one ECR repository an account and region, made when first needed, beside the
 * bucket and for the same reasons outside any stack. A tag is the hash of what an image was made from; tags cannot be
 * moved, so dev, staging, prod and a rollback get the same image.
 * The AWS SDK is the standard client, and loaded only here, when used.
 */
import type { ECRClient } from '@aws-sdk/client-ecr';
import { IMAGE_REPOSITORY } from '../plan/build.ts';
import { McpgwError, messageOf } from '../plan/errors.ts';

export interface ImageStore {
  has(tag: string): Promise<boolean>;
  /** Makes the repository if need be; where an image goes, and a password for it that is good for 12 hours. */
  open(tag: string): Promise<ImagePlace>;
}

export interface ImagePlace {
  uri: string;
  registry: string;
  user: string;
  password: string;
}

export interface ImageStoreOptions {
  region: string;
  /** The account whose registry it is; another's is not taken. */
  account: string;
  /** Settings of the SDK's client; its own defaults otherwise. */
  client?: import('@aws-sdk/client-ecr').ECRClientConfig;
}

export function ecrImages({ region, account, client: settings }: ImageStoreOptions): ImageStore {
  let client: Promise<ECRClient> | undefined;
  const connect = () => {
    client ??= import('@aws-sdk/client-ecr').then((sdk) => new sdk.ECRClient({ region, ...settings }));
    return client;
  };
  const at = { registryId: account, repositoryName: IMAGE_REPOSITORY };
  let ready: Promise<string> | undefined;

  return {
    async has(tag) {
      const [{ DescribeImagesCommand }, ecr] = [await import('@aws-sdk/client-ecr'), await connect()];
      try {
        await ecr.send(new DescribeImagesCommand({ ...at, imageIds: [{ imageTag: tag }] }));
        return true;
      } catch (error) {
        if (/^(?:ImageNotFound|RepositoryNotFound)Exception$/.test(nameOf(error))) return false;
        throw refused(error, `cannot look up image ${tag}`);
      }
    },
    async open(tag) {
      const [sdk, ecr] = [await import('@aws-sdk/client-ecr'), await connect()];
      ready ??= ensureRepository(ecr, at, region);
      const uri = `${await ready}:${tag}`;
      try {
        const { authorizationData = [] } = await ecr.send(new sdk.GetAuthorizationTokenCommand({}));
        const token = Buffer.from(authorizationData[0]?.authorizationToken ?? '', 'base64').toString();
        const [user = '', ...password] = token.split(':');
        return { uri, registry: uri.split('/')[0] ?? '', user, password: password.join(':') };
      } catch (error) {
        throw refused(error, 'cannot get a password for the registry');
      }
    },
  };
}

/** The images of the account that the credentials belong to. */
export async function accountImages(region: string): Promise<ImageStore> {
  const { callerAccount } = await import('./artefacts-s3.ts');
  return ecrImages({ region, account: await callerAccount(region) });
}

/** Returns the repository's URI. One that exists is left as it is, but its tags must not be movable. */
async function ensureRepository(
  ecr: ECRClient,
  at: { registryId: string; repositoryName: string },
  region: string,
): Promise<string> {
  const sdk = await import('@aws-sdk/client-ecr');
  try {
    const found = await describe();
    if (found !== undefined) return found;
    await ecr
      .send(
        new sdk.CreateRepositoryCommand({
          ...at,
          imageTagMutability: 'IMMUTABLE',
          imageScanningConfiguration: { scanOnPush: true },
          encryptionConfiguration: { encryptionType: 'AES256' },
        }),
      )
      .catch((error: unknown) => {
        // Made by another run of ours at the same moment.
        if (nameOf(error) !== 'RepositoryAlreadyExistsException') throw error;
      });
    await ecr.send(new sdk.PutLifecyclePolicyCommand({ ...at, lifecyclePolicyText: UNTAGGED_EXPIRE }));
    await ecr.send(
      new sdk.SetRepositoryPolicyCommand({ ...at, policyText: lambdaReads(at.registryId, region) }),
    );
    return (await describe()) ?? '';
  } catch (error) {
    if (error instanceof McpgwError) throw error;
    throw refused(error, `cannot make the image repository ${IMAGE_REPOSITORY}`);
  }

  async function describe(): Promise<string | undefined> {
    const command = new sdk.DescribeRepositoriesCommand({
      registryId: at.registryId,
      repositoryNames: [at.repositoryName],
    });
    const answer = await ecr.send(command).catch((error: unknown) => {
      if (nameOf(error) === 'RepositoryNotFoundException') return undefined;
      throw error;
    });
    const found = answer?.repositories?.[0];
    if (found !== undefined && found.imageTagMutability !== 'IMMUTABLE') {
      throw new McpgwError(
        'package-failed',
        `the tags of image repository ${IMAGE_REPOSITORY} can be moved`,
        {
          hint: `aws ecr put-image-tag-mutability --repository-name ${IMAGE_REPOSITORY} --image-tag-mutability IMMUTABLE`,
        },
      );
    }
    return found?.repositoryUri;
  }
}

/** What a broken push leaves. Tagged images stay: a stack, a saved plan or a rollback may name any of them. */
const UNTAGGED_EXPIRE = JSON.stringify({
  rules: [
    {
      rulePriority: 1,
      description: 'left by a push that broke off',
      selection: { tagStatus: 'untagged', countType: 'sinceImagePushed', countUnit: 'days', countNumber: 1 },
      action: { type: 'expire' },
    },
  ],
});

/** So that whoever deploys a function needs no right to change the repository's policy. */
function lambdaReads(account: string, region: string): string {
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'FunctionsOfThisAccount',
        Effect: 'Allow',
        Principal: { Service: 'lambda.amazonaws.com' },
        Action: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
        Condition: { StringLike: { 'aws:sourceArn': `arn:*:lambda:${region}:${account}:function:*` } },
      },
    ],
  });
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function refused(error: unknown, what: string): McpgwError {
  const status = (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata
    ?.httpStatusCode;
  const name = nameOf(error);
  const denied = status === 403 || /AccessDenied|Credentials|Token/.test(name);
  return new McpgwError(
    denied ? 'not-authorised' : status === undefined ? 'unreachable' : 'package-failed',
    `${what}: ${name}: ${messageOf(error)}`,
    {
      ...(denied && {
        hint: 'needs ecr:DescribeImages, ecr:GetAuthorizationToken and the rights to push; to make the repository, ecr:CreateRepository, ecr:PutLifecyclePolicy and ecr:SetRepositoryPolicy',
      }),
      cause: error,
    },
  );
}
