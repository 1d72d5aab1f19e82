/** What keeps the stand-in and real stacks apart. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import fastGlob from 'fast-glob';
import { requireHonestCaller } from '../../../infra/account.ts';
import { ensureEngine } from '../../../offline/engine.ts';
import { requireOfflineBackend } from '../../../offline/guard.ts';
import { unseal } from '../../../offline/stack-config.ts';

const root = path.resolve(import.meta.dirname, '..', '..', '..');

describe('the stand-in', () => {
  test('serves its own throw-away backend', () => {
    const url = pathToFileURL('/tmp/x/state').href;
    expect(requireOfflineBackend({ MCPGW_OFFLINE: '/tmp/x', PULUMI_BACKEND_URL: url })).toBe('/tmp/x');
  });

  test.each([
    ['no offline backend at all', {}],
    ['another file backend', { MCPGW_OFFLINE: '/tmp/x', PULUMI_BACKEND_URL: 'file:///tmp/y/state' }],
    ['a bucket', { MCPGW_OFFLINE: '/tmp/x', PULUMI_BACKEND_URL: 's3://states' }],
    ['a logged-in backend', { MCPGW_OFFLINE: '/tmp/x' }],
  ])('refuses %s', (_what, environment) => {
    expect(() => requireOfflineBackend(environment)).toThrow(
      expect.objectContaining({ code: 'backend-refused' }),
    );
  });

  test('lies nowhere under the name that Pulumi looks for, nor is it named in a project file', async () => {
    expect(
      await fastGlob('**/pulumi-resource-aws*', { cwd: root, ignore: ['node_modules/**'], dot: true }),
    ).toEqual([]);
    expect(await fastGlob('node_modules/.bin/pulumi-resource-*', { cwd: root })).toEqual([]);
  });
});

describe('the program', () => {
  test('takes a real caller online and the stand-in offline', () => {
    expect(() => requireHonestCaller(false, false)).not.toThrow();
    expect(() => requireHonestCaller(true, true)).not.toThrow();
  });

  test('refuses a stand-in online and a real caller offline', () => {
    expect(() => requireHonestCaller(true, false)).toThrow(
      expect.objectContaining({ code: 'backend-refused' }),
    );
    expect(() => requireHonestCaller(false, true)).toThrow(
      expect.objectContaining({ code: 'backend-refused' }),
    );
  });
});

describe('settings offline', () => {
  test('encrypted ones become a placeholder, all others stay', () => {
    expect(unseal({ a: { secure: 'v1:x' }, b: [{ secure: 'y' }, 1], c: { secure: 'x', other: 1 } })).toEqual({
      a: 'not-known-offline',
      b: ['not-known-offline', 1],
      c: { secure: 'x', other: 1 },
    });
  });
});

describe('the engine', () => {
  test('without pulumi and Go there is none, and the remedy is named', async () => {
    const cache = await mkdtemp(path.join(tmpdir(), 'mcpgw-test-'));
    try {
      await expect(ensureEngine({ searchPath: '', cache })).rejects.toMatchObject({
        code: 'engine-missing',
        hint: expect.stringContaining('Go 1.25.11'),
      });
    } finally {
      await rm(cache, { recursive: true, force: true });
    }
  });

  test('the machine’s own pulumi and language host are taken', async () => {
    const bin = await mkdtemp(path.join(tmpdir(), 'mcpgw-test-'));
    try {
      await writeFile(path.join(bin, 'pulumi'), '#!/bin/sh\n', { mode: 0o755 });
      await expect(ensureEngine({ searchPath: bin })).rejects.toMatchObject({ code: 'engine-missing' });
      await writeFile(path.join(bin, 'pulumi-language-nodejs'), '#!/bin/sh\n', { mode: 0o755 });
      expect(await ensureEngine({ searchPath: bin })).toMatchObject({ origin: 'machine', binDir: bin });
    } finally {
      await rm(bin, { recursive: true, force: true });
    }
  });

  test('a Go that is too old is named, not tried for minutes', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'mcpgw-test-'));
    try {
      await writeFile(
        path.join(folder, 'go'),
        '#!/bin/sh\necho "go.mod requires go >= 1.25.11" >&2\nexit 1\n',
        { mode: 0o755 },
      );
      await expect(ensureEngine({ searchPath: folder, cache: folder })).rejects.toMatchObject({
        code: 'engine-missing',
        cause: expect.objectContaining({ message: expect.stringContaining('1.25.11') }),
      });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});
