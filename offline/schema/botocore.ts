/** What botocore's own folder says about a service: the shapes below some of them, without their documentation. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import type { ServiceModel, Shape } from './service-types.ts';

interface RawShape extends Omit<Shape, 'members'> {
  members?: Record<string, { shape: string; jsonvalue?: boolean }>;
  member?: { shape: string };
  key?: { shape: string };
  value?: { shape: string };
}

interface RawModel {
  metadata: { apiVersion: string };
  operations: Record<string, { input?: { shape: string } }>;
  shapes: Record<string, RawShape>;
}

function readModel(folder: string, service: string): RawModel {
  const versions = readdirSync(path.join(folder, 'data', service)).sort();
  const file = path.join(folder, 'data', service, versions.at(-1) ?? '', 'service-2.json.gz');
  return JSON.parse(gunzipSync(readFileSync(file)).toString()) as RawModel;
}

function compact(raw: RawShape): Shape {
  const members = Object.entries(raw.members ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const items = raw.member?.shape ?? raw.value?.shape;
  return {
    type: raw.type,
    ...(raw.required?.length ? { required: [...raw.required].sort() } : {}),
    ...(members.length > 0
      ? { members: Object.fromEntries(members.map(([name, { shape }]) => [name, shape])) }
      : {}),
    ...(items ? { items } : {}),
    ...(raw.key ? { keys: raw.key.shape } : {}),
    ...(raw.pattern ? { pattern: raw.pattern } : {}),
    ...(raw.min === undefined ? {} : { min: raw.min }),
    ...(raw.max === undefined ? {} : { max: raw.max }),
    ...(raw.enum ? { enum: raw.enum } : {}),
  };
}

export function extract(folder: string, service: string, roots: readonly string[]): ServiceModel {
  return extractFrom(readModel(folder, service), service, roots);
}

/** Of some operations: the shape of each one's input, and the model below these. */
export function operationsOf(
  folder: string,
  service: string,
  operations: readonly string[],
): { inputs: Record<string, string>; model: ServiceModel } {
  const raw = readModel(folder, service);
  const inputs = Object.fromEntries(
    operations.map((name) => [name, raw.operations[name]?.input?.shape ?? `${service} has no ${name}`]),
  );
  return { inputs, model: extractFrom(raw, service, Object.values(inputs)) };
}

function extractFrom(
  { metadata: { apiVersion }, shapes }: RawModel,
  service: string,
  roots: readonly string[],
): ServiceModel {
  const found = new Map<string, Shape>();
  const queue = [...roots];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    const raw = shapes[name];
    if (!raw) throw new Error(`${service} has no shape ${name}`);
    if (found.has(name)) continue;
    const shape = compact(raw);
    found.set(name, shape);
    queue.push(...Object.values(shape.members ?? {}));
    queue.push(...[shape.items, shape.keys].filter((item) => item !== undefined));
  }
  return { apiVersion, shapes: Object.fromEntries([...found].sort(([a], [b]) => (a < b ? -1 : 1))) };
}
