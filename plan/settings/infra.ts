/** Settings of what only AWS has: further gateways, clients of people, other accounts, transforms. Part of settings.ts. */
import { z } from 'zod';

const text = z.string().min(1);
const globs = z.array(text);
const shortName = z
  .string()
  .regex(/^[a-z0-9](?:-?[a-z0-9]){0,20}$/, 'lower-case letters and digits with single hyphens');
export const arn = z.string().regex(/^arn:aws[a-z-]*:/, 'must be an ARN');

export const awsRegion = z
  .string()
  .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'must name an AWS region, such as us-east-1');

/** Signed requests carry a session token: never over plain HTTP but to this machine. */
export const signedEndpoint = z
  .string()
  .regex(
    /^(?:https:\/\/[^/\s]+|http:\/\/(?:127\.0\.0\.1|localhost)(?::\d+)?)(?:\/\S*)?$/,
    'must be an https URL (plain http only to 127.0.0.1)',
  );

/** A gateway that exists: functions, roles and targets are added, nothing of its own is touched. */
export const existingGateway = z.strictObject({
  /** Its id (not its ARN). */
  id: z.string().regex(/^([0-9a-z]-?){1,48}-[0-9a-z]{10}$/, 'must be a gateway id, such as tools-ab12cd34ef'),
  /** Name of its role: gets the right to call the functions added. */
  role: z.string().regex(/^[\w+=,.@-]{1,64}$/, 'must be a role name, without its path'),
  /** Targets that it has already: they count. */
  targets: z.int().min(0).default(0),
});

/** Named groups of servers and tools, each behind a gateway of its own. A server may be in several. */
export const toolsets = z.record(
  shortName,
  z.strictObject({
    /** Globs over the servers that the stack takes. */
    include: globs.min(1),
    /** Goes before include. */
    exclude: globs.default([]),
    /** Of a server in it, by id, only these tools (by the server's own names); default: all. */
    tools: z
      .record(text, z.strictObject({ include: globs.optional(), exclude: globs.optional() }))
      .default({}),
  }),
);

/** A public client with PKCE, for people and their desktop tools. */
export const peopleClient = z.strictObject({
  /** Where the browser returns with the code. */
  callbackUrls: z
    .array(
      z
        .string()
        .regex(
          /^(?:https:\/\/|http:\/\/localhost[:/]|[a-z][a-z0-9+.-]*:\/\/)/,
          'https, localhost, or an own scheme',
        ),
    )
    .min(1),
  /** Where it may return after signing out. */
  logoutUrls: z.array(text).optional(),
  /** What people's tokens may carry. */
  scopes: z.array(text).min(1).default(['invoke']),
});

/** Another account's role that a server's credentials assume; then it gets no other permission. */
export const assumedRole = z.strictObject({ arn, externalId: z.string().min(2).optional() });

/** Variables whose values are read from Secrets Manager or SSM when the function starts. */
export const secretReferences = z.record(
  z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a legal variable name'),
  z
    .string()
    .regex(
      /^(?:arn:aws[a-z-]*:(?:secretsmanager|ssm):[^#]+(?:#.+)?|ssm:.+)$/,
      'must be the ARN of a secret or parameter, or ssm: and a parameter name',
    ),
);

/** The escape hatch: properties and options of chosen resources, set after all else. */
export const transforms = z.array(
  z
    .strictObject({
      /** Pulumi type, `*` allowed: aws:lambda/function:Function */
      type: text,
      /** Logical name, `*` allowed: the server id, `gateway`, `issuer`. */
      name: text.default('*'),
      /** Merged into the resource's own; null takes one away. */
      properties: z.record(z.string(), z.json()).optional(),
      /** Properties of which a change is left alone. */
      ignoreChanges: z.array(text).optional(),
      /** Pulumi refuses to delete it. */
      protect: z.boolean().optional(),
      /** It stays on AWS when it leaves the stack. */
      retainOnDelete: z.boolean().optional(),
    })
    .refine(({ type, name, ...change }) => Object.keys(change).length > 0, 'changes nothing'),
);

/** How often who may call what. Each line narrows by what it names; rate 0 blocks. */
export const rateLimits = z
  .array(
    z
      .strictObject({
        /** Client by its name in auth.clients (an issuer's: its id); `*`: each for itself. */
        client: text.optional(),
        /** Server id, or `*`: each for itself. */
        target: text.optional(),
        /** The server's own name of a tool; only with a target. */
        tool: text.optional(),
        rate: z.number().min(0).max(10_000_000),
        per: z.enum(['second', 'minute']).default('minute'),
      })
      .refine(
        ({ client, target }) => client !== undefined || target !== undefined,
        'names neither client nor target',
      )
      .refine(({ tool, target }) => tool === undefined || target !== undefined, 'a tool needs its target'),
  )
  .max(1000);
