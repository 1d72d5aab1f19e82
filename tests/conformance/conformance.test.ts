/**
 * The MCP project's own conformance suite. Server scenarios: those that a gateway of Lambda targets can pass (tools
 * only, one text block, no sessions); the others are listed with the reason, and must fail, so that none is forgotten.
 * Client scenarios: the example agent gets its token and calls a tool.
 */
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import { getToken } from '../../gateway/client.ts';
import { type LocalGateway, startGateway } from '../../gateway/index.ts';
import { readRunning } from '../../gateway/running.ts';
import type { ToolDefinition } from '../../plan/manifest.ts';
import { planWith } from '../integration/gateway/support.ts';
import { type Shim, startShim } from './shim.ts';
import { problemsOf, runScenario, serverScenarios } from './suite.ts';

jest.setTimeout(120_000);

const definitions: ToolDefinition[] = ['test_simple_text', 'test_error_handling'].map((name) => ({
  name,
  description: `The fixture's ${name}.`,
  inputSchema: { type: 'object', properties: {} },
}));
const fixture = fileURLToPath(new URL('../fixtures/gateway/conformance-server.mjs', import.meta.url));

let gateway: LocalGateway;
let shim: Shim;

beforeAll(async () => {
  const stateDir = await mkdtemp(join(tmpdir(), 'mcpgw-test-'));
  const plan = planWith('fixture', definitions, { gateway: { name: 'tools', debugErrors: true } });
  for (const target of plan.targets) target.function.proxy.onToolError = 'throw';
  gateway = await startGateway({
    plan,
    definitions: { 'fixture-mcp-server': definitions },
    launch: async () => ({ command: process.execPath, args: [fixture], env: {} }),
    port: 0,
    stateDir,
    signals: false,
  });
  const { tokenUrl = '', clientId = '', clientSecret = '', scope = '' } = (await readRunning(stateDir)) ?? {};
  const token = await getToken({ tokenUrl, clientId, clientSecret, scope });
  shim = await startShim({ url: gateway.url, token, target: 'fixture' });
});
afterAll(async () => {
  await shim?.close();
  await gateway?.close();
});

const server = (scenario: string) => runScenario(scenario, ['server', '--url', shim.url]);

const APPLY = ['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'];
const WITH_WORDS = [
  ['tools-call-simple-text', 'simple text of the fixture'],
  ['tools-call-error', 'intended error of the fixture'],
] as const;
const MANY = 'server-sse-multiple-streams';

describe('server scenarios that apply', () => {
  test.each(['server-initialize', 'ping', 'tools-list', 'dns-rebinding-protection'])(
    '%s',
    async (scenario) => {
      const checks = await server(scenario);
      expect(problemsOf(checks)).toEqual([]);
      expect(checks.filter(({ status }) => status === 'SUCCESS')).not.toEqual([]);
    },
  );

  // These two also pass on "tool not found", so the fixture's own words must be in the result.
  test.each(WITH_WORDS)('%s', async (scenario, words) => {
    const checks = await server(scenario);
    expect(problemsOf(checks)).toEqual([]);
    expect(JSON.stringify(checks.map(({ details }) => details))).toContain(words);
  });

  test(`${MANY}: answers all at once, without streams`, async () => {
    const problems = problemsOf(await server(MANY));
    expect(problems.filter((problem) => problem.startsWith('FAILURE'))).toEqual([]);
  });
});

const ONE_TEXT = 'a target answers with one text block';
const TOOLS_ONLY = 'Lambda targets carry tools only';
const NO_WAY_BACK = 'nothing flows back while a Lambda runs';
const FIVE_KEYS = "the gateway's schemas have five keys";
const NO_SESSION = 'a stateless gateway keeps no session and no stream';
const CANNOT_PASS: Readonly<Record<string, string>> = {
  'logging-set-level': NO_SESSION,
  'completion-complete': TOOLS_ONLY,
  'tools-call-image': ONE_TEXT,
  'tools-call-audio': ONE_TEXT,
  'tools-call-embedded-resource': ONE_TEXT,
  'tools-call-mixed-content': ONE_TEXT,
  'tools-call-with-logging': NO_WAY_BACK,
  'tools-call-with-progress': NO_WAY_BACK,
  'tools-call-sampling': NO_WAY_BACK,
  'tools-call-elicitation': NO_WAY_BACK,
  'json-schema-2020-12': FIVE_KEYS,
  'elicitation-sep1034-defaults': NO_WAY_BACK,
  'elicitation-sep1330-enums': NO_WAY_BACK,
  'server-sse-polling': NO_SESSION,
  'resources-list': TOOLS_ONLY,
  'resources-read-text': TOOLS_ONLY,
  'resources-read-binary': TOOLS_ONLY,
  'resources-templates-read': TOOLS_ONLY,
  'resources-subscribe': TOOLS_ONLY,
  'resources-unsubscribe': TOOLS_ONLY,
  'prompts-list': TOOLS_ONLY,
  'prompts-get-simple': TOOLS_ONLY,
  'prompts-get-with-args': TOOLS_ONLY,
  'prompts-get-embedded-resource': TOOLS_ONLY,
  'prompts-get-with-image': TOOLS_ONLY,
};

describe('server scenarios that a gateway of Lambda targets cannot pass', () => {
  test.each(Object.entries(CANNOT_PASS))('%s: %s', async (scenario) => {
    expect(problemsOf(await server(scenario))).not.toEqual([]);
  });

  test('with those above they are all that the suite has', async () => {
    expect([...APPLY, ...WITH_WORDS.map(([name]) => name), MANY, ...Object.keys(CANNOT_PASS)].sort()).toEqual(
      (await serverScenarios()).sort(),
    );
  });
});

describe('client scenarios: the example agent', () => {
  const command = `${process.execPath} ${fileURLToPath(new URL('agent-client.ts', import.meta.url))}`;
  test.each(['initialize', 'tools_call', 'auth/client-credentials-basic'])('%s', async (scenario) => {
    const checks = await runScenario(scenario, ['client', '--command', command]);
    expect(problemsOf(checks)).toEqual([]);
    expect(checks.filter(({ status }) => status === 'SUCCESS')).not.toEqual([]);
  });
});
