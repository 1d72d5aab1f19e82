/**
 * The contract kit on AWS: one function with a role that may do nothing, the permission to call it, one target on the
 * stack's own gateway. Each thing is put on the list of what to remove before the next is made.
 */
import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { strToU8, zipSync } from 'fflate';
import { McpgwError, messageOf } from '../../plan/errors.ts';
import type { ToolDefinition } from '../../plan/manifest.ts';
import { AwsRefusal, type AwsRequests } from './aws-requests.ts';
import { PROBE_TARGET, probeTools } from './probe.ts';
import type { ProbedGateway } from './questions.ts';
import type { ContractPlatform } from './run.ts';

export interface AwsPlatformOptions {
  aws: AwsRequests;
  gatewayId: string;
  /** Of the artefact store; the gateway's role gets the right to read the probe's schemas there, and loses it again. */
  bucket: string;
  probe: ProbedGateway;
  /** Between two looks at something that is being made. */
  pauseMs?: number;
  /** Looks before it is given up. */
  looks?: number;
  /** Ends every wait but those for something to be gone. */
  signal?: AbortSignal | undefined;
}

const TRUST = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'lambda.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

export function awsPlatform(options: AwsPlatformOptions): ContractPlatform {
  const { aws, gatewayId, bucket, pauseMs = 3000, looks = 60 } = options;
  const run = `mcpgw-contract-${randomBytes(4).toString('hex')}`;
  const made: { what: string; undo(): Promise<unknown> }[] = [];
  /** Names of targets that were asked for, until their id is known: an answer can be lost on the way. */
  const nameless = new Set<string>();
  const pause = () => delay(pauseMs);
  let lambdaArn = '';

  /** Until `done` says so; IAM's changes take some seconds to be known everywhere. */
  async function until<T>(what: string, look: () => Promise<T>, done: (seen: T) => boolean): Promise<T> {
    for (let left = looks; left > 0; left -= 1) {
      options.signal?.throwIfAborted();
      const seen = await look();
      if (done(seen)) return seen;
      await pause();
    }
    throw new McpgwError('internal', `${what} was not ready after ${looks} looks`);
  }

  async function whenPermitted<T>(attempt: () => Promise<T>): Promise<T> {
    for (let left = looks; ; left -= 1) {
      options.signal?.throwIfAborted();
      try {
        return await attempt();
      } catch (error) {
        if (left <= 1 || !/cannot be assumed|lacks permission/i.test(messageOf(error))) throw error;
        await pause();
      }
    }
  }

  async function makeTarget(
    name: string,
    toolSchema: object,
  ): Promise<{ id: string; status: string; reasons: string }> {
    nameless.add(name);
    const created = await whenPermitted(() =>
      aws.createTarget(gatewayId, {
        name,
        description: 'Made by mcpgw contract, removed by it again.',
        targetConfiguration: { mcp: { lambda: { lambdaArn, toolSchema } } },
        credentialProviderConfigurations: [{ credentialProviderType: 'GATEWAY_IAM_ROLE' }],
      }),
    );
    const id = String(created.targetId);
    made.push({ what: `target ${name} (${id})`, undo: () => removeTarget(id) });
    nameless.delete(name);
    const seen = await until(
      `target ${name}`,
      () => aws.target(gatewayId, id),
      ({ status }) => status !== 'CREATING',
    );
    return { id, status: String(seen.status), reasons: JSON.stringify(seen.statusReasons ?? []) };
  }

  /** Those whose creation gave no answer may be there nevertheless. */
  async function findNameless(): Promise<void> {
    if (nameless.size === 0) return;
    for (const { name, targetId } of await aws.targets(gatewayId)) {
      if (nameless.has(name))
        made.push({ what: `target ${name} (${targetId})`, undo: () => removeTarget(targetId) });
    }
    nameless.clear();
  }

  async function removeTarget(id: string): Promise<void> {
    await unlessGone(() => aws.deleteTarget(gatewayId, id));
    for (let left = looks; left > 0; left -= 1) {
      if ((await unlessGone(() => aws.target(gatewayId, id))) === undefined) return;
      await pause();
    }
    throw new Error('it is still being deleted');
  }

  return {
    async deployProbe() {
      const { roleArn } = await aws.gateway(gatewayId);
      const gatewayRole = String(roleArn).split('/').at(-1) ?? '';
      made.push({ what: `role ${run}`, undo: () => unlessGone(() => aws.deleteRole(run)) });
      const role = await aws.createRole(run, TRUST);
      const code = await readFile(new URL('probe-function.mjs', import.meta.url));
      const zip = zipSync({ 'index.mjs': strToU8(code.toString()) });
      made.push({ what: `function ${run}`, undo: () => unlessGone(() => aws.deleteFunction(run)) });
      const created = await whenPermitted(() =>
        aws.createFunction({
          FunctionName: run,
          Runtime: 'nodejs24.x',
          Role: role,
          Handler: 'index.handler',
          Timeout: 10,
          Code: { ZipFile: Buffer.from(zip).toString('base64') },
        }),
      );
      lambdaArn = String(created.FunctionArn);
      await until(
        'the function',
        () => aws.functionState(run),
        ({ State }) => State === undefined || State === 'Active',
      );
      made.push({
        what: `policy ${run} of role ${gatewayRole}`,
        undo: () => unlessGone(() => aws.deleteRolePolicy(gatewayRole, run)),
      });
      const partition = lambdaArn.split(':')[1] ?? 'aws';
      await aws.putRolePolicy(gatewayRole, run, {
        Version: '2012-10-17',
        Statement: [
          { Effect: 'Allow', Action: 'lambda:InvokeFunction', Resource: lambdaArn },
          {
            Effect: 'Allow',
            Action: 's3:GetObject',
            Resource: `arn:${partition}:s3:::${bucket}/contract/${run}/*`,
          },
        ],
      });
      const { status, reasons } = await makeTarget(PROBE_TARGET, {
        inlinePayload: probeTools.map(asPayload),
      });
      if (status !== 'READY') throw new McpgwError('internal', `the probe target is ${status}: ${reasons}`);
      return options.probe;
    },

    async tryTargetSchema(inputSchema) {
      const name = `probe-${randomBytes(3).toString('hex')}`;
      const key = `contract/${run}/${name}.json`;
      made.push({
        what: `object ${bucket}/${key}`,
        undo: () => unlessGone(() => aws.deleteObject(bucket, key)),
      });
      await aws.putObject(
        bucket,
        key,
        JSON.stringify([{ name: 'tool', description: 'A schema to try.', inputSchema }]),
      );
      try {
        const { id, status, reasons } = await makeTarget(name, { s3: { uri: `s3://${bucket}/${key}` } });
        await removeTarget(id);
        return { accepted: status === 'READY', message: `${status} ${reasons}` };
      } catch (error) {
        if (error instanceof AwsRefusal && error.status === 400)
          return { accepted: false, message: error.message };
        throw error;
      }
    },

    async sixAtOnce() {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 6 }, (_, index) =>
          makeTarget(`probe-six-${index + 1}`, { inlinePayload: probeTools.slice(1, 2).map(asPayload) }),
        ),
      );
      return outcomes.map((outcome) =>
        outcome.status === 'fulfilled' ? 'accepted' : messageOf(outcome.reason),
      );
    },

    async removeAll() {
      const left: string[] = [];
      await findNameless().catch((error) => left.push(`targets (${messageOf(error).slice(0, 200)})`));
      for (const { what, undo } of made.splice(0).reverse()) {
        await undo().catch((error) => left.push(`${what} (${messageOf(error).slice(0, 200)})`));
      }
      return left;
    },
  };
}

function asPayload({ name, description = name, inputSchema }: ToolDefinition) {
  return { name, description, inputSchema };
}

/** Undefined where it is gone already. */
async function unlessGone<T>(remove: () => Promise<T>): Promise<T | undefined> {
  try {
    return await remove();
  } catch (error) {
    if (
      error instanceof AwsRefusal &&
      (error.status === 404 || /NoSuchEntity|ResourceNotFound/.test(error.message))
    ) {
      return undefined;
    }
    throw error;
  }
}
