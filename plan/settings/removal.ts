/** Settings of what outlives a removal. Part of settings.ts. */
import { z } from 'zod';

const fate = z.enum(['delete', 'retain']);

/** What becomes of what people may still want to read, when a server or the whole stack is removed. */
export const removal = z.strictObject({
  /** Logs of functions and gateways. What was retained is taken back when its server comes back. */
  logs: fate.default('delete'),
  /** Bucket of the audit records, with its key. `delete` empties it. */
  audit: fate.default('retain'),
  /** The user pool, with people's accounts; `auth.pool` takes it back. Its clients and its domain go. */
  users: fate.default('delete'),
});
