/** The contract kit as the command line uses it: ask a deployed gateway, and keep what it answered beside the stack's file. */
import { writePrivate } from '../identity.ts';
import { awsPlatform } from './aws-platform.ts';
import { type Ask, awsRequests } from './aws-requests.ts';
import { probedGateway } from './probed-gateway.ts';
import { contractFile } from './read-behaviour.ts';
import { type ContractRecord, formatRecord, recordOf } from './record.ts';
import { runContract } from './run.ts';

export { QUESTIONS } from './questions.ts';
export { advice } from './record.ts';
export { COST_BOUND } from './run.ts';

export interface AwsContractOptions {
  ask: Ask;
  stack: string;
  region: string;
  /** The stack's own gateway: the probe target is put there and taken away. */
  gatewayId: string;
  /** A bucket of the account that the deployer may write to: the artefact store's. */
  bucket: string;
  /** How the gateway is asked. */
  url: string;
  token: string;
  say?(text: string): void;
  /** Stops the asking; everything is taken away nevertheless. */
  signal?: AbortSignal;
}

/** Costs at most COST_BOUND dollars. `left` is what could not be removed. */
export async function contractOnAws(
  options: AwsContractOptions,
): Promise<{ record: ContractRecord; left: string[] }> {
  const { ask, stack, region, gatewayId, bucket, url, token, signal } = options;
  const probe = probedGateway({ url, token });
  const platform = awsPlatform({ aws: awsRequests(ask, region), gatewayId, bucket, probe, signal });
  const { findings, left } = await runContract(platform, options.say, signal);
  return { record: recordOf(stack, region, findings), left };
}

export async function writeContract(root: string, record: ContractRecord): Promise<string> {
  const file = contractFile(root, record.stack);
  await writePrivate(file, formatRecord(record).trimEnd());
  return file;
}
