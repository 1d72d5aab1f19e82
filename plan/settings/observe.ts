/** Settings of what is watched and recorded. Part of settings.ts. */
import { z } from 'zod';
import { arn } from './infra.ts';

/** Dashboards, alarms, and the gateway's own records. */
export const observe = z.strictObject({
  /** Calls, errors, latency, throttles and cold starts by server. */
  dashboard: z.boolean().default(false),
  /** Errors, throttles and the like, told to people. */
  alarms: z
    .strictObject({
      /** Gets mail for each alarm, after confirming it. */
      email: z.email().optional(),
      /** An existing SNS topic instead of an own one. */
      topic: arn.optional(),
      /** Key of the own topic; its policy must let CloudWatch and Budgets use it. Default: a key made for it. */
      kmsKey: arn.optional(),
      /** Errors of a server in five minutes that raise one. */
      errors: z.int().positive().default(5),
    })
    .optional(),
  /** A budget of what carries the stack's tag; mail at 80 % of it, and when the month's forecast passes it. */
  monthlyBudget: z
    .strictObject({
      /** US dollars. */
      limit: z.number().positive(),
      /** Who is told. */
      emails: z.array(z.email()).min(1).max(10),
    })
    .optional(),
  /** The gateway's own records. They hold request and response bodies: off unless given. */
  gatewayLogs: z
    .strictObject({
      /** Days that they are kept. */
      retentionDays: z.int().positive().default(30),
      /** What callers sent and got. Without it, who called when, and what became of it. */
      bodies: z.boolean().default(false),
    })
    .optional(),
  /** Who calls (the token's `sub`) stands in each function's log: by an interceptor, one more Lambda call each time. */
  subject: z.boolean().default(false),
  /** The gateway's traces to X-Ray; the account needs CloudWatch Transaction Search. */
  gatewayTraces: z.boolean().default(false),
});

/** Who called what, kept: CloudTrail's data events of the gateway and its functions. Each call is recorded and priced. */
export const audit = z.strictObject({
  /** A bucket that exists, such as the organisation's; default: one made for the stack, which outlives it. */
  bucket: z.string().min(3).max(63).optional(),
  /** Days that records are kept in the own bucket. */
  retentionDays: z.int().positive().default(365),
  /** Days that they can be queried beside the functions' logs. */
  queryDays: z.int().positive().default(30),
  /** Key that encrypts the records; its policy must let CloudTrail and CloudWatch Logs use it. Default: a key made for it. */
  kmsKey: arn.optional(),
});
