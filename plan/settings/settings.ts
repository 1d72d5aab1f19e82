/**
 * Stack settings: the `mcpgw:` keys of Pulumi.<stack>.yaml. Every error names its key.
 * The local gateway and the Pulumi program read the same settings; a key here is a key there.
 */
import { z } from 'zod';
import { McpgwError } from '../errors.ts';
import { GATEWAY_NAME, TARGET_NAME } from '../names.ts';
import {
  arn,
  assumedRole,
  awsRegion,
  existingGateway,
  peopleClient,
  rateLimits,
  secretReferences,
  signedEndpoint,
  toolsets,
  transforms,
} from './infra.ts';
import { network, serverNetwork, waf } from './network.ts';
import { audit, observe } from './observe.ts';
import { policy } from './policy.ts';
import { removal } from './removal.ts';

/** The Pulumi project's name, and so the namespace of its settings. */
export const PROJECT = 'mcpgw';

const globs = z.array(z.string().min(1));
const text = z.string().min(1);

const statement = z.strictObject({
  /** `service:Action`, `*` allowed within the action's name. */
  actions: z
    .array(
      z
        .string()
        .regex(
          /^[a-z0-9-]+:[A-Za-z][A-Za-z0-9*]*$/,
          'must look like service:Action; a bare * is never granted',
        ),
    )
    .min(1),
  /** ARNs. */
  resources: z.array(text).min(1),
  /** By operator, then by key: `{StringEquals: {"aws:ResourceTag/team": a}}`. */
  conditions: z
    .record(z.string(), z.record(z.string(), z.union([z.string(), z.array(z.string())])))
    .optional(),
});
export type StatementSetting = z.infer<typeof statement>;

/** Settings of one server (or of all that a glob names, under `servers.defaults`). */
const server = z.strictObject({
  /** Target name in the gateway; default: the id without `-mcp-server`. */
  target: z.string().regex(TARGET_NAME, 'letters and digits with single hyphens between').optional(),
  /** Given to the server's command, after its own. */
  arguments: z.array(z.string()).optional(),
  /** Variables of the server's process; nothing secret, as they stand in the stack file. */
  environment: z
    .record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'must be a legal variable name'), z.string())
    .optional(),
  /** Lambda memory, MB. */
  memory: z.int().min(128).max(10240).optional(),
  /** Lambda time-out, seconds. */
  timeout: z.int().min(1).max(900).optional(),
  /** Only tools known to read, and only actions that read; default: the stack's `readOnly`. */
  readOnly: z.boolean().optional(),
  /** Which of its tools clients see, by globs. */
  tools: z.strictObject({ include: globs.optional(), exclude: globs.optional() }).optional(),
  /** Extra policy statements. */
  statements: z.array(statement).optional(),
  /** Actions of the manifest that are not granted, `*` allowed in them. */
  withhold: globs.optional(),
  /** Actions of the manifest's `aws.conditional` (AWS asks for them in some accounts only) that are granted, `*` allowed in them. */
  conditional: globs.optional(),
  /** ARNs of KMS keys of your own under which its data lies: used through the services that it calls, and not directly. */
  keys: z.array(arn).min(1).optional(),
  /** ARNs to which actions are limited, by service (`dynamodb`) or by action (`dynamodb:Query`). */
  resources: z
    .record(
      z.string().regex(/^[a-z0-9-]+(?::[A-Za-z0-9]+)?$/, 'must be a service or service:Action'),
      z.array(text).min(1),
    )
    .optional(),
  /** A zip or a container image; default: what discovery found to fit. `mcpgw package` measures a zip and refuses what Lambda would. */
  form: z.enum(['zip', 'image']).optional(),
  /** Reserved concurrent executions. */
  concurrency: z.int().min(0).optional(),
  /** What becomes of a tool's error: data (`{isError: true, …}`, the default) or a thrown error. */
  onToolError: z.enum(['return', 'throw']).optional(),
  /**
   * `unwrapped` (default): a tool's value, as a gateway that shows it as text needs it; `whole`: the tool's result as the
   * server gave it, for a gateway that shows results as they are (`mcpgw contract` tells).
   */
  results: z.enum(['unwrapped', 'whole']).optional(),
  /** `per-call` starts a fresh server process for every call. */
  isolation: z.enum(['warm', 'per-call']).optional(),
  network: serverNetwork.optional(),
  role: assumedRole.optional(),
  /** Where its AWS calls go; the function stays in the stack's region. */
  region: awsRegion.optional(),
  /** Of a remote server that wants signed requests: instead of the manifest's. */
  endpoint: signedEndpoint.optional(),
  secrets: secretReferences.optional(),
  /** AWS X-Ray. */
  tracing: z.boolean().optional(),
  /** Arguments of calls stand in the log. */
  logArguments: z.boolean().optional(),
});
export type ServerSettings = z.infer<typeof server>;

const cognito = z.strictObject({
  /** `cognito`: a user pool made for the stack; `issuer`: one that exists. */
  type: z.literal('cognito'),
  /** Prefix of the hosted domain; unique in a region. Default: gateway name, then the account. */
  domainPrefix: z
    .string()
    .regex(/^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/)
    .optional(),
  /** Machine clients by name, and the scopes each may ask for. */
  clients: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]{0,40}$/),
      z.strictObject({
        /** What its tokens may carry; `invoke` is the right to call tools. */
        scopes: z.array(text).min(1),
        /** Toolsets whose gateways admit it; default: all. */
        toolsets: z.array(text).min(1).optional(),
      }),
    )
    .optional(),
  people: peopleClient.optional(),
  /** Id of the user pool that a stack of this name left (`removal.users: retain`): it is taken into this one. */
  pool: z
    .string()
    .regex(/^[\w-]+_[0-9a-zA-Z]+$/, 'must be a user pool id, such as us-east-1_Ab12Cd34E')
    .optional(),
});
const issuer = z
  .strictObject({
    type: z.literal('issuer'),
    /** Where the issuer describes itself. */
    discoveryUrl: z
      .string()
      .regex(
        /^https:\/\/.+\/\.well-known\/openid-configuration$/,
        'must be https and end in /.well-known/openid-configuration',
      ),
    /** Client ids that are let in. */
    clients: z.array(text).optional(),
    /** A token's `aud` must be one of these. */
    audiences: z.array(text).optional(),
    /** A token must carry one of these. */
    scopes: z.array(text).optional(),
  })
  .refine((value) => value.clients || value.audiences || value.scopes, 'needs clients, audiences or scopes');

/** What `mcpgw review` refuses in a pull request (plan/review/rules.ts). */
export const REVIEW_RULES = ['read-to-write', 'wildcard', 'words-same-version', 'budget'] as const;

export const settingsSchema = z.strictObject({
  /** What clients connect to. */
  gateway: z.strictObject({
    /** Lower case: gateway ids are, and the trust condition matches on it. At most 48 characters. */
    name: z
      .string()
      .regex(GATEWAY_NAME, 'lower-case letters and digits with single hyphens between, at most 48'),
    /** For people who look at it. */
    description: z.string().min(1).max(200).optional(),
    /** For models that use it. */
    instructions: z.string().min(1).max(2048).optional(),
    /** A tool that finds tools; chosen when the gateway is made, and not in every region. */
    search: z.enum(['semantic', 'none']).default('none'),
    /** Real error messages to callers; leaks paths. */
    debugErrors: z.boolean().default(false),
    /** An update may delete or replace the gateway, and so change its URL. */
    allowReplace: z.boolean().default(false),
    /** Gateways that the targets are spread over; default: as many as they need. */
    shards: z.int().min(1).max(20).optional(),
    existing: existingGateway.optional(),
    /** Key that encrypts the gateway's settings. */
    kmsKey: arn.optional(),
  }),
  toolsets: toolsets.default({}),
  transforms: transforms.default([]),
  /** Whose tokens the gateway accepts. */
  auth: z.discriminatedUnion('type', [cognito, issuer]).default({ type: 'cognito' }),
  /** Which servers of the manifest, and how each runs. */
  servers: z
    .strictObject({
      /** Globs or full ids; a full id that cannot be hosted is an error. */
      include: globs.default(['*']),
      /** Goes before include. */
      exclude: globs.default([]),
      /** Remote servers, run by AWS: open ones the gateway calls itself, those that want signed requests get a function. */
      remote: z.array(text).default([]),
      /** Settings by server id. */
      settings: z.record(z.string(), server).default({}),
      /** What holds for every server; its own settings go before it. */
      defaults: server.omit({ target: true, endpoint: true }).default({}),
    })
    .prefault({}),
  /** Only tools known to read, and only actions that read; a server's own `readOnly` goes before it. */
  readOnly: z.boolean().default(false),
  /** What a client may see at most; exceeded: exit code 7. */
  budget: z
    .strictObject({
      /** Tools of a gateway. */
      tools: z.int().positive().optional(),
      /** Tokens that the definitions of its tools take, at four characters each. */
      tokens: z.int().positive().optional(),
      /** US dollars a month that the stack may cost before the first call. */
      idleCost: z.number().nonnegative().optional(),
    })
    .default({}),
  observe: observe.prefault({}),
  audit: audit.optional(),
  network: network.prefault({}),
  waf: waf.optional(),
  rateLimits: rateLimits.default([]),
  policy: policy.optional(),
  /** Names of what is made on AWS. */
  names: z
    .strictObject({
      /** Before every role, function and log group name. Default: the gateway's name. */
      prefix: z
        .string()
        .regex(/^[a-z0-9](?:[-]?[a-z0-9]){0,30}$/)
        .optional(),
      /** Path of every role. */
      iamPath: z
        .string()
        .regex(/^\/(?:[\w+=,.@-]+\/)*$/)
        .default('/'),
    })
    .prefault({}),
  /** ARN of the policy that bounds every role. */
  permissionsBoundary: z.string().regex(/^arn:/).optional(),
  /** On every resource that takes tags. */
  tags: z.record(z.string(), z.string()).default({}),
  /** The functions' logs. */
  logs: z
    .strictObject({
      /** Days that they are kept. */
      retentionDays: z.int().positive().default(30),
      /** Key that encrypts the functions' log groups; its policy must let CloudWatch Logs use it. */
      kmsKey: arn.optional(),
    })
    .prefault({}),
  /** Where packages, layers and tool schemas lie. */
  artefacts: z
    .strictObject({
      /** A bucket that exists; default: one of this account and region, made when first needed. */
      bucket: text.optional(),
    })
    .prefault({}),
  /** The accounts this stack may be deployed to. */
  accounts: z.array(z.string().regex(/^\d{12}$/, 'must be a 12-digit account id')).optional(),
  /** Pulumi refuses to delete what holds state, and reviews are stricter: for production. */
  protect: z.boolean().default(false),
  removal: removal.prefault({}),
  /** Rules that pull requests to this stack may break; counts once it is on the base branch. */
  review: z
    .strictObject({
      /** Their names. */
      allow: z.array(z.enum(REVIEW_RULES)).default([]),
    })
    .prefault({}),
});
export type Settings = z.infer<typeof settingsSchema> & { stack: string; region: string };

/**
 * Settings of a stack from the `config:` mapping of its file (values already parsed).
 * Keys of other namespaces are left alone, but `aws:region` is read. Throws settings-invalid with every problem.
 */
export function parseSettings(
  stack: string,
  config: Readonly<Record<string, unknown>>,
  where: string,
): Settings {
  const own = Object.entries(config)
    .filter(([key]) => key.startsWith(`${PROJECT}:`))
    .map(([key, value]) => [key.slice(PROJECT.length + 1), value] as const);
  const result = settingsSchema.safeParse(Object.fromEntries(own));
  const problems = result.success
    ? []
    : result.error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys'
          ? issue.keys.map((key) => `${PROJECT}:${[...issue.path, key].join('.')}: unknown setting`)
          : [`${PROJECT}:${issue.path.join('.')}: ${issue.message}`],
      );
  const region = config['aws:region'];
  if (typeof region !== 'string' || !awsRegion.safeParse(region).success) {
    problems.push('aws:region: must name an AWS region, such as us-east-1');
  }
  if (!result.success || problems.length > 0) {
    throw new McpgwError('settings-invalid', `${where}:\n  ${problems.join('\n  ')}`, {
      hint: 'docs/settings.md lists every setting',
    });
  }
  return { ...result.data, stack, region: region as string };
}
