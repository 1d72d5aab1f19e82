/**
 * The artefact store on AWS: one bucket an account and region, made when first needed.
 * The AWS SDK is the standard client (credentials of every kind, retries, checksums) and loaded only here, when used.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { S3Client } from '@aws-sdk/client-s3';
import { McpgwError, messageOf } from '../plan/errors.ts';
import { type ArtefactStore, artefactBucket, requireKey, TEST_ONLY } from './artefacts.ts';

export interface S3StoreOptions {
  /** The account that must own the bucket: its name can be guessed, so another's bucket is refused. */
  account?: string;
  /** Settings of the SDK's client (endpoint, credentials, path style); its own defaults otherwise. */
  client?: import('@aws-sdk/client-s3').S3ClientConfig;
}

export function s3Store(bucket: string, region: string, options: S3StoreOptions = {}): ArtefactStore {
  const owner = options.account === undefined ? {} : { ExpectedBucketOwner: options.account };
  let client: Promise<S3Client> | undefined;
  let ready: Promise<void> | undefined;
  const connect = () => {
    client ??= import('@aws-sdk/client-s3').then((sdk) => new sdk.S3Client({ region, ...options.client }));
    return client;
  };
  const at = { Bucket: bucket, ...owner };

  return {
    location: (key) => ({ bucket, key: requireKey(key) }),
    async has(key) {
      const [{ HeadObjectCommand }, s3] = [await import('@aws-sdk/client-s3'), await connect()];
      try {
        await s3.send(new HeadObjectCommand({ ...at, Key: requireKey(key) }));
        return true;
      } catch (error) {
        // No such object, or no such bucket yet.
        if (statusOf(error) === 404) return false;
        throw refused(error, `cannot look up ${key} in ${bucket}`);
      }
    },
    async put(key, content) {
      if (requireKey(key).startsWith(TEST_ONLY)) {
        throw new McpgwError('package-failed', `${key} was made for tests on this machine only`, {
          hint: 'package with the managed Python builds, without a Python named by hand',
        });
      }
      const [{ PutObjectCommand }, s3] = [await import('@aws-sdk/client-s3'), await connect()];
      ready ??= ensureBucket(s3, bucket, region, options.account);
      await ready;
      const body =
        typeof content === 'string'
          ? { Body: createReadStream(content), ContentLength: (await stat(content)).size }
          : { Body: content };
      try {
        await s3.send(
          new PutObjectCommand({ ...at, Key: key, ...body, IfNoneMatch: '*', ChecksumAlgorithm: 'SHA256' }),
        );
      } catch (error) {
        // There already: keys say what is in them, so it is the same.
        if (statusOf(error) === 412) return;
        throw refused(error, `cannot put ${key} into ${bucket}`);
      }
    },
  };
}

/** The artefact store of the account that the credentials belong to; `bucket` when a stack names its own. */
export async function accountStore(region: string, bucket?: string): Promise<ArtefactStore> {
  const account = await callerAccount(region);
  return s3Store(bucket ?? artefactBucket(account, region), region, { account });
}

export async function callerAccount(region: string): Promise<string> {
  const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
  try {
    const { Account } = await new STSClient({ region }).send(new GetCallerIdentityCommand({}));
    if (Account === undefined) throw new Error('sts:GetCallerIdentity named no account');
    return Account;
  } catch (error) {
    throw refused(error, 'cannot tell which AWS account this is');
  }
}

/**
 * Makes the bucket when it is missing: private, encrypted, TLS only, versioned. One that exists is left as it is,
 * unless it is our own and was left half made: versioning is set last, so it tells.
 */
async function ensureBucket(s3: S3Client, bucket: string, region: string, account?: string): Promise<void> {
  const sdk = await import('@aws-sdk/client-s3');
  const at = { Bucket: bucket, ...(account !== undefined && { ExpectedBucketOwner: account }) };
  let exists = true;
  try {
    await s3.send(new sdk.HeadBucketCommand(at));
    if (account === undefined || bucket !== artefactBucket(account, region)) return;
    if ((await s3.send(new sdk.GetBucketVersioningCommand(at))).Status === 'Enabled') return;
  } catch (error) {
    if (statusOf(error) !== 404) throw refused(error, `cannot use the bucket ${bucket}`);
    exists = false;
  }
  try {
    if (!exists) {
      // us-east-1 is the one region that must not be named.
      const LocationConstraint = region as import('@aws-sdk/client-s3').BucketLocationConstraint;
      const place = region === 'us-east-1' ? {} : { CreateBucketConfiguration: { LocationConstraint } };
      await s3.send(new sdk.CreateBucketCommand({ Bucket: bucket, ...place }));
    }
    await s3.send(
      new sdk.PutPublicAccessBlockCommand({
        ...at,
        PublicAccessBlockConfiguration: {
          BlockPublicAcls: true,
          BlockPublicPolicy: true,
          IgnorePublicAcls: true,
          RestrictPublicBuckets: true,
        },
      }),
    );
    await s3.send(
      new sdk.PutBucketEncryptionCommand({
        ...at,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' }, BucketKeyEnabled: true }],
        },
      }),
    );
    await s3.send(new sdk.PutBucketPolicyCommand({ ...at, Policy: tlsOnly(bucket, region) }));
    await s3.send(
      new sdk.PutBucketVersioningCommand({ ...at, VersioningConfiguration: { Status: 'Enabled' } }),
    );
  } catch (error) {
    // Made by another run of ours at the same moment.
    if ((error as Error).name === 'BucketAlreadyOwnedByYou') return;
    throw refused(error, `cannot make the bucket ${bucket}`);
  }
}

function tlsOnly(bucket: string, region: string): string {
  const arn = `arn:${partitionOf(region)}:s3:::${bucket}`;
  return JSON.stringify({
    Version: '2012-10-17',
    Statement: [
      {
        Sid: 'TlsOnly',
        Effect: 'Deny',
        Principal: '*',
        Action: 's3:*',
        Resource: [arn, `${arn}/*`],
        Condition: { Bool: { 'aws:SecureTransport': 'false' } },
      },
    ],
  });
}

function partitionOf(region: string): string {
  if (region.startsWith('cn-')) return 'aws-cn';
  return region.startsWith('us-gov-') ? 'aws-us-gov' : 'aws';
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | undefined)?.$metadata?.httpStatusCode;
}

function refused(error: unknown, what: string): McpgwError {
  const status = statusOf(error);
  const name = error instanceof Error ? error.name : 'error';
  if (status === 403 || /Credentials|Token/.test(name)) {
    return new McpgwError('not-authorised', `${what}: ${name}: ${messageOf(error)}`, {
      hint: 'use credentials of the account that owns the bucket (s3:GetObject, s3:PutObject, s3:ListBucket; to make it, s3:CreateBucket and s3:PutBucket*)',
      cause: error,
    });
  }
  return new McpgwError(
    status === undefined ? 'unreachable' : 'package-failed',
    `${what}: ${messageOf(error)}`,
    {
      cause: error,
    },
  );
}
