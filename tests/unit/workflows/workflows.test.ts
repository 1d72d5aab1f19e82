import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { commands } from '../../../cli/commands/index.ts';

const github = join(import.meta.dirname, '../../../.github');
const text = (file: string) => readFileSync(join(github, file), 'utf8');
const workflows = readdirSync(join(github, 'workflows')).map((name) => `workflows/${name}`);
const files = [...workflows, 'actions/setup/action.yml'];

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
  env?: Record<string, string>;
}
interface Job {
  steps?: Step[];
  uses?: string;
  permissions?: Record<string, string>;
  env?: Record<string, string>;
  environment?: string;
}
interface Workflow {
  on?: Record<string, unknown>;
  permissions?: unknown;
  concurrency?: { group: string; 'cancel-in-progress'?: boolean };
  jobs?: Record<string, Job>;
  runs?: { steps: Step[] };
}
const read = (file: string) => parse(text(file)) as Workflow;
const jobsOf = (file: string) => Object.entries(read(file).jobs ?? {});
const stepsOf = (file: string) => [
  ...jobsOf(file).flatMap(([, job]) => job.steps ?? []),
  ...(read(file).runs?.steps ?? []),
];
const scripts = JSON.parse(readFileSync(join(github, '../package.json'), 'utf8')).scripts;

test.each(files)('%s pins every foreign action by commit, its version beside it', (file) => {
  const uses = text(file)
    .split('\n')
    .filter((line) => /^\s*(- )?uses:/.test(line));
  for (const line of uses)
    expect(line).toMatch(/uses: (\.\/\.github\/\S+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
});

test('one action has one commit everywhere', () => {
  const pins = files.flatMap((file) =>
    [...text(file).matchAll(/uses: ([\w./-]+)@(.*)$/gm)].map((match) => match.slice(1, 3)),
  );
  const byAction = Map.groupBy(pins, ([action]) => action);
  for (const [action, found] of byAction)
    expect([action, new Set(found.map(([, pin]) => pin)).size]).toEqual([action, 1]);
  expect(byAction.size).toBeGreaterThan(5);
});

test.each(files)('%s runs npm scripts and mcpgw commands only, without a word of anyone in them', (file) => {
  for (const { run } of stepsOf(file)) {
    if (run === undefined) continue;
    expect(run).toMatch(/^npm (ci|test|run [\w-]+( -- [\w$".\s/-]+)?)$/);
    expect(run).not.toContain('${{');
    const [, script = 'test', , command] = /^npm (?:run )?([\w-]+)( -- ([\w-]+))?/.exec(run) ?? [];
    if (script !== 'ci') expect(Object.keys(scripts)).toContain(script);
    if (script === 'mcpgw') expect(commands.map(({ name }) => name)).toContain(command);
  }
});

test.each(files)('%s names options that its commands have', (file) => {
  for (const { run = '' } of stepsOf(file)) {
    const [, name, rest = ''] = /^npm run mcpgw -- ([\w-]+)(.*)$/.exec(run) ?? [];
    const options = Object.keys(commands.find((each) => each.name === name)?.options ?? {});
    const flags = [...rest.matchAll(/--([a-z-]+)/g)].map(([, flag = '']) =>
      flag.replace(/-(.)/g, (_, c) => c.toUpperCase()),
    );
    expect(options).toEqual(expect.arrayContaining(flags));
  }
});

test.each(workflows)('%s grants nothing by default, and each job only what is known', (file) => {
  expect(read(file).permissions).toEqual({});
  const allowed: Record<string, string[]> = {
    'workflows/comment.yml': ['pull-requests: write', 'actions: read'],
    'workflows/deploy.yml': ['id-token: write'],
    'workflows/deploy-stack.yml': ['id-token: write'],
    'workflows/preview.yml': ['id-token: write'],
    'workflows/refresh.yml': ['contents: write', 'pull-requests: write'],
  };
  for (const [, { permissions }] of jobsOf(file)) {
    const granted = Object.entries(permissions ?? { everything: 'write' }).map((each) => each.join(': '));
    for (const grant of granted) expect(['contents: read', ...(allowed[file] ?? [])]).toContain(grant);
  }
});

describe('what runs code of a pull request', () => {
  const preview = read('workflows/preview.yml').jobs ?? {};

  test('has neither secrets nor an identity where a fork may come', () => {
    expect(preview.review?.permissions).toEqual({ contents: 'read' });
    expect(text('workflows/preview.yml')).not.toContain('secrets.');
    expect(text('workflows/preview.yml')).not.toContain('pull_request_target');
  });

  test('gets an identity only from this repository', () => {
    const withIdentity = Object.values(preview).filter((job) => job.permissions?.['id-token']);
    expect(withIdentity).toHaveLength(1);
    expect((withIdentity[0] as { if?: string }).if).toBe(
      "vars.MCPGW_ON_AWS == 'true' && github.event.pull_request.head.repo.full_name == github.repository",
    );
  });

  test('is never run by the job that posts', () => {
    const [checkout] = read('workflows/comment.yml').jobs?.post?.steps ?? [];
    expect(checkout?.with).toEqual({ 'persist-credentials': false }); // the default branch
    expect(Object.keys(read('workflows/comment.yml').on ?? {})).toEqual(['workflow_run']);
  });

  test('leaves no token in the work tree', () => {
    const checkouts = files.flatMap(stepsOf).filter((step) => step.uses?.startsWith('actions/checkout'));
    expect(checkouts.length).toBeGreaterThan(5);
    for (const step of checkouts) expect(step.with?.['persist-credentials']).toBe(false);
  });
});

test('no cache is restored where secrets or an identity are', () => {
  for (const file of workflows) {
    for (const [name, job] of jobsOf(file)) {
      const trusted = Object.values(job.permissions ?? {}).includes('write');
      const setup = job.steps?.find((step) => step.uses === './.github/actions/setup');
      if (trusted && setup) expect([name, setup.with?.cache]).toEqual([name, 'false']);
    }
  }
});

const STACK = '$' + '{{ inputs.stack }}';

test('without an account deployments and live previews are left out, not red', () => {
  const { dev } = (read('workflows/deploy.yml').jobs ?? {}) as Record<string, { if?: string }>;
  expect(dev?.if).toBe("vars.MCPGW_ON_AWS == 'true'");
  const { review } = read('workflows/preview.yml').jobs ?? {};
  expect(review?.env?.RESOURCES).toMatch(/MCPGW_ON_AWS == 'true' && .* && 'none' \|\| 'offline'/);
});

test('a pull request is compared with the base that it was merged into, not with one that has moved on', () => {
  const jobs = Object.values(read('workflows/preview.yml').jobs ?? {});
  expect(jobs).toHaveLength(2);
  for (const { env, steps } of jobs) {
    expect(env?.BASE).toBe('HEAD^1');
    const checkout = steps?.find((step) => step.uses?.startsWith('actions/checkout'));
    expect(checkout?.with?.ref).toBeUndefined(); // the merge
    expect(checkout?.with?.['fetch-depth']).toBeGreaterThan(1);
  }
});

test('the Pulumi of the workflows is that of the program', () => {
  const { dependencies } = JSON.parse(readFileSync(join(github, '../package.json'), 'utf8'));
  const versions = workflows.flatMap((file) => [...text(file).matchAll(/pulumi-version: (.*)/g)]);
  expect(versions.length).toBeGreaterThan(1);
  for (const [, version] of versions) expect(version).toBe(dependencies['@pulumi/pulumi']);
});

test('two deployments of a stack never overlap, and none is cancelled', () => {
  expect(read('workflows/deploy-stack.yml').concurrency).toEqual({
    group: `deploy-${STACK}`,
    'cancel-in-progress': false,
  });
  expect(read('workflows/deploy-stack.yml').jobs?.deploy?.environment).toBe(STACK);
});

test('only a commit that was named by hand may be older than what a stack holds', () => {
  const steps = (read('workflows/deploy-stack.yml').jobs?.deploy?.steps ?? []) as (Step & { if?: string })[];
  // the whole history, or an older commit could not be told from a newer one
  expect(steps[0]?.with?.['fetch-depth']).toBe(0);
  const deploys = steps.filter(({ run }) => run?.includes(' deploy '));
  expect(deploys.map(({ run = '', if: when }) => [run.includes('--roll-back'), when])).toEqual([
    [false, "inputs.commit == ''"],
    [true, "inputs.commit != ''"],
  ]);
});

test('a refresh that found nothing makes no artifact, and its second job does not fail for it', () => {
  const steps = read('workflows/refresh.yml').jobs?.propose?.steps ?? [];
  const download = steps.find((step) => step.uses?.startsWith('actions/download-artifact'));
  expect(download?.with).toEqual({ pattern: 'refresh', 'merge-multiple': true, path: '.mcpgw/refresh' });
});

test('the tests run from Node 20, 22 and 24, and once without the node package', () => {
  const { jobs } = read('workflows/ci.yml') as {
    jobs: Record<string, { strategy?: { matrix: { node: string[] } }; steps: Step[] }>;
  };
  expect(jobs.test?.strategy?.matrix.node).toEqual(['20', '22', '24']);
  const runs = jobs['own-node']?.steps.map((step) => step.run);
  expect(runs).toEqual(
    expect.arrayContaining(['npm run without-node-package', 'npm run node-version', 'npm test']),
  );
});
