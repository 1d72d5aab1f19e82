/** Discovery again: what did not change is neither probed nor written, what failed is tried again. */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type DiscoveryResult, discover } from '../../../discovery/index.ts';
import { readManifest } from '../../../store/manifest.ts';
import { pythonServer } from '../../unit/discovery/python-server.ts';
import { folderWith, removeTemporaryFolders, temporaryFolder } from '../../unit/discovery/support.ts';

const LIMIT = 180_000;
// Unlike any earlier run, so that nothing of it is remembered.
const fresh = `unused = ${JSON.stringify(`${process.pid} ${Date.now()}`)}`;

afterAll(removeTemporaryFolders);

let checkout: string;
let manifest: string;
const run = (more: { servers?: string[]; check?: boolean } = {}): Promise<DiscoveryResult> =>
  discover({ checkout, manifest, python: 'any', ...more });

async function put(files: Record<string, string>): Promise<void> {
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(checkout, name)), { recursive: true });
    await writeFile(path.join(checkout, name), content);
  }
}

const executed = (result: DiscoveryResult): string[] =>
  result.reports
    .filter((report) => report.kind === 'stdio' && !report.cached && report.status !== 'kept')
    .map(({ id }) => id);

beforeAll(async () => {
  checkout = await folderWith({
    ...pythonServer('a-mcp-server', ['get_x', 'put_x'], fresh),
    ...pythonServer('b-mcp-server', ['list_y'], fresh),
    ...pythonServer('c-mcp-server', ['list_z'], `${fresh}\nraise RuntimeError("no licence")`),
  });
  manifest = path.join(await temporaryFolder(), 'manifest');
});

test(
  'first, all are tried; one that fails is recorded with its reason and stops no other',
  async () => {
    const result = await run();
    expect(executed(result)).toEqual(['a-mcp-server', 'b-mcp-server', 'c-mcp-server']);
    const { servers } = await readManifest(manifest);
    expect(Object.keys(servers['a-mcp-server']?.tools ?? {})).toEqual(['get_x', 'put_x']);
    expect(servers['c-mcp-server']?.probe).toMatchObject({
      status: 'failed',
      reason: 'it ended with status 1: RuntimeError: no licence',
    });
    expect(servers['c-mcp-server']?.tools).toBeUndefined();
  },
  LIMIT,
);

test(
  'again, only the one that failed is tried, and nothing is written',
  async () => {
    const result = await run();
    expect(executed(result)).toEqual(['c-mcp-server']);
    expect([result.written, result.removed]).toEqual([[], []]);
  },
  LIMIT,
);

test(
  'after a change only the changed server is probed and written',
  async () => {
    await put(pythonServer('b-mcp-server', ['list_y', 'delete_y'], fresh));
    await put(pythonServer('c-mcp-server', ['list_z'], fresh));
    const planned = await run({ check: true, servers: ['b-*', 'c-*'] });
    expect(planned.written).toEqual(['servers/b-mcp-server.yaml', 'servers/c-mcp-server.yaml']);
    const result = await run();
    // The check has probed them already.
    expect(executed(result)).toEqual([]);
    expect(result.written).toEqual([
      'servers/b-mcp-server.yaml',
      'servers/c-mcp-server.yaml',
      'tools/b-mcp-server.json',
      'tools/c-mcp-server.json',
    ]);
    expect((await run()).written).toEqual([]);
  },
  LIMIT,
);

test(
  'with --servers the others stay as they are, and one whose code moved on is named',
  async () => {
    await put(pythonServer('a-mcp-server', ['get_x'], fresh));
    await put(pythonServer('b-mcp-server', ['list_y', 'add_y'], fresh));
    const before = await readFile(path.join(manifest, 'servers/a-mcp-server.yaml'), 'utf8');
    const result = await run({ servers: ['b-*'] });
    expect(executed(result)).toEqual(['b-mcp-server']);
    expect(await readFile(path.join(manifest, 'servers/a-mcp-server.yaml'), 'utf8')).toBe(before);
    expect(result.warnings).toContainEqual(expect.stringMatching(/^a-mcp-server: kept as it was/));
  },
  LIMIT,
);

test(
  'an edited or a lost manifest is made again from what is remembered, without executing anything',
  async () => {
    const whole = await run();
    const text = await readFile(path.join(manifest, 'servers/a-mcp-server.yaml'), 'utf8');
    await writeFile(
      path.join(manifest, 'servers/a-mcp-server.yaml'),
      text.replace('access: unknown', 'access: read'),
    );
    const mended = await run();
    expect([mended.written, executed(mended)]).toEqual([['servers/a-mcp-server.yaml'], []]);
    await rm(manifest, { recursive: true });
    const again = await run();
    expect(executed(again)).toEqual([]);
    expect(again.entries).toEqual(whole.entries);
  },
  LIMIT,
);

test(
  'a server that left the checkout leaves the manifest',
  async () => {
    await rm(path.join(checkout, 'src/b-mcp-server'), { recursive: true });
    const result = await run();
    expect(result.removed).toEqual(['servers/b-mcp-server.yaml', 'tools/b-mcp-server.json']);
    expect((await readdir(path.join(manifest, 'servers'))).sort()).toEqual([
      'a-mcp-server.yaml',
      'c-mcp-server.yaml',
    ]);
  },
  LIMIT,
);
