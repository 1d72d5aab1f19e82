/** Packages in a process of its own, as a test asks for it on the command line (jest shields TZ from Date). */
import { readFileSync } from 'node:fs';
import { parseServer } from '../../../plan/manifest.ts';
import { packageServers } from '../../../proxies/packaging/index.ts';

const [manifest = '', source = '', uv = '', testPython = '', out = ''] = process.argv.slice(2);
const entry = parseServer(readFileSync(manifest, 'utf8'), manifest);
const { packages, layers, failed } = await packageServers({
  entries: [entry],
  sourceOf: async () => source,
  uv,
  testPython,
  out,
});
console.log(
  JSON.stringify({
    hour: new Date(0).getHours(),
    paths: [packages[0]?.path, layers[0]?.path],
    failed: failed.map(({ error }) => error.message),
  }),
);
