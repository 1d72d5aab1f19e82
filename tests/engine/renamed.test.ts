/** A component that is renamed, in type or name, keeps its resources; and would lose them without its alias. */
import { symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { Rename } from '../../infra/renamed.ts';
import { lambdaTrust } from '../../infra/trust.ts';
import { Rehearsal, ROOT } from './support/rehearsal.ts';
import { manyServers } from './support/synthetic.ts';

jest.setTimeout(600_000);

let stack: Rehearsal;
beforeAll(async () => {
  stack = await Rehearsal.open({});
  await stack.manifest(manyServers(2));
  const { project } = stack.backend;
  await symlink(path.join(ROOT, 'node_modules'), path.join(project, 'node_modules'));
  await writeFile(path.join(project, 'package.json'), '{"type": "module"}');
  stack.cwd = project;
});
afterAll(() => stack?.close());

/** Our program of some day: components are called as `now` says, and it knows of `renames`. */
async function program(now: Record<string, string>, renames: readonly Rename[], suffix = ''): Promise<void> {
  const text = `
    import * as pulumi from '@pulumi/pulumi';
    import { registerRenames } from ${JSON.stringify(pathToFileURL(path.join(ROOT, 'infra/renamed.ts')).href)};
    const renames = ${JSON.stringify(renames)};
    registerRenames(renames.map((rename) => ({ ...rename, ...(${JSON.stringify(suffix)} && { formerName: (name) => name.replace(${JSON.stringify(suffix)}, '') }) })));
    const now = ${JSON.stringify(now)};
    class Component extends pulumi.ComponentResource {
      constructor(type, name, options) { super(now[type] ?? type, name, {}, options); }
    }
    const { LogGroup, Provider, Role } = await import(${JSON.stringify(pathToFileURL(path.join(ROOT, 'infra/aws.ts')).href)});
    const provider = new Provider('aws', { region: 'us-east-1' });
    for (const id of ['one', 'two']) {
      const name = id + ${JSON.stringify(suffix)};
      const server = new Component('mcpgw:server:Server', name, { providers: [provider] });
      new LogGroup(name, { name: '/aws/lambda/' + id, retentionInDays: 7, tags: { a: 'b' } }, { parent: server });
      const role = new Component('mcpgw:iam:ScopedRole', name, { parent: server });
      new Role(name, { name: id, assumeRolePolicy: ${JSON.stringify(lambdaTrust())} }, { parent: role });
    }
  `;
  await writeFile(path.join(stack.backend.project, 'index.ts'), text);
  await writeFile(
    path.join(stack.backend.project, 'Pulumi.yaml'),
    'name: mcpgw\nruntime:\n  name: nodejs\n  options:\n    typescript: false\nmain: index.ts\n',
  );
}

async function deletions(): Promise<string[]> {
  return (await stack.changes()).filter(({ op }) => !['same', 'update'].includes(op)).map(({ op }) => op);
}

test('of another type: nothing is made anew, in it and in what is inside it; without the alias all would be', async () => {
  await program({}, []);
  expect((await stack.up()).exitCode).toBe(0);
  const now = { 'mcpgw:server:Server': 'mcpgw:server:Hosted' };
  await program(now, []);
  expect(await deletions()).not.toEqual([]);
  await program(now, [{ type: 'mcpgw:server:Hosted', formerType: 'mcpgw:server:Server' }]);
  expect(await deletions()).toEqual([]);
});

test('of another name: the same', async () => {
  const former: Rename[] = [
    { type: 'mcpgw:server:Server', formerType: 'mcpgw:server:Server' },
    { type: 'mcpgw:iam:ScopedRole', formerType: 'mcpgw:iam:ScopedRole' },
  ];
  await program({}, [], '-server');
  expect(await deletions()).not.toEqual([]);
  await program({}, former, '-server');
  expect(await deletions()).toEqual([]);
  stack.operations();
  expect((await stack.up()).exitCode).toBe(0);
  expect(stack.operations().filter(({ op }) => op !== 'update')).toEqual([]);
});
