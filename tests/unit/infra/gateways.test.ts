/** Which gateway a target lies in, and that it stays there. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gatewayProblems, gatewayUnits, shardOf } from '../../../plan/gateways.ts';
import type { Manifest, ServerEntry } from '../../../plan/manifest.ts';
import { remoteTargets } from '../../../plan/remotes.ts';
import { parseSettings } from '../../../plan/settings.ts';
import type { TargetPlan } from '../../../plan/types.ts';

const settings = (own: Record<string, unknown> = {}, gateway: Record<string, unknown> = {}) =>
  parseSettings(
    'dev',
    { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools', ...gateway }, ...own },
    'test',
  );
const target = (server: string) => ({ server, name: server }) as TargetPlan;
const targets = (count: number) => Array.from({ length: count }, (_, n) => target(`server-${n}`));

describe('shards', () => {
  test('up to a hundred targets lie in one gateway, under its own name', () => {
    const units = gatewayUnits(settings(), targets(100));
    expect(units.map(({ key, name, targets: own }) => [key, name, own.length])).toEqual([
      ['gateway', 'tools', 100],
    ]);
  });

  test('more are spread over as many gateways as they need, each target in one', () => {
    const units = gatewayUnits(settings(), targets(500));
    expect(units.length).toBeGreaterThanOrEqual(5);
    expect(Math.max(...units.map((unit) => unit.targets.length))).toBeLessThanOrEqual(100);
    expect(units.flatMap((unit) => unit.targets)).toHaveLength(500);
    expect(units[1]).toMatchObject({ key: 'gateway-2', name: 'tools-2' });
    expect(gatewayProblems(settings(), targets(500))).toEqual([]);
  });

  test('too few shards are refused', () => {
    expect(gatewayProblems(settings({}, { shards: 1 }), targets(101))).toEqual([
      expect.objectContaining({ at: 'gateway.shards', kind: 'refused' }),
    ]);
  });

  test('a new server moves no other, and a new shard moves servers only into itself', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), fc.integer({ min: 1, max: 12 }), (server, shards) => {
        const before = shardOf(server, shards);
        expect([before, shards]).toContain(shardOf(server, shards + 1));
      }),
    );
  });
});

describe('toolsets', () => {
  const own = {
    'mcpgw:toolsets': { data: { include: ['server-1*'] }, ops: { include: ['*'], exclude: ['server-2'] } },
  };

  test('each has its gateway; a server may be in several', () => {
    const units = gatewayUnits(settings(own), targets(12));
    expect(units.map(({ key, name, targets: list }) => [key, name, list.length])).toEqual([
      ['data', 'tools-data', 3],
      ['ops', 'tools-ops', 11],
    ]);
  });

  test('one that no server is in, one too large, and a name too long are problems', () => {
    const none = settings({ 'mcpgw:toolsets': { empty: { include: ['nothing'] } } });
    expect(gatewayProblems(none, targets(3))).toEqual([expect.objectContaining({ at: 'toolsets.empty' })]);
    const large = settings({ 'mcpgw:toolsets': { all: { include: ['*'] } } });
    expect(gatewayProblems(large, targets(101))).toEqual([
      expect.objectContaining({ at: 'toolsets.all', kind: 'refused' }),
    ]);
    const long = settings({ 'mcpgw:toolsets': { all: { include: ['*'] } } }, { name: 'x'.repeat(47) });
    expect(gatewayProblems(long, targets(1))).toEqual([expect.objectContaining({ kind: 'invalid' })]);
  });
});

describe('an existing gateway', () => {
  const existing = { id: 'theirs-0123456789', role: 'theirs', targets: 60 };

  test('its own targets count', () => {
    expect(gatewayProblems(settings({}, { existing }), targets(40))).toEqual([]);
    expect(gatewayProblems(settings({}, { existing, shards: 1 }), targets(41))).toEqual([
      expect.objectContaining({
        kind: 'refused',
        message: expect.stringContaining('theirs-0123456789 would have 101'),
      }),
    ]);
  });

  test('is one: no shards, no toolsets', () => {
    expect(gatewayProblems(settings({}, { existing, shards: 2 }), targets(4))).toEqual([
      expect.objectContaining({ at: 'gateway.existing' }),
    ]);
  });
});

describe('remote servers', () => {
  const remote = (id: string, endpoint: string): ServerEntry => ({
    formatVersion: 1,
    id,
    kind: 'remote',
    endpoints: [endpoint],
  });
  const manifest: Manifest = {
    source: { formatVersion: 1, type: 'folder' },
    servers: {
      'aws-knowledge-mcp-server': remote(
        'aws-knowledge-mcp-server',
        'https://knowledge.{region}.api.example',
      ),
      'signed-mcp-server': remote('signed-mcp-server', 'https://signed.api.example'),
    },
  };
  const named = (...names: string[]) =>
    remoteTargets(manifest, settings({ 'mcpgw:servers': { remote: names } }));

  test('none unless named, then with the region filled in', () => {
    expect(named()).toEqual({ remotes: [], problems: [] });
    expect(named('aws-knowledge-mcp-server').remotes).toEqual([
      expect.objectContaining({ name: 'aws-knowledge', endpoint: 'https://knowledge.us-east-1.api.example' }),
    ]);
  });

  test('one that wants its own signatures, and one that does not exist, are problems', () => {
    expect(
      named('signed-mcp-server', 'aws-knowledg-mcp-server').problems.map(({ at, hint }) => [at, hint]),
    ).toEqual([
      ['servers.remote: aws-knowledg-mcp-server', 'did you mean aws-knowledge-mcp-server?'],
      ['servers.remote: signed-mcp-server', expect.any(String)],
    ]);
  });
});
