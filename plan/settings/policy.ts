/** Settings of the policy engine: which client may call which tools. Part of settings.ts. */
import { z } from 'zod';

const text = z.string().min(1);
const globs = z.array(text).min(1);

const permit = z
  .strictObject({
    /** By their names in auth.clients, `people`, or an issuer's client ids; default: whoever the gateway admits. */
    clients: globs.optional(),
    /** Claims that the token must carry, each with this text. */
    claims: z.record(text, text).optional(),
    /** Toolsets whose tools it permits. */
    toolsets: globs.optional(),
    /** Globs over the stack's servers; default: all. */
    servers: globs.optional(),
    /** Globs over the servers' own names of tools; default: all. */
    tools: globs.optional(),
    /** Only tools known to read. */
    readOnly: z.boolean().default(false),
  })
  .refine(({ toolsets, servers }) => !toolsets || !servers, 'takes toolsets or servers, not both');
export type PermitSetting = z.infer<typeof permit>;

/** The gateway's policy engine: what no permit names is refused. Without it every admitted client may call every tool. */
export const policy = z.strictObject({
  /** `log-only` says in the traces what it would refuse; `enforce` refuses it and hides the tool. */
  mode: z.enum(['log-only', 'enforce']),
  /** What toolsets become: a gateway each, or permits on the stack's one gateway. */
  toolsets: z.enum(['gateways', 'permits']).default('gateways'),
  /** Who may call what; default: each client the tools of its toolsets, without toolsets all. */
  permits: z.array(permit).min(1).optional(),
});
