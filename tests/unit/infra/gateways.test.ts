/** Which gateway a target lies in, and that it stays there. */
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gatewayProblems, gatewayUnits } from '../../../plan/gateways.ts';
import { type Identity, placementOf } from '../../../plan/identity.ts';
import type { Manifest, ServerEntry } from '../../../plan/manifest.ts';
import { remoteTargets } from '../../../plan/remotes.ts';
import { parseSettings, type Settings } from '../../../plan/settings/settings.ts';
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

  /** A life of updates: each takes some servers away and adds others; every one is planned after the last one's record. */
  function live(updates: readonly { drop: number[]; add: number }[], own: Settings) {
    let next = 0;
    let present: string[] = [];
    let record: Record<string, number> = {};
    return updates.map(({ drop, add }) => {
      const dropped = new Set(drop.map((n) => present[n % Math.max(1, present.length)]));
      const added = Array.from({ length: add }, () => `server-${next++}`);
      present = [...present.filter((server) => !dropped.has(server)), ...added].sort();
      const units = gatewayUnits(
        own,
        present.map((server) => ({ ...target(server), ...shardIn(record, server) })),
      );
      const gateways: Identity['gateways'] = Object.fromEntries(
        units.map((unit) => [unit.name, { search: 'none', targets: unit.targets.map(({ name }) => name) }]),
      );
      const before = record;
      record = placementOf({ region: 'us-east-1', gateways }, own);
      return { before, record, sizes: units.map((unit) => unit.targets.length), present };
    });
  }
  const shardIn = (record: Record<string, number>, server: string) =>
    record[server] === undefined ? {} : { shard: record[server] };

  const updates = fc.array(
    fc.record({ drop: fc.array(fc.nat(400), { maxLength: 40 }), add: fc.integer({ min: 0, max: 130 }) }),
    { minLength: 2, maxLength: 8 },
  );

  test('a new server moves no other, whatever comes and goes, and no gateway is overfull', () => {
    fc.assert(
      fc.property(updates, (all) => {
        for (const { before, record, sizes, present } of live(all, settings())) {
          const moved = present.filter((server) => (before[server] ?? record[server]) !== record[server]);
          expect(moved).toEqual([]);
          expect(Object.keys(record).sort()).toEqual(present);
          expect(Math.max(...sizes)).toBeLessThanOrEqual(100);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('crossing a hundred makes a second gateway for what is new, and leaves the first as it is', () => {
    const [, second] = live(
      [
        { drop: [], add: 100 },
        { drop: [], add: 1 },
      ],
      settings(),
    );
    expect(second?.sizes).toEqual([100, 1]);
    expect(second?.record['server-100']).toBe(1);
  });

  test('more shards by settings fill up with what is new', () => {
    const [, second] = live(
      [
        { drop: [], add: 100 },
        { drop: [], add: 20 },
      ],
      settings({}, { shards: 3 }),
    );
    expect(second?.sizes.reduce((a, b) => a + b)).toBe(120);
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

  const withTools = (names: string[]): TargetPlan =>
    ({
      ...target('server-1'),
      schemaKey: 'all',
      tokens: names.length,
      tools: names.map((name) => ({ name, exposed: name, projection: name, entry: { tokens: 1 } })),
      entry: { id: 'server-1', tools: Object.fromEntries(names.map((name) => [name, {}])) },
    }) as unknown as TargetPlan;
  const narrowed = (tools: object) =>
    settings({
      'mcpgw:toolsets': {
        some: { include: ['server-1'], tools: { 'server-1': tools } },
        all: { include: ['server-1'] },
      },
    });

  test('one that chooses tools has a target with those, under a schema of its own; the others keep theirs', () => {
    const [some, all] = gatewayUnits(narrowed({ exclude: ['drop_*'] }), [withTools(['get', 'drop_all'])]);
    expect(some?.targets[0]).toMatchObject({ tokens: 1, tools: [{ name: 'get' }] });
    expect(some?.targets[0]?.schemaKey).toMatch(/^schemas\/server-1\//);
    expect(all?.targets[0]).toMatchObject({ tokens: 2, schemaKey: 'all' });
  });

  test('one whose tools no server has, or of a server it has not, is a problem', () => {
    const unknown = gatewayProblems(narrowed({ include: ['gte'] }), [withTools(['get'])]);
    expect(unknown.map(({ at, hint }) => [at, hint])).toContainEqual([
      'toolsets.some.tools.server-1: gte',
      'did you mean get?',
    ]);
    const absent = settings({
      'mcpgw:toolsets': { some: { include: ['server-1'], tools: { 'server-2': { include: ['*'] } } } },
    });
    expect(gatewayProblems(absent, targets(3))).toEqual([
      expect.objectContaining({ at: 'toolsets.some.tools.server-2' }),
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
