/** The settings' documents say what the schema says; a setting cannot come without its line. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { parseSettings } from '../../../plan/settings/settings.ts';
import { makeSettingsDocs } from '../../docs/settings-docs.ts';

const ROOT = join(import.meta.dirname, '../../..');
const made = makeSettingsDocs();

test.each(['docs/settings.md', 'docs/settings.schema.json', 'Pulumi.yaml'] as const)(
  '%s is up to date (npm run docs:settings)',
  async (file) => {
    expect(await readFile(join(ROOT, file), 'utf8')).toBe((await made)[file]);
  },
);

test('settings deep inside stand in the table with type, default and comment', async () => {
  const text = (await made)['docs/settings.md'];
  expect(text).toContain('| `gateway.name` | text | **required** | Lower case');
  expect(text).toContain(
    '| `servers.settings.<name>.memory` | whole number, 128 to 10240 |  | Lambda memory, MB. |',
  );
  expect(text).toContain('| `auth.clients.<name>.scopes` | list of text | **required** |');
  expect(text).toContain('| `gateway.search` | `semantic`, `none` | `"none"` |');
});

describe('the schema for editors', () => {
  const validate = async (text: string) => {
    const ajv = new Ajv2020({ strict: false, validateFormats: false });
    const check = ajv.compile(JSON.parse((await made)['docs/settings.schema.json']) as object);
    return check(parse(text));
  };

  test('accepts the committed stack files', async () => {
    const files = (await readdir(ROOT)).filter((name) => /^Pulumi\..+\.yaml$/.test(name));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files)
      expect(`${file} ${await validate(await readFile(join(ROOT, file), 'utf8'))}`).toBe(`${file} true`);
  });

  test.each([
    ['an unknown key', 'config: {"aws:region": x, "mcpgw:gateway": {name: a}, "mcpgw:budgets": {}}'],
    ['an unknown key inside', 'config: {"aws:region": x, "mcpgw:gateway": {name: a, colour: red}}'],
    ['no gateway', 'config: {"aws:region": x}'],
    [
      'a number out of range',
      'config: {"aws:region": x, "mcpgw:gateway": {name: a}, "mcpgw:servers": {defaults: {memory: 1}}}',
    ],
  ])('refuses %s', async (_what, text) => {
    expect(await validate(text)).toBe(false);
  });
});

describe('the schema in Pulumi.yaml', () => {
  const declared = async () => {
    const { config } = parse((await made)['Pulumi.yaml']) as {
      config: Record<string, { type?: string; default?: unknown; value?: unknown }>;
    };
    return Object.entries(config).filter(([key]) => key.startsWith('mcpgw:'));
  };

  test('requires of every stack file what the program requires, and nothing else', async () => {
    const required = (await declared()).filter(([, { default: value }]) => value === undefined);
    expect(required.map(([key]) => key)).toEqual(['mcpgw:gateway']);
  });

  test('its defaults mean what an absent key means', async () => {
    const least = { 'aws:region': 'us-east-1', 'mcpgw:gateway': { name: 'tools' } };
    const defaults = (await declared()).flatMap(([key, { default: value }]) =>
      value === undefined ? [] : [[key, value] as const],
    );
    expect(defaults.length).toBeGreaterThan(10);
    expect(parseSettings('dev', { ...Object.fromEntries(defaults), ...least }, 'x')).toEqual(
      parseSettings('dev', least, 'x'),
    );
  });
});
