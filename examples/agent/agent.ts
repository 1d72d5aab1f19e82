/**
 * The smallest agent that uses the gateway, on the MCP SDK alone: gets a token by client credentials, lists all pages of
 * tools, finds one for each question, and calls it. A model would choose the tool; here the one whose words fit best.
 *
 *   node examples/agent/agent.ts "list s3 buckets" "search documentation" '{"search_phrase": "S3 versioning"}'
 *
 * Reads MCPGW_URL, MCPGW_CLIENT_ID, MCPGW_CLIENT_SECRET, MCPGW_SCOPE and MCPGW_ISSUER (of a deployed stack), or else
 * the running local gateway's file. The server tells by itself where tokens come from; MCPGW_ISSUER pins it.
 */
import { readFile } from 'node:fs/promises';
import { ClientCredentialsProvider } from '@modelcontextprotocol/sdk/client/auth-extensions.js';
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import type { Tool } from '@modelcontextprotocol/sdk/types.js';

interface Connection {
  url: string;
  clientId: string;
  clientSecret: string;
  scope: string;
  issuer?: string;
}

async function readConnection(): Promise<Connection> {
  const { MCPGW_URL, MCPGW_CLIENT_ID, MCPGW_CLIENT_SECRET, MCPGW_SCOPE, MCPGW_ISSUER } = process.env;
  if (MCPGW_URL === undefined) return JSON.parse(await readFile('.mcpgw/gateway.json', 'utf8'));
  return {
    url: MCPGW_URL,
    clientId: MCPGW_CLIENT_ID ?? '',
    clientSecret: MCPGW_CLIENT_SECRET ?? '',
    scope: MCPGW_SCOPE ?? '',
    ...(MCPGW_ISSUER !== undefined && { issuer: MCPGW_ISSUER }),
  };
}

async function listAllTools(client: Client): Promise<Tool[]> {
  const tools: Tool[] = [];
  let cursor: string | undefined;
  do {
    const page = await client.listTools(cursor === undefined ? {} : { cursor });
    tools.push(...page.tools);
    cursor = page.nextCursor;
  } while (cursor !== undefined);
  return tools;
}

/** The tool that shares most words with the question; words of its name count more than those of its description. */
function findTool(tools: Tool[], question: string): Tool {
  const wordsOf = (text: string) => new Set(text.toLowerCase().match(/[a-z0-9]+/g) ?? []);
  const wanted = [...wordsOf(question)];
  const score = (tool: Tool) => {
    const [name, description] = [wordsOf(tool.name), wordsOf(tool.description ?? '')];
    const hits = wanted.reduce(
      (sum, word) => sum + (name.has(word) ? 10 : 0) + (description.has(word) ? 1 : 0),
      0,
    );
    return hits - name.size / 10;
  };
  const best = tools.toSorted((a, b) => score(b) - score(a))[0];
  if (best === undefined) throw new Error('the gateway has no tools');
  return best;
}

/** Questions, each followed by its arguments where it has some. */
function readQuestions(words: string[]): { question: string; given: Record<string, unknown> }[] {
  return words.flatMap((question, at) => {
    if (question.startsWith('{')) return [];
    const next = words[at + 1];
    return [{ question, given: next?.startsWith('{') ? JSON.parse(next) : {} }];
  });
}

const connection = await readConnection();
const authProvider = new ClientCredentialsProvider({
  clientId: connection.clientId,
  clientSecret: connection.clientSecret,
  scope: connection.scope,
  ...(connection.issuer !== undefined && { expectedIssuer: connection.issuer }),
});
const client = new Client({ name: 'example-agent', version: '1' });
await client.connect(new StreamableHTTPClientTransport(new URL(connection.url), { authProvider }));
const tools = await listAllTools(client);
console.log(`${tools.length} tools`);
for (const { question, given } of readQuestions(process.argv.slice(2))) {
  const tool = findTool(tools, question);
  const result = await client.callTool({ name: tool.name, arguments: given });
  const text = (result.content as { text?: string }[]).map((block) => block.text).join('\n');
  console.log(`\n${question} → ${tool.name}\n${result.isError ? 'error: ' : ''}${text}`);
  if (result.isError) process.exitCode = 5;
}
await client.close();
