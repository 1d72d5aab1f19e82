/**
 * What a warm call costs: our handler beside a bare SDK session to the same server, and AWS's adapter, all in one
 * run, taking turns, so that what else the machine does falls on all of them.
 * `node bench/proxies/warm.ts [--json]`; about a minute. Exit code 1 when the handler is over its bound.
 */
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { prepareEnvironment } from '../../proxies/environment.ts';
import { createHandler } from '../../proxies/handler.ts';
import { peerCall } from './peer.ts';
import { openSettings, published } from './published.ts';
import { summary, table, timed } from './statistics.ts';

/** Answered by the server itself, without any network: an address that it refuses. */
const CALL = { tool: 'read_documentation', args: { url: 'https://example.com/' } };
const ROUNDS = 20;
const CALLS_A_ROUND = 25;

const [server] = await published(['awslabs.aws-documentation-mcp-server==1.1.30']);
if (server === undefined) throw new Error('the server could not be installed');
const { env, remove } = await prepareEnvironment({ layers: [server.launch.env], region: 'us-east-1' });

const transport = new StdioClientTransport({ ...server.launch, env, stderr: 'ignore' });
const client = new Client({ name: 'bench', version: '1' });
await client.connect(transport);
const bare = () => client.callTool({ name: CALL.tool, arguments: CALL.args });

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

for (let i = 0; i < 20; i += 1) {
  await bare();
  await ours();
}
const times = { bare: [] as number[], ours: [] as number[], peer: [] as number[] };
for (let round = 0; round < ROUNDS; round += 1) {
  // Which goes first changes: the first after a pause pays for it.
  const order = round % 2 === 0 ? (['bare', 'ours'] as const) : (['ours', 'bare'] as const);
  for (const name of order) {
    const call = name === 'bare' ? bare : ours;
    for (let i = 0; i < CALLS_A_ROUND; i += 1) times[name].push(await timed(call));
  }
  times.peer.push(await timed(peer));
}
await client.close();
await handler.close();
await remove();

const results = { bare: summary(times.bare), ours: summary(times.ours), peer: summary(times.peer) };
const bound = results.bare.p50 * 1.2 + 1;
const report = { server: server.entry.package, ...results, bound, within: results.ours.p50 <= bound, logged };
if (process.argv.includes('--json')) console.log(JSON.stringify(report));
else {
  const row = (name: string, { p50, p95, n }: { p50: number; p95: number; n: number }) => [
    name,
    p50,
    p95,
    String(n),
  ];
  console.log(
    table(
      ['ms a call', 'p50', 'p95', 'calls'],
      [
        row('bare SDK session, warm', results.bare),
        row('this handler, warm', results.ours),
        row("AWS's adapter, a process a call", results.peer),
      ],
    ),
  );
  console.log(`bound: 1.2 × bare + 1 ms = ${bound.toFixed(2)} ms: ${report.within ? 'kept' : 'BROKEN'}`);
}
process.exitCode = report.within ? 0 : 1;
