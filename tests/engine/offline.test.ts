/** The offline preview a user gets, and that nothing but it ever meets the stand-in plugin. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { OfflineBackend } from '../../offline/backend.ts';
import { ensureEngine } from '../../offline/engine.ts';
import { createStack, offlinePreview } from '../../offline/preview.ts';
import { offlineConfig } from '../../offline/stack-config.ts';
import { ROOT } from './support/rehearsal.ts';

jest.setTimeout(600_000);

describe('mcpgw preview --offline', () => {
  test('prints the real command line’s preview of a committed stack, and leaves its file as it was', async () => {
    const file = path.join(ROOT, 'Pulumi.dev.yaml');
    const before = await readFile(file, 'utf8');
    const { exitCode, stdout } = await offlinePreview({ root: ROOT, stack: 'dev' });
    expect(stdout).toContain('Previewing update (dev)');
    expect(stdout).toMatch(/aws:bedrock:AgentcoreGatewayTarget +aws-documentation-mcp-server +create/);
    expect(stdout).toMatch(/\+ \d+ to create/);
    expect(exitCode).toBe(0);
    expect(await readFile(file, 'utf8')).toBe(before);
  });

  test('a stack that does not exist is named with those that do', async () => {
    await expect(offlinePreview({ root: ROOT, stack: 'nowhere' })).rejects.toMatchObject({
      code: 'settings-missing',
      hint: expect.stringContaining('dev'),
    });
  });
});

describe('a plain pulumi', () => {
  let folder: string;
  let backend: OfflineBackend;
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'mcpgw-plain-'));
    backend = await OfflineBackend.open({ root: ROOT, engine: await ensureEngine(), parent: folder });
    await createStack(backend, 'dev', await offlineConfig(ROOT, 'dev'));
  });
  afterAll(async () => {
    await backend?.close();
    await rm(folder, { recursive: true, force: true });
  });

  test('finds no aws plugin in this project', async () => {
    const { binDir } = await ensureEngine();
    const { exitCode, stdout, stderr } = await backend.run(
      [
        'up',
        '--yes',
        '--skip-preview',
        '--stack',
        'dev',
        '--config-file',
        path.join(backend.project, 'Pulumi.dev.yaml'),
      ],
      {
        environment: {
          PATH: [binDir, path.dirname(process.execPath), '/usr/bin', '/bin'].join(path.delimiter),
        },
      },
    );
    expect(exitCode).not.toBe(0);
    expect(stdout + stderr).toMatch(
      /no resource plugin 'pulumi-resource-aws|could not (find|load) plugin.*aws/i,
    );
  });
});
