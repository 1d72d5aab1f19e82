/**
 * What a branch changes, stack by stack, against a base revision: tools, words, permissions and losses from the
 * committed files, resources from Pulumi. The base is laid out in a temporary folder and never run but to preview it.
 */
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { isEmptyDiff, type ManifestDiff } from '../plan/diff/diff.ts';
import { withoutPlanned } from '../plan/diff/of-stack.ts';
import { EXIT, type ExitCode, McpgwError } from '../plan/errors.ts';
import type { Manifest } from '../plan/manifest.ts';
import { code, fenced } from '../plan/markdown.ts';
import { createPlan } from '../plan/plan.ts';
import {
  type ResourceNews,
  renderResources,
  renderReview,
  roomBeside,
  UNCHANGED,
} from '../plan/review/comment.ts';
import type { ResourceChange, ResourceReview } from '../plan/review/preview-digest.ts';
import { type Review, reviewStack } from '../plan/review/review.ts';
import { servedManifest } from '../plan/served.ts';
import type { Plan } from '../plan/types.ts';
import { exportRevision } from '../store/git-revision.ts';
import { readManifest } from '../store/manifest.ts';
import { listStacks, readSettings } from '../store/stackfile.ts';
import { compare, type ManifestSide, type Obtain } from './diffing.ts';
import { previewLive, previewOffline } from './reviewing-resources.ts';

export type ResourceMode = 'none' | 'offline' | 'live';

export interface ReviewOptions {
  root: string;
  base: string;
  stacks: readonly string[] | undefined;
  resources: ResourceMode;
  tools: boolean;
  /** Gets the words of servers whose definitions are not committed; only where no secrets are. */
  obtain?: Obtain;
  env: NodeJS.ProcessEnv;
  say(text: string): void;
}

export interface StackReview {
  stack: string;
  /** Markdown of the comment's part: bounded. */
  text: string;
  /** The same with nothing left out. */
  whole: string;
  /** What the check makes of it. */
  exitCode: ExitCode;
  review?: Review;
  tools?: ManifestDiff;
  resources?: ResourceReview;
  /** Merged, and not deployed yet. */
  waiting?: readonly ResourceChange[];
  /** Changed by hand in the account. */
  drift?: readonly ResourceChange[];
}

interface Side {
  folder: string;
  manifest: Manifest;
  plan: Plan;
}

export async function reviewBranch(options: ReviewOptions): Promise<StackReview[]> {
  const { root, base } = options;
  const { folder, dispose } = await exportRevision(root, base, '');
  try {
    if (!existsSync(join(folder, 'node_modules'))) {
      await symlink(join(root, 'node_modules'), join(folder, 'node_modules'), 'dir');
    }
    const stacks = options.stacks ?? (await deployable(root));
    const gone = options.stacks ? [] : (await deployable(folder)).filter((stack) => !stacks.includes(stack));
    const reviews: StackReview[] = [];
    const told = new Map<string, string>();
    for (const stack of stacks) reviews.push(await reviewOne(stack, folder, { ...options, told }));
    return [...reviews, ...gone.map(leftAlone)];
  } finally {
    await dispose();
  }
}

/** What `npm start` serves on this machine; it is never deployed. */
const LOCAL_ONLY = 'local';

async function deployable(folder: string): Promise<string[]> {
  return (await listStacks(folder)).filter((stack) => stack !== LOCAL_ONLY);
}

function leftAlone(stack: string): StackReview {
  const text = [
    `### Stack ${code(stack)}: :warning: its file is gone`,
    '',
    `Nothing deploys it any longer, and nothing takes it down: \`pulumi destroy --stack ${stack}\` from the base does.`,
    '',
  ].join('\n');
  return { stack, text, whole: text, exitCode: EXIT.done };
}

/** `told`: the stack of which a text was told first. */
async function reviewOne(
  stack: string,
  baseFolder: string,
  options: ReviewOptions & { told: Map<string, string> },
): Promise<StackReview> {
  options.say(`stack ${stack}`);
  const head = await readSide(options.root, stack).catch(asExpected);
  if (head instanceof McpgwError) return unplannable(stack, head);
  const before = await readSide(baseFolder, stack).catch(() => undefined);
  // definitions that are not what the manifest pins: somebody edited one of the two
  const tools = options.tools ? await reviewTools(before, head, options).catch(asExpected) : undefined;
  if (tools instanceof McpgwError) return unplannable(stack, tools);
  const from = before ? baseFolder : undefined;
  const news = options.resources === 'none' ? undefined : await reviewResources(stack, from, options);
  const { review, diff } = tools ?? {};
  const text = (room?: number) => {
    const resources = news && hasNews(news) ? renderResources(news, room) : '';
    // without news of its own, another job's part needs the room
    const beside = room ?? (news ? roomBeside(resources) : undefined);
    const tools = review && diff && hasChanges(review, diff) ? renderReview(review, diff, news, beside) : '';
    const parts = [room === undefined ? onlyOnce(tools, stack, options.told) : tools, resources];
    return parts.filter((part) => part !== '').join('\n') || UNCHANGED;
  };
  return {
    stack,
    text: text(),
    whole: text(Number.POSITIVE_INFINITY),
    exitCode: verdict(review, news),
    ...(review && diff ? { review, tools: diff } : {}),
    ...(news ? { resources: news.resources, waiting: news.waiting ?? [], drift: news.drift ?? [] } : {}),
  };
}

/** Staging is much like prod: a reviewer need not find out that there is nothing else in its comment. */
function onlyOnce(text: string, stack: string, told: Map<string, string>): string {
  const [head = '', ...lines] = text.split('\n');
  const body = lines.join('\n');
  const first = told.get(body);
  if (first === undefined) told.set(body, stack);
  return first === undefined || body === ''
    ? text
    : `${head}\n\nTools, words, permissions and costs: exactly as in stack ${code(first)}.\n`;
}

function unplannable(stack: string, { message, hint, exitCode }: McpgwError): StackReview {
  const lines = fenced([...message.split('\n'), ...(hint === undefined ? [] : [hint])]);
  const text = [`### Stack ${code(stack)}: :x: cannot be planned`, '', ...lines, ''].join('\n');
  return { stack, text, whole: text, exitCode };
}

function asExpected(error: unknown): McpgwError {
  if (error instanceof McpgwError) return error;
  throw error;
}

/** What the stack serves, compared; what its plan tells is not told a second time. */
async function reviewTools(
  before: Side | undefined,
  head: Side,
  { obtain }: ReviewOptions,
): Promise<{ review: Review; diff: ManifestDiff }> {
  const review = reviewStack(before?.plan, head.plan);
  return { review, diff: withoutPlanned(await compare(shownOf(before), shownOf(head), obtain)) };
}

function shownOf(side: Side | undefined): ManifestSide {
  if (side === undefined) return { manifest: { source: EMPTY, servers: {} }, folder: '' };
  const { folder, manifest, plan } = side;
  return { folder, manifest, shown: servedManifest(manifest, plan) };
}

const EMPTY = { formatVersion: 1, type: 'folder' } as const;

/** A preview that fails is for the reviewer to read, beside what is known without it. */
async function reviewResources(
  stack: string,
  base: string | undefined,
  { resources: mode, root, env, say }: ReviewOptions,
): Promise<ResourceNews> {
  const offline = mode === 'offline';
  try {
    if (offline) return { stack, offline, resources: await previewOffline({ root, base, stack, say }) };
    return { stack, offline, ...(await previewLive({ root, base, stack, env, say })) };
  } catch (error) {
    const { message, hint } = asExpected(error);
    const said = hint === undefined ? message : `${message}\n${hint}`;
    return { stack, offline, resources: { changes: [], unchanged: 0, errors: [said] } };
  }
}

async function readSide(folder: string, stack: string): Promise<Side> {
  const manifestDir = join(folder, 'manifest');
  const [settings, manifest] = await Promise.all([readSettings(folder, stack), readManifest(manifestDir)]);
  return { folder: manifestDir, manifest, plan: createPlan(manifest, settings) };
}

function hasChanges(
  { totals, targets, findings, problems, permissions, losses }: Review,
  diff: ManifestDiff,
): boolean {
  const lists = [targets.added, targets.removed, findings, problems, permissions, losses];
  return (
    !isEmptyDiff(diff) ||
    lists.some((list) => list.length > 0) ||
    Object.values(totals).some(([old, made]) => old !== made)
  );
}

function hasNews({ resources, waiting = [], drift = [] }: ResourceNews): boolean {
  return [resources.changes, resources.errors, waiting, drift].some((list) => list.length > 0);
}

function verdict(review: Review | undefined, news: ResourceNews | undefined): ExitCode {
  if ((news?.resources.errors.length ?? 0) > 0) return EXIT.failed;
  if ((review?.problems.length ?? 0) > 0) return EXIT.usage;
  if (review?.findings.some((finding) => finding.forbidden)) return EXIT.refused;
  return (news?.drift?.length ?? 0) > 0 ? EXIT.drift : EXIT.done;
}
