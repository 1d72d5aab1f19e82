/**
 * `node offline/schema/extract-services.ts DIR`: writes offline/schema/services.json, a compact extract of botocore's
 * service models (DIR is its folder `botocore`, of the PyPI package): the shapes behind the resources we use, without
 * their documentation.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { extract } from './botocore.ts';
import { MAPPINGS } from './mappings.ts';
import type { ServiceModels } from './service-types.ts';

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
