/**
 * `node offline/schema/extract-services.ts DIR`: writes offline/schema/services.json, a compact extract of botocore's
 * service models (DIR is its folder `botocore`, of the PyPI package): the shapes behind the resources we use, without
 * their documentation.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { MAPPINGS } from './mappings.ts';
import type { ServiceModel, ServiceModels, Shape } from './service-types.ts';

interface RawShape extends Omit<Shape, 'members'> {
  members?: Record<string, { shape: string; jsonvalue?: boolean }>;
  member?: { shape: string };
  key?: { shape: string };
  value?: { shape: string };
}

function readModel(
  folder: string,
  service: string,
): { apiVersion: string; shapes: Record<string, RawShape> } {
  const versions = readdirSync(path.join(folder, 'data', service)).sort();
  const file = path.join(folder, 'data', service, versions.at(-1) ?? '', 'service-2.json.gz');
  const raw = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
    metadata: { apiVersion: string };
    shapes: Record<string, RawShape>;
  };
  return { apiVersion: raw.metadata.apiVersion, shapes: raw.shapes };
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

function extract(folder: string, service: string, roots: readonly string[]): ServiceModel {
  const { apiVersion, shapes } = readModel(folder, service);
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

const folder = process.argv[2];
if (!folder) throw new Error('usage: node offline/schema/extract-services.ts FOLDER-OF-BOTOCORE');
const version = /__version__ = '([^']+)'/.exec(readFileSync(path.join(folder, '__init__.py'), 'utf8'))?.[1];
const mappings = Object.values(MAPPINGS);
const services = [...new Set(mappings.map(({ service }) => service))].sort();
const models: ServiceModels = {
  botocore: version ?? 'unknown',
  services: Object.fromEntries(
    services.map((service) => [
      service,
      extract(
        folder,
        service,
        mappings.filter((mapping) => mapping.service === service).flatMap(({ shapes }) => shapes),
      ),
    ]),
  ),
};
writeFileSync(new URL('services.json', import.meta.url), `${JSON.stringify(models, null, 1)}\n`);
