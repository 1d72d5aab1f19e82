/** What the stand-in knows about a resource type beyond the types of @pulumi/aws. */
import { createHash } from 'node:crypto';
import type { Existing } from '../journal.ts';
import type { Failure } from '../type-check.ts';
import type { Values } from '../values.ts';

/** What exists in the imitated account. */
export interface World {
  account: string;
  region: string;
  partition: string;
  ofType(type: string): Existing[];
  /** Target operations under way on a gateway. */
  inFlight(gatewayId: string): number;
}

export type Change = 'create' | 'update' | 'delete';

/** Inputs are revealed (no secret wrappers) wherever a rule sees them; what is not known yet is the sentinel. */
export interface Rule {
  /** Property paths whose change makes a new resource. */
  replaces: readonly string[];
  /** The property that Pulumi names automatically when it is left out. */
  named?: string;
  /** The service's id of a new resource; `seed` differs for every creation. */
  id(inputs: Values, seed: string, world: World): string;
  /** The properties that only the service gives. */
  outputs(inputs: Values, id: string, world: World): Values;
  /** What the provider refuses before anything is done. */
  check?(inputs: Values): Failure[];
  /** What the service refuses, as its error says it; undefined when it accepts. */
  refuse?(change: Change, inputs: Values, id: string, world: World): string | undefined;
  /** The gateway on which this is a target operation, of which five may be under way at once. */
  occupies?(inputs: Values): string | undefined;
}

/** `length` characters of `alphabet`, the same for the same seed. */
export function pick(seed: string, length: number, alphabet: string): string {
  const digest = createHash('sha512').update(seed).digest();
  return Array.from({ length }, (_, index) => alphabet[(digest[index] ?? 0) % alphabet.length]).join('');
}
export const LOWER = 'abcdefghijklmnopqrstuvwxyz0123456789';

export function failure(property: string, reason: string): Failure {
  return { property, reason };
}

/** Arn of `service:region:account:rest` in the world's partition; IAM's and S3's have no region. */
export function arn(world: World, service: string, rest: string, region = world.region): string {
  return `arn:${world.partition}:${service}:${region}:${world.account}:${rest}`;
}
