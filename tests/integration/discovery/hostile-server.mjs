// An MCP server over stdio, by hand, that behaves as its first argument says. For the tests of the probe.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

const [mode, detail] = process.argv.slice(2);
const say = (message) => process.stdout.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const tool = (name) => ({
  name,
  description: `Does ${name}.`,
  inputSchema: { type: 'object', properties: {} },
});
const sleeper = ['-e', 'setInterval(() => {}, 1000)'];

if (mode === 'crash') throw new RangeError('not today');
if (mode === 'flood') {
  const line = `${'x'.repeat(65_000)}\n`;
  const pour = () => {
    while (process.stdout.write(line));
    process.stdout.once('drain', pour);
  };
  pour();
}
if (mode === 'endless-line') {
  const pour = () => {
    while (process.stdout.write('x'.repeat(65_000)));
    process.stdout.once('drain', pour);
  };
  pour();
}
if (mode === 'stubborn' || mode === 'stuck')
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
if (mode === 'fork' || mode === 'escape') {
  const child = spawn(process.execPath, sleeper, { detached: mode === 'escape', stdio: 'ignore' });
  child.unref();
}
if (mode === 'noise') process.stdout.write('starting up\n{"half": \n[1, 2]\n{"jsonrpc": "1.0"}\n\n');
if (mode === 'report') writeFileSync(detail, JSON.stringify({ env: process.env, cwd: process.cwd() }));

const pages = mode === 'pages' ? [['a', 'b'], ['c'], [], ['d']] : [mode === 'empty' ? [] : ['b', 'a']];
if (mode === 'twice') pages[0].push('a');

if (mode === 'sour') process.stdin.on('end', () => process.exit(1));

createInterface({ input: process.stdin }).on('line', (line) => {
  const { id, method, params } = JSON.parse(line);
  if (id === undefined || mode === 'mute' || mode === 'stuck' || mode === 'flood') return;
  if (method === 'initialize') {
    const capabilities = mode === 'toolless' ? {} : { tools: {}, prompts: {}, resources: {} };
    say({
      id,
      result: {
        protocolVersion: params.protocolVersion,
        capabilities,
        serverInfo: { name: 'x', version: '1' },
      },
    });
  } else if (method === 'tools/list') {
    if (mode === 'hang') return;
    const page = Number(params?.cursor ?? 0);
    if (mode === 'endless') say({ id, result: { tools: [tool(`t${page}`)], nextCursor: String(page + 1) } });
    else if (mode === 'malformed') say({ id, result: { tools: [{ name: 'a', inputSchema: 'none' }] } });
    else if (mode === 'million') {
      say({
        id,
        result: { tools: Array.from({ length: 1_000_000 }, (_, index) => ({ name: `t${index}` })) },
      });
    } else {
      const more = page + 1 < pages.length ? { nextCursor: String(page + 1) } : {};
      say({ id, result: { tools: pages[page].map(tool), ...more } });
    }
  } else if (method === 'prompts/list') {
    say({ id, result: { prompts: [{ name: 'p' }] } });
  } else say({ id, error: { code: -32601, message: 'Method not found' } });
});
// Ends with its input like most servers; a stubborn one stays.
const stays = mode === 'stubborn' || mode === 'stuck';
process.stdin.on('end', () => stays || process.exit(0));
if (stays) setInterval(() => {}, 1000);
