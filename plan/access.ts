/**
 * Whether a tool only reads. Read-only mode relies on it, so doubt is never read: a server's own hint is overruled by
 * what its code can call, and a tool that can run anything it is given (a query, a command) is unknown.
 */
import type { JsonObject } from './hash.ts';
import type { ActionEntry, ToolEntry } from './manifest.ts';

export interface AccessFacts {
  name: string;
  /** Its author did not give the name: an operation of a specification, a function of an account. */
  foreignName?: boolean | undefined;
  annotations?: JsonObject | undefined;
  /** IAM actions that the tool's function can reach, where that could be followed. */
  actions?: readonly { action: string; access: ActionEntry['access'] }[] | undefined;
  /** What reviewed knowledge says. */
  knowledge?: 'read' | 'write' | undefined;
}

export type Access = Pick<ToolEntry, 'access' | 'because'>;

export function decideAccess(facts: AccessFacts): Access {
  if (facts.knowledge) return { access: facts.knowledge, because: 'knowledge' };
  const hint = hinted(facts.annotations ?? {});
  if (hint === 'write') return { access: 'write', because: 'annotation' };
  const reached = accessOfActions(facts.actions ?? []);
  const opens = facts.actions?.some(({ action }) => OPENS.has(action)) === true;
  if (reached === 'write') return { access: 'write', because: 'actions' };
  if (hint === 'read') return { access: 'read', because: 'annotation' };
  const name = accessOfName(facts.name);
  // Reading on AWS says nothing of what else a tool does.
  if (reached === 'read' && !opens && name !== 'write' && name !== 'runs')
    return { access: 'read', because: 'actions' };
  const told = name === 'read' && facts.foreignName !== true;
  if (told && (reached === undefined || (reached === 'read' && opens)))
    return { access: 'read', because: 'name' };
  if (name === 'write') return { access: 'write', because: 'name' };
  return {
    access: 'unknown',
    because: name === 'runs' ? 'name' : reached === undefined ? 'none' : 'actions',
  };
}

function hinted(annotations: JsonObject): 'read' | 'write' | undefined {
  if (annotations.destructiveHint === true || annotations.readOnlyHint === false) return 'write';
  return annotations.readOnlyHint === true ? 'read' : undefined;
}

function accessOfActions(
  actions: NonNullable<AccessFacts['actions']>,
): 'read' | 'write' | 'unknown' | undefined {
  if (actions.length === 0) return undefined;
  if (actions.some(({ action }) => CHANGES.has(action))) return 'write';
  if (actions.every(({ access }) => isReading(access))) return 'read';
  return actions.every(({ access }) => isReading(access) || access === 'Unknown') ? 'unknown' : 'write';
}

/** A secret is read to open a database, and what is done there is none of AWS's actions. */
const OPENS: ReadonlySet<string> = new Set(['secretsmanager:GetSecretValue']);
/** Reading by AWS's own table, and yet others see the difference: a received message is hidden, and counted as received. */
const CHANGES: ReadonlySet<string> = new Set(['sqs:ReceiveMessage']);

export function isReading(access: ActionEntry['access']): boolean {
  return access === 'List' || access === 'Read';
}

const words = (text: string) => new Set(text.trim().split(/\s+/));
const READS = words(`
  get list describe read search find lookup fetch show check count view explain recommend estimate compare analyze
  analyse validate suggest summarize summarise inspect preview discover browse retrieve detect diagnose calculate
  audit is has can what verify head`);
const WRITES = words(`
  create put update delete remove add set start stop modify attach detach associate disassociate enable disable
  deploy send publish upload write insert upsert drop purge cancel terminate reboot restart restore register deregister
  grant revoke tag untag apply provision import copy move rename reset rotate change edit manage configure submit
  merge approve reject accept abort resume suspend pause promote failover scale save store subscribe unsubscribe
  initialize init destroy clear flush replace patch post schedule assign unassign confirm complete activate deactivate
  simulate generate build install push setup`);
/** Does whatever it is given: an SQL statement, a command, a function's name. */
const RUNS = words('run execute exec invoke call query connect perform use process handle do eval session');

/** The first telling word decides: `list_tags` reads, `tag_resource` writes. A second deed after `and` or `or` counts too. */
function accessOfName(name: string): 'read' | 'write' | 'runs' | undefined {
  const parts = name
    .replaceAll(
      /([a-z0-9])([A-Z])|(?<=[A-Z])([A-Z])(?=[a-z])/g,
      (_, end = '', next = '', last = '') => `${end}_${next}${last}`,
    )
    .toLowerCase()
    .split(/[^a-z0-9]+/);
  const first = parts.findIndex((part) => kindOf(part) !== undefined);
  const kind = kindOf(parts[first] ?? '');
  if (kind !== 'read') return kind;
  const joined = parts.findIndex((part, index) => index > first && (part === 'and' || part === 'or'));
  const second = joined > 0 ? kindOf(parts[joined + 1] ?? '') : undefined;
  return second ?? kind;
}

function kindOf(word: string): 'read' | 'write' | 'runs' | undefined {
  if (READS.has(word)) return 'read';
  if (WRITES.has(word)) return 'write';
  return RUNS.has(word) ? 'runs' : undefined;
}

/** `s3` of `s3:GetObject`. */
export function serviceOf(action: string): string {
  return action.slice(0, action.indexOf(':'));
}
