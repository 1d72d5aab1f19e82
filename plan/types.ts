/**
 * The deployment plan: everything that was decided, as plain data. `infra` renders it to AWS, `gateway` to this machine.
 * Made by createPlan (plan/plan.ts) from a manifest and a stack's settings, without I/O.
 */
import type { Json, Sha256 } from './hash.ts';
import type { ServerEntry, ToolEntry } from './manifest.ts';
import type { RemoteTarget } from './remotes.ts';
import type { Settings } from './settings/settings.ts';

export interface Plan {
  stack: string;
  region: string;
  settings: Settings;
  gateway: GatewayPlan;
  targets: TargetPlan[];
  /** Remote servers that the first gateway passes calls on to. */
  remotes?: RemoteTarget[];
  /** Servers that a glob chose and that make no target, with the reason. */
  skipped: { server: string; reason: string }[];
  /** All of them at once; a plan with problems is not rendered. */
  problems: Problem[];
  /** What is worth a look and stops nothing. */
  notes?: Note[];
  totals: { tools: number; tokens: number };
}

export interface Note {
  at: string;
  message: string;
}

export interface Problem {
  /** What it is about: a settings key, a server id or `target___tool`. */
  at: string;
  message: string;
  hint: string;
  /** `refused`: a rule or a budget says no (exit 7); `invalid`: exit 2. */
  kind: 'invalid' | 'refused';
}

export interface GatewayPlan {
  name: string;
  description?: string;
  roleName: string;
}

export interface TargetPlan {
  /** Server id, the stable logical name of every resource of this target. */
  server: string;
  /** Target name in the gateway. */
  name: string;
  /** 1 to 200 characters. */
  description: string;
  kind: 'lambda' | 'mcpServer';
  /** kind mcpServer only: an https URL. */
  endpoint?: string;
  /** Which of the stack's gateways it lay in at the last update, when that is known. */
  shard?: number;
  /** Which of the gateway's lanes it is created in; a target depends on all earlier ones of its lane. */
  lane: number;
  tools: ToolPlan[];
  /** Key of the target's tool schema in the artefact store. */
  schemaKey: string;
  function: FunctionPlan;
  statements: Statement[];
  entry: ServerEntry;
  tokens: number;
}

export interface ToolPlan {
  /** The server's own name for it. */
  name: string;
  /** What follows `target___` in the gateway: the name itself, or an alias where that would be too long. */
  exposed: string;
  projection: Sha256;
  entry: ToolEntry;
}

export interface FunctionPlan {
  name: string;
  roleName: string;
  logGroup: string;
  /** MB */
  memory: number;
  /** seconds */
  timeout: number;
  architecture: 'arm64' | 'x86_64';
  python: string;
  form: 'zip' | 'image';
  concurrency?: number;
  /** AWS X-Ray. */
  tracing?: boolean;
  proxy: ProxySettings;
}

/** What the handler needs to know beside its package; travels as one JSON environment variable. */
export interface ProxySettings {
  server: string;
  target: string;
  arguments: string[];
  environment: Record<string, string>;
  /** Exposed name to the server's own name, only where they differ. */
  aliases: Record<string, string>;
  /** Tools (own names) that may be called; anything else is refused at call time. */
  allow: string[];
  /** Arguments given when absent, by tool: parameters that a tool demands and does not use. */
  fill?: Record<string, Record<string, Json>>;
  onToolError: 'return' | 'throw';
  /** Returned as the server gave them. */
  results?: 'whole';
  isolation: 'warm' | 'per-call';
  /** Variables whose values are read at the start: ARN of a secret (`#key` for a member of its JSON), `ssm:` and a parameter's name, or its ARN. */
  secrets?: Record<string, string>;
  /** Another account's role that the server's credentials assume. */
  role?: { arn: string; externalId?: string };
  /** Where the server's AWS calls go, when not to the function's own region. */
  region?: string;
  /** The gateway's interceptor tells who calls: an argument that is taken out and logged (proxies/interceptor.ts). */
  subject?: boolean;
  /** Arguments of calls stand in the log only when asked for. */
  logArguments?: boolean;
}

/** An IAM policy statement, Effect Allow. */
export interface Statement {
  sid: string;
  actions: string[];
  resources: string[];
  conditions?: Record<string, Record<string, string | string[]>>;
  /** Why a resource is `*`, and where the actions come from. */
  reason: string;
}

/** How to start a server's process on this machine (no shell: arguments are an array). */
export interface LaunchSpec {
  command: string;
  args: string[];
  /** Added to the scrubbed environment that the session builds. */
  env: Record<string, string>;
}
