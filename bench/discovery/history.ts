/**
 * The classification of every directory of src/ at commits across the history of a checkout, in a scratch clone:
 *   node bench/discovery/history.ts --checkout DIR [--every MONTHS] [REVISION…]
 * Prints what each commit holds and what changed since the one before; reading only, about 2 s a commit.
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { runChild } from '../../discovery/child.ts';
import { scanCheckout } from '../../discovery/source/checkout.ts';

const { values, positionals } = parseArgs({
  options: { checkout: { type: 'string' }, every: { type: 'string', default: '2' } },
  allowPositionals: true,
});
if (values.checkout === undefined) throw new Error('--checkout DIR is missing');
const source = path.resolve(values.checkout);
const work = await mkdtemp(path.join(tmpdir(), 'mcpgw-history-'));
const clone = path.join(work, 'clone');

async function git(...args: string[]): Promise<string> {
  const result = await runChild('git', args, { seconds: 300 });
  if (result.code !== 0) throw new Error(`git ${args.join(' ')}: ${result.stderr}`);
  return result.stdout.trim();
}

/** The last commit of every n-th month, newest last. */
async function months(): Promise<string[]> {
  const lines = (await git('-C', clone, 'log', '--first-parent', '--format=%H %cs', 'HEAD')).split('\n');
  const last = new Map<string, string>();
  for (const line of lines.reverse()) last.set(line.slice(41, 48), line.slice(0, 40));
  const all = [...last.values()];
  return all.filter((_, index) => (all.length - 1 - index) % Number(values.every) === 0);
}

try {
  await git('clone', '-q', '--shared', source, clone);
  const revisions = positionals.length > 0 ? positionals : await months();
  let before: ReadonlyMap<string, string> = new Map();
  console.log('| commit | date | stdio | remote | library | added | removed | other kind or entrypoint |');
  console.log('|---|---|---|---|---|---|---|---|');
  for (const revision of revisions) {
    await git('-C', clone, 'checkout', '-q', '--detach', revision);
    const [commit, date] = (await git('-C', clone, 'log', '-1', '--format=%h %cs')).split(' ');
    const { servers } = await scanCheckout(clone);
    const count = (kind: string): number => servers.filter((server) => server.kind === kind).length;
    const now = new Map(
      servers.map(({ id, kind, entrypoint }) => [
        id,
        `${kind} ${entrypoint?.module}:${entrypoint?.attribute}`,
      ]),
    );
    const added = [...now.keys()].filter((id) => !before.has(id));
    const removed = [...before.keys()].filter((id) => !now.has(id));
    const changed = [...now]
      .filter(([id, what]) => before.has(id) && before.get(id) !== what)
      .map(([id]) => id);
    const shown =
      before.size === 0
        ? [`all ${added.length}`, '', '']
        : [added, removed, changed].map((ids) => ids.join(', '));
    console.log(
      `| ${commit} | ${date} | ${count('stdio')} | ${count('remote')} | ${count('library')} | ${shown.join(' | ')} |`,
    );
    before = now;
  }
} finally {
  await rm(work, { recursive: true, force: true });
}
