/** Runs examples/agent as the client under test: the suite gives the server's URL and, for some scenarios, credentials. */
const { MCP_CONFORMANCE_CONTEXT = '{}' } = process.env;
const context = JSON.parse(MCP_CONFORMANCE_CONTEXT) as { client_id?: string; client_secret?: string };
const url = process.argv[2];
if (url === undefined) throw new Error('URL?');
Object.assign(process.env, {
  MCPGW_URL: url,
  MCPGW_CLIENT_ID: context.client_id ?? 'none',
  MCPGW_CLIENT_SECRET: context.client_secret ?? 'none',
});
process.argv.splice(2, 1, 'add two numbers', '{"a": 2, "b": 3}');
await import('../../examples/agent/agent.ts');

export {};
