/** `node offline/schema/generate.ts`: writes offline/schema/aws.json. A test proves that the committed one is current. */
import { writeFileSync } from 'node:fs';
import { deriveSchema } from './derive.ts';
import { RESOURCE_MODULES } from './resources.ts';

const file = new URL('aws.json', import.meta.url);
writeFileSync(file, `${JSON.stringify(deriveSchema(RESOURCE_MODULES), null, 1)}\n`);
