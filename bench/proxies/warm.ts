/**
 * What a warm call costs: our handler beside a bare SDK session to the same server, and AWS's adapter, all in one
 * run, taking turns, so that what else the machine does falls on all of them.
 * `node bench/proxies/warm.ts [--json]`; about a minute. Exit code 1 when the handler is over its bound.
 * On a busy Linux machine the scheduler treats our server, which has a session of its own, apart from the others:
 * there `best` tells more than p50.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { prepareEnvironment } from '../../proxies/environment.ts';
import { createHandler } from '../../proxies/handler.ts';
import { peerCall } from './peer.ts';
import { openSettings, type Published, published } from './published.ts';
import { type Summary, summary, table, timed } from './statistics.ts';

/** Answered by the server itself, without any network: an address that it refuses. */
const CALL = { tool: 'read_documentation', args: { url: 'https://example.com/' } };
const ROUNDS = 20;
const CALLS_A_ROUND = 25;

const [server] = await published(['awslabs.aws-documentation-mcp-server==1.1.30']);
if (server === undefined) throw new Error('the server could not be installed');
const { env, remove } = await prepareEnvironment({ layers: [server.launch.env], region: 'us-east-1' });

const [client, reader] = [await connect('ignore'), await connect('pipe')];
const bare = () => client.callTool({ name: CALL.tool, arguments: CALL.args });
/** As the handler must: what the server prints for every call is read. */
const reading = () => reader.callTool({ name: CALL.tool, arguments: CALL.args });

let logged = 0;
const handler = createHandler({
  settings: openSettings(server.entry, 'docs'),
  launch: server.launch,
  region: 'us-east-1',
  log: (line) => {
    logged += JSON.stringify(line).length;
  },
});
await handler.start();
const ours = () =>
  handler.handle(CALL.args, {
    awsRequestId: 'bench',
    clientContext: { custom: { bedrockAgentCoreToolName: `docs___${CALL.tool}` } },
    getRemainingTimeInMillis: () => 30_000,
  });
const adapter = await peerCall(server.launch, env);
const peer = () => adapter(`docs___${CALL.tool}`, CALL.args);

const arms = { bare, reading, ours };
for (let i = 0; i < 20; i += 1) for (const call of Object.values(arms)) await call();
const times = { bare: [] as number[], reading: [] as number[], ours: [] as number[], peer: [] as number[] };
for (let round = 0; round < ROUNDS; round += 1) {
  // Turn by turn, so that all meet the same moments of a busy machine.
  for (let i = 0; i < CALLS_A_ROUND; i += 1) {
    for (const name of ['bare', 'reading', 'ours'] as const) times[name].push(await timed(arms[name]));
  }
  times.peer.push(await timed(peer));
}
await client.close();
await reader.close();
await handler.close();
await remove();

const results = {
  bare: summary(times.bare),
  reading: summary(times.reading),
  ours: summary(times.ours),
  peer: summary(times.peer),
};
const bound = results.bare.p50 * 1.2 + 1;
const report = { server: server.entry.package, ...results, bound, within: results.ours.p50 <= bound, logged };
if (process.argv.includes('--json')) console.log(JSON.stringify(report));
else {
  const row = (name: string, { best, p50, p95, n }: Summary) => [name, best, p50, p95, String(n)];
  console.log(
    table(
      ['ms a call', 'best', 'p50', 'p95', 'calls'],
      [
        row('bare SDK session, warm', results.bare),
        row('the same, its stderr read', results.reading),
        row('this handler, warm', results.ours),
        row("AWS's adapter, a process a call", results.peer),
      ],
    ),
  );
  console.log(`bound: 1.2 × bare + 1 ms = ${bound.toFixed(2)} ms: ${report.within ? 'kept' : 'BROKEN'}`);
}
process.exitCode = report.within ? 0 : 1;

async function connect(stderr: 'ignore' | 'pipe'): Promise<Client> {
  const transport = new StdioClientTransport({ ...(server as Published).launch, env, stderr });
  transport.stderr?.on('data', () => {});
  const made = new Client({ name: 'bench', version: '1' });
  await made.connect(transport);
  return made;
}
