/**
 * Adds a server to a stack's file, or takes one out, as a person would: through YAML's document, so that comments,
 * order and everything else in the file stay as they are. Text to text; what changed is said in words.
 */
import { type Document, isMap, isScalar, isSeq, parseDocument, YAMLSeq } from 'yaml';
import { McpgwError } from './errors.ts';
import { matchesGlobs } from './globs.ts';
import { PROJECT } from './settings/settings.ts';

export interface StackEdit {
  text: string;
  /** One line a change, empty when the file already says so. */
  changes: string[];
}

const SERVERS = ['config', `${PROJECT}:servers`];
const INCLUDE = [...SERVERS, 'include'];
const EXCLUDE = [...SERVERS, 'exclude'];
const REMOTE = [...SERVERS, 'remote'];

/** Throws settings-invalid when an exclude glob, which may stand for other servers too, keeps the server out. */
/** `kind` remote goes into a list of its own: what is asked of it leaves the account. */
export function addServer(text: string, id: string, file: string, kind = 'stdio'): StackEdit {
  const document = read(text, file);
  const changes: string[] = [];
  if (dropItem(document, EXCLUDE, id)) changes.push(`${file}: ${id} no longer excluded`);
  const barred = globsAt(document, EXCLUDE, []).find((glob) => matchesGlobs(id, [glob]));
  if (barred !== undefined) {
    throw new McpgwError(
      'settings-invalid',
      `${file}: servers.exclude names ${barred}, which keeps ${id} out`,
      {
        hint: `narrow ${barred} in servers.exclude first`,
      },
    );
  }
  if (kind === 'remote') {
    if (!globsAt(document, REMOTE, []).includes(id)) {
      listAt(document, REMOTE).add(document.createNode(id));
      changes.push(`${file}: ${id} added to servers.remote`);
    }
  } else if (!matchesGlobs(id, globsAt(document, INCLUDE, ['*']))) {
    listAt(document, INCLUDE).add(document.createNode(id));
    changes.push(`${file}: ${id} added to servers.include`);
  }
  return finish(document, text, changes);
}

export function removeServer(text: string, id: string, file: string): StackEdit {
  const document = read(text, file);
  const changes: string[] = [];
  if (dropItem(document, INCLUDE, id)) changes.push(`${file}: ${id} taken out of servers.include`);
  const isRemote = dropItem(document, REMOTE, id);
  if (isRemote) changes.push(`${file}: ${id} taken out of servers.remote`);
  const included = isRemote
    ? undefined
    : globsAt(document, INCLUDE, ['*']).find((glob) => matchesGlobs(id, [glob]));
  if (included !== undefined && !matchesGlobs(id, globsAt(document, EXCLUDE, []))) {
    listAt(document, EXCLUDE).add(document.createNode(id));
    changes.push(`${file}: ${id} added to servers.exclude, as servers.include has ${included}`);
  }
  const settings = document.getIn([...SERVERS, 'settings']);
  if (isMap(settings) && settings.delete(id)) {
    changes.push(`${file}: settings of ${id} removed`);
    if (settings.items.length === 0) document.deleteIn([...SERVERS, 'settings']);
  }
  return finish(document, text, changes);
}

function read(text: string, file: string): Document {
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error || !isMap(document.contents ?? undefined)) {
    throw new McpgwError('settings-invalid', `${file}: ${error?.message ?? 'not a YAML mapping'}`, {
      hint: 'mend the file by hand first',
    });
  }
  return document;
}

function finish(document: Document, text: string, changes: string[]): StackEdit {
  if (changes.length === 0) return { text, changes };
  // the habits of the file's writer, so that a reviewer sees the one line that was meant
  const style = {
    lineWidth: 0,
    flowCollectionPadding: /[[{] /.test(text),
    indentSeq: !SEQUENCE_AT_KEY.test(text),
  };
  return { text: document.toString(style), changes };
}

const SEQUENCE_AT_KEY = /^( *)[^\s#-].*:[ ]*\n\1- /m;

function globsAt(document: Document, path: readonly string[], otherwise: string[]): string[] {
  const list = document.getIn(path);
  return isSeq(list) ? list.items.map(textOf) : otherwise;
}

/** The list at `path`, made when it is not there. */
function listAt(document: Document, path: readonly string[]): YAMLSeq {
  const list = document.getIn(path);
  if (isSeq(list)) return list as YAMLSeq;
  const made = new YAMLSeq();
  document.setIn(path, made);
  return made;
}

/** Whether the literal `id` stood in the list; comments of its neighbours stay. */
function dropItem(document: Document, path: readonly string[], id: string): boolean {
  const list = document.getIn(path);
  if (!isSeq(list)) return false;
  const at = list.items.findIndex((item) => textOf(item) === id);
  if (at < 0) return false;
  list.delete(at);
  if (list.items.length === 0 && path !== INCLUDE) document.deleteIn(path);
  return true;
}

function textOf(item: unknown): string {
  return String(isScalar(item) ? item.value : item);
}
