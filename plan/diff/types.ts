/** What differs between two manifests, as data: the JSON of `mcpgw diff`. Only what changed is there. */
import type { ToolEntry } from '../manifest.ts';
import type { SchemaChange } from './schema.ts';
import type { Hunk } from './word-diff.ts';

export interface ManifestDiff {
  /** By id; a renamed server by its new one. */
  servers: Record<string, ServerDiff>;
  /** Servers of which words changed that could not be shown, as definitions of one side are missing. */
  wordsUnknown: string[];
}

export interface ServerDiff {
  status: 'added' | 'removed' | 'renamed' | 'changed';
  /** Status renamed: the id before. */
  from?: string;
  version?: [string | null, string | null];
  /** The package's own files differ. Without another version it is a class of its own. */
  sourceChanged?: true;
  /** Words or schemas differ while version and source do not: nobody released this change. */
  underSameSource?: string[];
  tools?: ToolsDiff;
  actions?: {
    added: string[];
    removed: string[];
    /** Those of `added` that do more than read. */
    writes?: string[];
    /** Tools that are known to reach one of `added`, by action. */
    reachedBy?: Record<string, string[]>;
  };
  tokens?: [number, number];
  /** Other facts that changed: kind, hosting, probe, entrypoint, build, deprecated, locked dependencies. */
  facts?: Record<string, [string | null, string | null]>;
  /** Facts that are lists: environment, arguments, endpoints, what was not derived, conditional permissions, receivers of roles. */
  lists?: Record<string, { added: string[]; removed: string[] }>;
}

export interface ToolsDiff {
  added: string[];
  removed: string[];
  /** New name by old name. */
  renamed?: Record<string, string>;
  /** Of added tools, what the manifest knows. */
  addedFacts?: Record<string, Pick<ToolEntry, 'access' | 'tokens' | 'parameters'>>;
  /** Of added tools, when their definitions are known: every text that a model reads. */
  addedWords?: Record<string, NonNullable<ToolDiff['words']>>;
  changed: Record<string, ToolChangeKind[]>;
  /** The same tools as `changed`, in detail. */
  details: Record<string, ToolDiff>;
}

export type ToolChangeKind = 'schema' | 'words' | 'access' | 'loss' | 'actions' | 'tokens';

export interface ToolDiff {
  parameters?: {
    added: Record<string, string>;
    removed: string[];
    /** Were optional, or not there, and must be given now. */
    required: string[];
    optional: string[];
    retyped: Record<string, { types: [string, string]; narrower: boolean }>;
  };
  access?: [string, string];
  /** `narrower`: places where callers lose something that they had. */
  loss?: { added: Record<string, string>; removed: Record<string, string>; narrower?: string[] };
  annotations?: Record<string, [string, string]>;
  actions?: { added: string[]; removed: string[] };
  tokens?: [number, number];
  /** By JSON pointer, when the definitions of both sides are known; `signs` are those of signals.ts that are new. */
  words?: Record<string, { hunks: Hunk[]; signs: string[] }>;
  /** Choices, bounds, defaults and nested members that changed, when the definitions are known. */
  constraints?: SchemaChange[];
  /** Pointers of schema members that changed beside the parameters' types, when the definitions are known. */
  schema?: string[];
}
