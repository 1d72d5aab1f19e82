/**
 * Which of several gateways a target lies in. A target stays where the last update put it (TargetPlan.shard, from the
 * stack's outputs), so a new server moves no other, also when it needs another gateway. One that lies nowhere yet goes
 * by the hash of its server's id to a gateway that has room.
 */
import { createHash } from 'node:crypto';
import { LIMITS } from './names.ts';
import type { Settings } from './settings/settings.ts';
import type { TargetPlan } from './types.ts';

type Placed = Pick<TargetPlan, 'server' | 'shard'>;

/** Targets by gateway, in their order. */
export function spread<T extends Placed>(settings: Settings, targets: readonly T[]): T[][] {
  const count = shardCount(settings, targets);
  const shards = Array.from({ length: count }, (): Set<T> => new Set());
  const isFull = (index: number) => (shards[index]?.size ?? 0) >= roomOf(index, settings, targets);
  const homeless: T[] = [];
  for (const target of targets) {
    const home = target.shard === undefined ? undefined : shards[target.shard];
    if (home) home.add(target);
    else homeless.push(target);
  }
  for (const target of homeless.toSorted((a, b) => (a.server < b.server ? -1 : 1))) {
    const ranked = rank(target.server, count);
    shards[ranked.find((index) => !isFull(index)) ?? ranked[0] ?? 0]?.add(target);
  }
  return shards.map((shard) => targets.filter((target) => shard.has(target)));
}

/** As many as the settings say; else as there are, or as are needed. */
function shardCount(settings: Settings, targets: readonly Placed[]): number {
  const { shards, existing } = settings.gateway;
  if (shards !== undefined || existing) return shards ?? 1;
  const highest = Math.max(0, ...targets.map(({ shard = 0 }) => shard));
  const needed = Math.ceil((targets.length + passedOn(settings, targets)) / LIMITS.targetsPerGateway);
  return Math.max(highest + 1, needed, 1);
}

/** Remote servers without a function are targets of the first gateway. */
function roomOf(index: number, settings: Settings, targets: readonly Placed[]): number {
  const { existing } = settings.gateway;
  const taken = index === 0 ? passedOn(settings, targets) + (existing?.targets ?? 0) : 0;
  return LIMITS.targetsPerGateway - taken;
}

export function passedOn(settings: Settings, targets: readonly Placed[]): number {
  const functions = new Set(targets.map(({ server }) => server));
  return settings.servers.remote.filter((id) => !functions.has(id)).length;
}

/** Rendezvous hashing: the order of one server's choices depends on nothing but its id. */
function rank(server: string, count: number): number[] {
  const weights = Array.from({ length: count }, (_, index) =>
    createHash('sha256').update(`${index} ${server}`).digest('hex'),
  );
  return weights
    .map((weight, index) => ({ weight, index }))
    .sort((a, b) => (a.weight > b.weight ? -1 : 1))
    .map(({ index }) => index);
}
