/** Files that only a server's build hook would make: taken from a published wheel instead, pinned by its hash. */
import { z } from 'zod';

const PATH = /^(?!.*(?:^|\/)\.{1,2}(?:\/|$))[\w.-]+(?:\/[\w.-]+)+$/;
const PINNED = /^[A-Za-z0-9._-]+==[A-Za-z0-9.]+ --hash=sha256:[0-9a-f]{64}$/;

/** Path below the installed packages to a requirement of pip's, pinned to one wheel. */
export const hookFiles = z.record(
  z.string().regex(PATH, 'must be a path below the packages'),
  z.string().regex(PINNED, 'must be `NAME==VERSION --hash=sha256:…` of a wheel'),
);
export type HookFiles = z.infer<typeof hookFiles>;

/** `NAME VERSION` of such a requirement, for messages. */
export function wheelName(pinned: string): string {
  return (pinned.split(' ')[0] ?? pinned).replace('==', ' ');
}
