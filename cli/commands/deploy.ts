/** `mcpgw deploy`: a stack onto AWS in one command, from the preflight to the first call. */
import { createInterface } from 'node:readline/promises';
import { EXIT, McpgwError } from '../../plan/errors.ts';
import type { ResourceReview } from '../../plan/review/preview-digest.ts';
import { readStackConfig } from '../../store/stackfile.ts';
import { defineCommand, type Invocation } from '../command.ts';
import type { Checked } from '../deploying/check.ts';
import type { Deployment } from '../deploying/deploy.ts';
import type { Driver } from '../deploying/driver.ts';
import { STACK } from '../options.ts';
import type { Output } from '../output.ts';
import { DEFAULT_STACK, loadDefinitions, loadProject, type Project } from '../project.ts';

export const deploy = defineCommand({
  name: 'deploy',
  summary: 'deploy a stack: preflight, artefacts, preview, confirm, up, check, first call',
  options: {
    stack: STACK,
    yes: { type: 'boolean', description: 'do not ask after the preview' },
    rollBack: {
      type: 'boolean',
      description: 'also where the stack holds a newer commit than this one: the way back',
    },
    offline: {
      type: 'boolean',
      description: 'rehearse it against a stand-in for AWS: nothing real is changed',
    },
  },
  examples: [
    'mcpgw deploy --stack dev',
    'mcpgw deploy --stack prod --yes',
    'mcpgw deploy --stack prod --roll-back',
    'mcpgw deploy --stack dev --offline --yes',
  ],
  async run({ options, out, root, cwd, env }) {
    const stack = options.stack ?? DEFAULT_STACK;
    if (!options.yes && !process.stdin.isTTY) {
      throw new McpgwError('usage', 'there is no terminal to confirm the preview in', { hint: 'add --yes' });
    }
    const project = await loadProject({ root, cwd, stack, sound: true });
    const { secretsProvider } = await readStackConfig(root, stack);
    const { deploy: run } = await import('../deploying/deploy.ts');
    const { isKey } = await import('../deploying/secrets-check.ts');
    const { publishTo, runPreflight } = await import('../deploying/ports.ts');
    const { driver, close } = await openDriver({ root, env, out }, project, options.offline);
    try {
      const made = await run({
        plan: project.plan,
        driver,
        ...(isKey(secretsProvider) ? { secretsProvider } : {}),
        preflight: (state) => runPreflight(project, driver, env, state, { root, rollBack: options.rollBack }),
        publish: async () => {
          if (!driver.rehearsal) await publishTo(project, root, out);
        },
        confirm: (preview) => confirm(preview, options.yes, out),
        ...(driver.rehearsal ? {} : { check: () => checkStack(project, root, env) }),
        say: (text) => out.note(text),
        onOutput: (text) => out.note(text.trimEnd()),
      });
      report(made, driver, out);
      return EXIT.done;
    } finally {
      await close();
    }
  },
});

async function openDriver(
  { root, env, out }: Pick<Invocation, 'root' | 'env' | 'out'>,
  { plan }: Project,
  offline: boolean,
): Promise<{ driver: Driver; close(): Promise<void> }> {
  const { pulumiDriver, rehearsalDriver } = await import('../deploying/driver.ts');
  if (!offline) return { driver: pulumiDriver(root, plan.stack, env), close: async () => {} };
  const { openRehearsal } = await import('../deploying/rehearsal.ts');
  const { backend, configFile } = await openRehearsal(root, plan.stack, (text) => out.note(text));
  return { driver: rehearsalDriver(backend, plan.stack, configFile), close: () => backend.close() };
}

async function checkStack(project: Project, root: string, env: NodeJS.ProcessEnv) {
  const [{ checkDeployed }, { deployedGateways, outputsOf }, { awsAsker }, { placed }] = await Promise.all([
    import('../deploying/check.ts'),
    import('../connection.ts'),
    import('../deploying/aws.ts'),
    import('../recorded.ts'),
  ]);
  const outputs = await outputsOf(root, project.plan.stack, env);
  const { plan } = placed(project, outputs.identity);
  const definitions = await loadDefinitions(project);
  const gateways = deployedGateways(outputs, plan);
  return checkDeployed({ plan, gateways, definitions, ask: awsAsker(env) });
}

async function confirm(preview: ResourceReview, yes: boolean, out: Output): Promise<boolean> {
  for (const line of previewLines(preview)) out.note(line);
  if (yes || preview.changes.length === 0) return true;
  const ask = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await ask.question('Make these changes? [y/N] ').catch(() => ''); // Ctrl-C is a no
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    ask.close();
  }
}

export function previewLines({ changes, unchanged }: ResourceReview): string[] {
  const byType = Map.groupBy(changes, ({ op, type }) => `${op} ${type}`);
  return [
    `preview: ${changes.length} to change, ${unchanged} unchanged`,
    ...[...byType].sort().map(([what, all]) => `  ${what}: ${all.length}`),
  ];
}

function report(made: Deployment, driver: Driver, out: Output): void {
  const { stack, result, preview, outputs, checked } = made;
  out.document({
    stack,
    result,
    rehearsal: driver.rehearsal,
    changes: preview.changes,
    url: outputs.gatewayUrl,
    checked,
  });
  if (result === 'declined') {
    out.print('not confirmed: nothing was changed');
    return;
  }
  out.print(
    `stack ${stack}: ${result}${driver.rehearsal ? ' in a rehearsal, nothing real was changed' : ''}`,
  );
  const { calls = [], unasked = [] } = (checked ?? {}) as Partial<Checked>;
  for (const what of unasked) out.note(what);
  for (const call of calls.filter(({ answer }) => answer === 'tool-error')) {
    out.print(`  ${call.server}: ${call.tool} ${call.answer}: ${call.said ?? ''}`);
  }
  if (driver.rehearsal) return;
  const gateways = (outputs.gateways ?? {}) as Record<string, { url?: string }>;
  out.print(
    `\n${Object.values(gateways)
      .map(({ url }) => `  ${url}\n`)
      .join('')}`,
  );
  if (outputs.tokenUrl) out.print(`  a token   npx mcpgw token --stack ${stack}`);
  const first = calls.find(({ answer }) => answer === 'answered')?.tool;
  if (first) out.print(`  a call    npx mcpgw call ${first.replace('___', '/')} --stack ${stack}`);
}
