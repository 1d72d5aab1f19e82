/** `npm run docs:settings`: writes docs/settings.md, docs/settings.schema.json and the `config:` of Pulumi.yaml. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { makeSettingsDocs } from './settings-docs.ts';

for (const [file, text] of Object.entries(await makeSettingsDocs())) {
  await writeFile(join(import.meta.dirname, '../..', file), text);
}
