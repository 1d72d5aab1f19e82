/** `mcpgw contract`: asks a deployed gateway what no document settles, and keeps the answers as switches. */
import { createInterface } from 'node:readline/promises';
import { EXIT, McpgwError } from '../../plan/errors.ts';
import { defineCommand } from '../command.ts';
import { connectionTo } from '../connection.ts';
import { STACK } from '../options.ts';
import type { Output } from '../output.ts';
import { DEFAULT_STACK, loadProject } from '../project.ts';

export const contract = defineCommand({
  name: 'contract',
  summary: 'ask a deployed gateway what its documentation leaves open; writes contract.<stack>.yaml',
  options: {
    stack: STACK,
    yes: { type: 'boolean', description: 'do not ask before the probe is deployed' },
  },
  examples: ['mcpgw contract --stack dev'],
  async run({ options, out, root, cwd, env }) {
    const stack = options.stack ?? DEFAULT_STACK;
    const kit = await import('../../gateway/contract/index.ts');
    const [{ connect, getToken }, { artefactBucket }, { awsAsker }, { whoAmI }, { stackOutputs }] =
      await Promise.all([
        import('../../gateway/client.ts'),
        import('../../store/artefacts.ts'),
        import('../deploying/aws.ts'),
        import('../deploying/aws-checks.ts'),
        import('../pulumi.ts'),
      ]);
    const { plan } = await loadProject({ root, cwd, stack, sound: true });
    const { gatewayId = '' } = (await stackOutputs(root, stack, env)) as { gatewayId?: string };
    const connection = await connectionTo({ root, env, options: { stack, local: false } });
    const token = await getToken(connection);
    const gateway = await connect({ url: connection.url, token }); // refused here, nothing has been made
    await gateway.close();
    const ask = awsAsker(env);
    const { account } = await whoAmI(ask, plan.region);
    out.note(
      `Puts a probe target with its own function and role on gateway ${gatewayId} of account ${account}, asks ` +
        `${kit.QUESTIONS.length} questions, and removes everything. Costs less than $${kit.COST_BOUND}.`,
    );
    if (!options.yes && !(await confirmed()))
      throw new McpgwError('usage', 'not confirmed: nothing was made');
    const { record, left } = await untilStopped(out, (signal) =>
      kit.contractOnAws({
        ask,
        stack,
        region: plan.region,
        gatewayId,
        bucket: plan.settings.artefacts.bucket ?? artefactBucket(account, plan.region),
        url: connection.url,
        token,
        say: (text) => out.status(text),
        signal,
      }),
    );
    const file = await kit.writeContract(root, record);
    const lines = kit.advice(record);
    out.document({ file, answers: record.answers, advice: lines, left });
    for (const [id, { answer }] of Object.entries(record.answers)) out.print(`${id}: ${answer}`);
    for (const line of lines) out.print(`! ${line}`);
    for (const what of left) out.print(`! remove by hand: ${what}`);
    out.print(`written to ${file}: commit it; the local gateway imitates this account from now on`);
    return left.length === 0 ? EXIT.done : EXIT.failed;
  },
});

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** The first signal stops the asking, so that what was made is taken away; a second one ends us as it would anybody. */
async function untilStopped<T>(out: Output, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const stopping = new AbortController();
  const stop = () => {
    out.note('stopping: what was made is taken away');
    stopping.abort();
    release();
  };
  const release = () => {
    for (const signal of SIGNALS) process.off(signal, stop);
  };
  for (const signal of SIGNALS) process.on(signal, stop);
  return work(stopping.signal).finally(release);
}

async function confirmed(): Promise<boolean> {
  if (!process.stdin.isTTY) {
    throw new McpgwError('usage', 'there is no terminal to confirm in', { hint: 'add --yes' });
  }
  const asking = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await asking.question('Go on? [y/N] ').catch(() => ''); // Ctrl-C is a no
    return /^y(es)?$/i.test(answer.trim());
  } finally {
    asking.close();
  }
}
