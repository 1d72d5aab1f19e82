/**
 * Every command that README.md and docs/ show is run as it stands: here, in a clone with the committed stacks and
 * manifest, or by the test that is named for it. A new one that is in neither place fails.
 */
import { existsSync, readdirSync } from 'node:fs';
import { cp, mkdir, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type DocCommand, mcpgwWords, readBlocks } from '../../docs/commands.ts';
import { runIn } from '../cli/run.ts';
import { Team } from '../cli/team.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
const files = ['README.md', ...readdirSync(join(ROOT, 'docs')).map((name) => `docs/${name}`)];

/** What needs a network, AWS, minutes or a deployed stack, and the test (or the program of others) that it is left to. */
const ELSEWHERE: readonly (readonly [RegExp, string])[] = [
  [/^npm (ci|test)$/, '.ci/run'],
  [/^npm start$/, 'tests/integration/cli/start.test.ts'],
  [/^npx mcpgw (token|tools|call aws-network\/\S+)$/, 'tests/integration/cli/start.test.ts'],
  [/^git (clone|remote|fetch|checkout) /, 'git'],
  [/^git commit$/, 'git'],
  [/^npx mcpgw discover --checkout /, 'tests/integration/cli/discover.test.ts'],
  [/^npx mcpgw serve --stack dev$/, 'tests/integration/gateway/credentials.test.ts'],
  [/^npx mcpgw preview --offline --stack dev$/, 'tests/engine/operations.test.ts'],
  [/^npx mcpgw deploy --stack dev$/, 'tests/engine/operations.test.ts'],
  [/^npx mcpgw deploy --stack dev --roll-back$/, 'tests/engine/whole-deploy.test.ts'],
  [/^npx mcpgw (tools|verify) --stack dev$/, 'tests/integration/cli/verify.test.ts'],
  [/^npx mcpgw contract --stack dev$/, 'tests/integration/gateway/contract-aws.test.ts'],
  [/^npx mcpgw update /, 'tests/integration/cli/update.test.ts'],
  [/^npx mcpgw diff .* --probe$/, 'tests/integration/cli/update.test.ts'],
  [/^npx mcpgw init --upgrade /, 'tests/integration/cli/init.test.ts'],
  [/^npx mcpgw call iam\/list_users --aws$/, 'tests/integration/proxies/seen-on-aws.test.ts'],
  [/^pulumi destroy --stack dev$/, 'tests/engine/operations.test.ts'],
];

const shown = (
  await Promise.all(
    files
      .filter((name) => name.endsWith('.md'))
      .map(async (name) =>
        (
          await readBlocks(join(ROOT, name))
        )
          .filter(({ run }) => !run) // those are run by tests/engine/operations.test.ts
          .flatMap(({ line, commands }) => commands.map((command) => ({ at: `${name}:${line}`, command }))),
      ),
  )
).flat();
const elsewhere = ({ text }: DocCommand) => ELSEWHERE.find(([pattern]) => pattern.test(text));
const here = shown.filter(({ command }) => elsewhere(command) === undefined);

let team: Team;
beforeAll(async () => {
  team = await Team.open();
  const stacks = readdirSync(ROOT).filter((name) => /^Pulumi\.\w+\.yaml$/.test(name));
  for (const name of [...stacks, 'manifest/servers', 'manifest/source.yaml'])
    await cp(join(ROOT, name), join(team.folder, name), { recursive: true });
  team.commit('as committed');
  const line = {
    event: 'call',
    server: 'iam-mcp-server',
    tool: 'list_users',
    outcome: 'ok',
    aws: [{ action: 'IAM:ListUsers', status: 200, ms: 3 }],
  };
  await mkdir(join(team.folder, '.mcpgw'), { recursive: true });
  await writeFile(join(team.folder, '.mcpgw/gateway.log'), `${JSON.stringify(line)}\n`);
  await writeFile(join(team.folder, 'export.json.gz'), gzipSync(`${JSON.stringify(line)}\n`));
});
afterAll(() => team?.close());

test.each(here.map(({ at, command }) => [at, command.text, command] as const))(
  '%s: %s',
  async (_, __, command) => {
    const words = mcpgwWords(command);
    expect(words).toBeDefined();
    const { code, stdout, stderr } = await runIn(team.folder, {}, ...(words ?? []));
    expect({ code, stderr }).toMatchObject({ code: command.exitCode });
    expect(stdout).not.toBe('');
  },
);

test('what is left to other tests is shown, and they are there', () => {
  expect(here.length).toBeGreaterThan(6);
  for (const [pattern, where] of ELSEWHERE) {
    expect([pattern, shown.some(({ command }) => pattern.test(command.text))]).toEqual([pattern, true]);
    expect([where, where === 'git' || existsSync(join(ROOT, where))]).toEqual([where, true]);
  }
});
