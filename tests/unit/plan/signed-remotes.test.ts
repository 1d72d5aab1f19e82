import { deprecationOf } from '../../../plan/deprecation.ts';
import type { ServerEntry } from '../../../plan/manifest.ts';
import { createPlan } from '../../../plan/plan.ts';
import { proxyArguments, signedEndpointOf } from '../../../plan/signed-remotes.ts';
import { addServer, removeServer } from '../../../plan/stack-edit.ts';
import { manifestOf, serverEntry, settingsOf } from './samples.ts';

const signed: ServerEntry = serverEntry('far-mcp-server', ['look'], {
  kind: 'remote',
  endpoints: ['https://far.{region}.api.aws/mcp'],
  signing: { service: 'far', regions: ['us-east-1', 'eu-west-1'] },
  aws: {
    actions: {
      'far:Invoke': { access: 'List', from: ['knowledge'] },
      'far:CallWrite': { access: 'Write', from: ['knowledge'] },
    },
    unresolved: [],
  },
});
const near = serverEntry('near-mcp-server', ['read'], {
  deprecated: 'it is old',
  successors: ['far-mcp-server', 'gone-mcp-server'],
});
const manifest = manifestOf(signed, near);

const planOf = (servers: object) => createPlan(manifest, settingsOf({ servers }));

test('only servers.remote brings it in: a function that runs the proxy, under a role of its own', () => {
  const { targets, problems, remotes } = planOf({ remote: [signed.id] });
  expect({ problems, remotes }).toEqual({ problems: [], remotes: undefined });
  const target = targets.find(({ server }) => server === signed.id);
  expect(target?.function.proxy.arguments).toEqual([
    'https://far.us-east-1.api.aws/mcp',
    '--service',
    'far',
    '--disable-telemetry',
  ]);
  expect(target?.statements.flatMap(({ actions }) => actions)).toEqual(['far:CallWrite', 'far:Invoke']);
  const byGlob = planOf({});
  expect(byGlob.targets.map(({ server }) => server)).toEqual([near.id]);
  expect(byGlob.skipped).toMatchObject([
    { server: signed.id, reason: expect.stringContaining('servers.remote') },
  ]);
});

test('read-only: the proxy filters too, and the action that writes is not granted', () => {
  const { targets } = planOf({ remote: [signed.id], settings: { [signed.id]: { readOnly: true } } });
  const target = targets.find(({ server }) => server === signed.id);
  expect(target?.function.proxy.arguments).toContain('--read-only');
  expect(target?.statements.flatMap(({ actions }) => actions)).toEqual(['far:Invoke']);
});

test('the endpoint is of the region of the server, or the nearest it has; where calls work stays that region', () => {
  expect(signedEndpointOf(signed, 'eu-west-1')).toBe('https://far.eu-west-1.api.aws/mcp');
  expect(signedEndpointOf(signed, 'sa-east-1')).toBe('https://far.us-east-1.api.aws/mcp');
  expect(proxyArguments(signed, 'us-east-1', { region: 'eu-west-1' })[0]).toBe(
    'https://far.eu-west-1.api.aws/mcp',
  );
  const { targets } = planOf({ remote: [signed.id], settings: { [signed.id]: { region: 'sa-east-1' } } });
  expect(targets.find(({ server }) => server === signed.id)?.function.proxy.region).toBe('sa-east-1');
});

test('refused: unlisted, an endpoint of another kind of server, a region of another partition', () => {
  const unlisted = manifestOf({ ...signed, probe: { status: 'needs-input', reason: 'ask it' } });
  const settings = settingsOf({ servers: { remote: [signed.id] } });
  expect(createPlan(unlisted, settings).problems[0]?.hint).toContain(`--servers ${signed.id} --profile NAME`);
  const own = { endpoint: 'https://x.example/mcp', region: 'cn-north-1' };
  expect(planOf({ settings: { [near.id]: own } }).problems.map(({ at }) => at)).toEqual([
    `servers.settings.${near.id}.endpoint`,
    `servers.settings.${near.id}.region`,
  ]);
  const chinese = settingsOf({ servers: { remote: [signed.id] } });
  expect(createPlan(manifest, { ...chinese, region: 'cn-north-1' }).problems).toMatchObject([
    {
      at: `servers.remote: ${signed.id}`,
      message: expect.stringMatching(/us-east-1.*cn-north-1 do not hold/),
    },
  ]);
  expect(() => planOf({ settings: { [signed.id]: { endpoint: 'http://far.example/mcp' } } })).toThrow(
    /must be an https URL/,
  );
});

test('a deprecated server offers what the manifest has instead of it', () => {
  expect(deprecationOf(near, manifest)).toBe('deprecated: it is old; instead: `mcpgw add far-mcp-server`');
  expect(planOf({}).notes).toContainEqual({
    at: near.id,
    message: 'deprecated: it is old; instead: `mcpgw add far-mcp-server`',
  });
});

test('add and remove edit servers.remote', () => {
  const text = 'config:\n  mcpgw:servers:\n    include: [a]\n';
  const added = addServer(text, signed.id, 'f', 'remote');
  expect(added.text).toContain(`remote:\n      - ${signed.id}`);
  expect(addServer(added.text, signed.id, 'f', 'remote').changes).toEqual([]);
  expect(removeServer(added.text, signed.id, 'f').text).toBe(text);
});
