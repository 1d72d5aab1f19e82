/**
 * What a branch changes, stack by stack, against a base revision: tools, words, permissions and losses from the
 * committed files, resources from Pulumi. The base is laid out in a temporary folder and never run but to preview it.
 */
import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { EXIT, type ExitCode, McpgwError } from '../plan/errors.ts';
import type { Manifest } from '../plan/manifest.ts';
import { createPlan } from '../plan/plan.ts';
import type { ResourceReview } from '../plan/preview-digest.ts';
import { type Review, reviewStack } from '../plan/review.ts';
import { renderResources, renderReview, type ToolDiffText, UNCHANGED } from '../plan/review-comment.ts';
import type { Plan } from '../plan/types.ts';
import { exportRevision } from '../store/git-revision.ts';
import { readManifest } from '../store/manifest.ts';
import { listStacks, readSettings } from '../store/stackfile.ts';
import { diffSides, type Obtain } from './diffing.ts';
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
  /** Markdown of the comment's part. */
  text: string;
  /** What the check makes of it. */
  exitCode: ExitCode;
  review?: Review;
  resources?: ResourceReview;
  /** What waits on the base already: drift, or a deployment that did not run. */
  pending?: ResourceReview;
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
    const stacks = options.stacks ?? (await listStacks(root)).filter((stack) => stack !== LOCAL_ONLY);
    const reviews: StackReview[] = [];
    for (const stack of stacks) reviews.push(await reviewOne(stack, folder, options));
    return reviews;
  } finally {
    await dispose();
  }
}

/** What `npm start` serves on this machine; it is never deployed. */
const LOCAL_ONLY = 'local';

async function reviewOne(stack: string, baseFolder: string, options: ReviewOptions): Promise<StackReview> {
  options.say(`stack ${stack}`);
  const head = await readSide(options.root, stack).catch((error: unknown) => error);
  if (head instanceof McpgwError) return unplannable(stack, head);
  if (head instanceof Error) throw head;
  const before = await readSide(baseFolder, stack).catch(() => undefined);
  const parts: string[] = [];
  const made: StackReview = { stack, text: '', exitCode: EXIT.done };
  if (options.tools) {
    made.review = reviewStack(before?.plan, (head as Side).plan);
    const diff = await diffSides(chosenOf(before), chosenOf(head as Side), options.obtain).catch(
      (error: unknown) => error,
    );
    // definitions that are not what the manifest pins: somebody edited one of the two
    if (diff instanceof McpgwError) return unplannable(stack, diff);
    if (!isDiffText(diff)) throw diff;
    const changed = !diff.isEmpty || hasChanges(made.review);
    parts.push(changed ? renderReview(made.review, diff) : UNCHANGED);
  }
  if (options.resources !== 'none') {
    const failure = await addResources(made, parts, stack, baseFolder, before, options).catch(asExpected);
    if (failure) {
      parts.push(notPreviewed(failure));
      made.resources = { changes: [], unchanged: 0, errors: [failure.message] };
    }
  }
  const text = parts.every((part) => part === UNCHANGED) ? UNCHANGED : parts.join('\n');
  return { ...made, text, exitCode: verdict(made) };
}

function unplannable(stack: string, { message, hint, exitCode }: McpgwError): StackReview {
  const text = `### Stack \`${stack}\`: cannot be planned\n\n\`\`\`\n${message}\n${hint ?? ''}\n\`\`\`\n`;
  return { stack, text, exitCode };
}

/** A preview that fails is for the reviewer to read, beside what is known without it. */
function notPreviewed({ message, hint }: McpgwError): string {
  return `#### Resources: :x: no preview\n\n\`\`\`\`\n${message}\n${hint ?? ''}\n\`\`\`\`\n`;
}

function asExpected(error: unknown): McpgwError {
  if (error instanceof McpgwError) return error;
  throw error;
}

function isDiffText(value: unknown): value is ToolDiffText {
  return typeof value === 'object' && value !== null && 'markdown' in value;
}

async function addResources(
  made: StackReview,
  parts: string[],
  stack: string,
  baseFolder: string,
  before: Side | undefined,
  { resources, root, env, say }: ReviewOptions,
): Promise<undefined> {
  const from = before ? baseFolder : undefined;
  const offline = resources === 'offline';
  if (offline) {
    made.resources = await previewOffline({ root, base: from, stack, say });
  } else {
    Object.assign(made, await previewLive({ root, base: from, stack, env, say }));
  }
  const { changes, errors } = made.resources ?? { changes: [], errors: [] };
  const quiet = changes.length + errors.length + (made.pending?.changes.length ?? 0) === 0;
  const rendered = made.resources && renderResources(made.resources, { offline, pending: made.pending });
  parts.push(quiet || rendered === undefined ? UNCHANGED : rendered);
  return undefined;
}

async function readSide(folder: string, stack: string): Promise<Side> {
  const manifestDir = join(folder, 'manifest');
  const [settings, manifest] = await Promise.all([readSettings(folder, stack), readManifest(manifestDir)]);
  return { folder: manifestDir, manifest, plan: createPlan(manifest, settings) };
}

/** The servers that the stack takes: one that comes into it is as good as new, whoever else has it. */
function chosenOf(side: Side | undefined): { manifest: Manifest; folder: string } {
  const { source, servers } = side?.manifest ?? { source: EMPTY, servers: {} };
  const chosen = new Set(side?.plan.targets.map(({ server }) => server));
  const kept = Object.fromEntries(Object.entries(servers).filter(([id]) => chosen.has(id)));
  return { manifest: { source, servers: kept }, folder: side?.folder ?? '' };
}

const EMPTY = { formatVersion: 1, type: 'folder' } as const;

function hasChanges(review: Review): boolean {
  const { totals, targets, findings, problems, permissions, losses } = review;
  const lists = [targets.added, targets.removed, findings, problems, permissions, losses];
  return lists.some((list) => list.length > 0) || Object.values(totals).some(([old, made]) => old !== made);
}

function verdict({ review, resources, pending }: StackReview): ExitCode {
  if ((resources?.errors.length ?? 0) > 0) return EXIT.failed;
  if ((review?.problems.length ?? 0) > 0) return EXIT.usage;
  if (review?.findings.some((finding) => finding.forbidden)) return EXIT.refused;
  return (pending?.changes.length ?? 0) > 0 ? EXIT.drift : EXIT.done;
}
