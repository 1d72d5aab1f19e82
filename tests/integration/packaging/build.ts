/** Builds a package in a process of its own, as a test asks for it (jest shields TZ from Date); prints the hour of 1970. */
import { readFileSync } from 'node:fs';
import { parseServer } from '../../../plan/manifest.ts';
import { askInterpreter } from '../../../proxies/packaging/interpreter.ts';
import { buildPackage } from '../../../proxies/packaging/package.ts';

const [manifest = '', source = '', uv = '', python = '', out = ''] = process.argv.slice(2);
const interpreter = await askInterpreter(python);
if (interpreter === undefined) throw new Error(`${python} does not run`);
const entry = parseServer(readFileSync(manifest, 'utf8'), manifest);
await buildPackage({ entry, source, uv, interpreter, out });
console.log(new Date(0).getHours());
