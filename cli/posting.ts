/**
 * Posts reviews that an untrusted job left as files: one comment a stack, edited when it is there. The files are data:
 * bounded, tamed, and joined under a marker that only this code writes.
 */
import { existsSync } from 'node:fs';
import { open, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { McpgwError } from '../plan/errors.ts';
import { COMMENT_LIMIT, tame } from '../plan/markdown.ts';
import { commentMarker, UNCHANGED } from '../plan/review/comment.ts';
import type { GitHub } from './github.ts';

const MOST_PARTS = 4;
/** Left open, more would need more room than there is to close them. */
const MOST_FOLDS = 20;
const STACK_NAME = /^[A-Za-z0-9_.-]{1,100}$/;

const eventSchema = z.object({
  workflow_run: z.object({
    head_sha: z.string().regex(/^[0-9a-f]{40}$/),
    head_branch: z.string().min(1),
    head_repository: z.object({ owner: z.object({ login: z.string() }), full_name: z.string() }),
  }),
});

/** The open pull request that the finished run belongs to; undefined when it has moved on or was closed. */
export async function pullRequestOf(event: unknown, github: GitHub): Promise<number | undefined> {
  const parsed = eventSchema.safeParse(event);
  if (!parsed.success) {
    throw new McpgwError('usage', 'GITHUB_EVENT_PATH is no workflow_run event', {
      hint: 'outside of comment.yml name the pull request: --pull-request N',
    });
  }
  const { head_sha, head_branch, head_repository } = parsed.data.workflow_run;
  const head = encodeURIComponent(`${head_repository.owner.login}:${head_branch}`);
  const found = await github.list(`/pulls?state=open&head=${head}`);
  const pull = found.find((each) => (each.head as { sha?: unknown } | undefined)?.sha === head_sha);
  return typeof pull?.number === 'number' ? pull.number : undefined;
}

/** `<stack>.md` of the folder and of the folders in it (one an artifact), by stack, each cut to a bound. */
export async function collectParts(folder: string): Promise<Map<string, string[]>> {
  // A run that was cancelled left no artifact, so there is no folder.
  const entries = existsSync(folder) ? await readdir(folder, { withFileTypes: true }) : [];
  const folders = [
    ...(entries.length > 0 ? [folder] : []),
    ...entries.filter((entry) => entry.isDirectory()).map((entry) => join(folder, entry.name)),
  ];
  const parts = new Map<string, string[]>();
  // `review` before `resources-…`: tools first
  for (const each of folders.sort(
    (a, b) => Number(a.includes('resources')) - Number(b.includes('resources')),
  )) {
    for (const entry of await readdir(each, { withFileTypes: true })) {
      const stack = entry.name.replace(/\.md$/, '');
      if (!entry.isFile() || stack === entry.name || !STACK_NAME.test(stack)) continue;
      const known = parts.get(stack) ?? [];
      if (known.length < MOST_PARTS) known.push(await readBounded(join(each, entry.name)));
      parts.set(stack, known);
    }
  }
  return parts;
}

export function composeComment(stack: string, parts: readonly string[]): string {
  const head = `${commentMarker(stack)}\n`;
  const foot = '\n<sub>Made by a job that ran this pull request’s code; posted as data by mcpgw.</sub>';
  const news = parts.filter((part) => part.trim() !== UNCHANGED);
  const texts = (news.length > 0 ? news : [UNCHANGED]).map(tame);
  const room = COMMENT_LIMIT - head.length - foot.length - 2 * texts.length;
  return `${head}${shared(texts, room).join('\n\n')}${foot}`;
}

/** The smallest parts whole; what they leave is the room of the others. */
function shared(texts: readonly string[], room: number): string[] {
  const bySize = [...texts.keys()].sort((a, b) => (texts[a]?.length ?? 0) - (texts[b]?.length ?? 0));
  const fitted = [...texts];
  let left = room;
  for (const [place, index] of bySize.entries()) {
    const text = cut(texts[index] ?? '', Math.floor(left / (bySize.length - place)));
    fitted[index] = text;
    left -= text.length;
  }
  return fitted;
}

/** What was done with the stack's comment. */
export async function putComment(
  github: GitHub,
  pull: number,
  stack: string,
  parts: readonly string[],
): Promise<'created' | 'edited' | 'unchanged' | 'nothing'> {
  const comments = await github.list(`/issues/${pull}/comments`);
  const own = comments.find(
    ({ body, user }) =>
      String(body).startsWith(commentMarker(stack)) && (user as { type?: unknown } | null)?.type === 'Bot',
  );
  const body = composeComment(stack, parts);
  if (own?.body === body) return 'unchanged';
  if (own) {
    await github.request('PATCH', `/issues/comments/${String(own.id)}`, { body });
    return 'edited';
  }
  if (parts.every((part) => part.trim() === UNCHANGED)) return 'nothing';
  await github.request('POST', `/issues/${pull}/comments`, { body });
  return 'created';
}

async function readBounded(path: string): Promise<string> {
  const file = await open(path, 'r');
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(COMMENT_LIMIT * 4), 0, COMMENT_LIMIT * 4, 0);
    return buffer.subarray(0, bytesRead).toString('utf8').slice(0, COMMENT_LIMIT);
  } finally {
    await file.close();
  }
}

/** At most `room` characters, cut at a line; what is left open is closed, so that nothing behind it is hidden. */
function cut(given: string, room: number): string {
  const text = openFolds(given) > MOST_FOLDS ? given.replace(/<(?=details)/g, '<\u200b') : given;
  const closers = closersOf(text);
  if (text.length + closers.length <= room) return `${text}${closers}`;
  const kept = text.slice(0, Math.max(0, room - 400));
  const whole = kept.slice(0, Math.max(kept.lastIndexOf('\n'), 0));
  return `${whole}${closersOf(whole)}\n\n… cut here, the whole is in the check’s log\n`;
}

/** What ends the fence and the folds that a text leaves open. */
function closersOf(text: string): string {
  let fence = '';
  for (const line of text.split('\n')) {
    const run = /^ {0,3}(`{3,})/.exec(line)?.[1] ?? '';
    if (fence === '') fence = run;
    else if (run.length >= fence.length && line.trim() === run) fence = '';
  }
  return `${fence === '' ? '' : `\n${fence}`}${'\n\n</details>'.repeat(Math.max(0, openFolds(text)))}`;
}

function openFolds(text: string): number {
  return (text.match(/<details/g)?.length ?? 0) - (text.match(/<\/details>/g)?.length ?? 0);
}
