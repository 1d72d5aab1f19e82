/**
 * Files of an older format made into today's, comments and order kept: manifests by their formatVersion, stack files by
 * the names that settings once had. A step is added here, with its test, whenever a format or a setting's name changes.
 */
import { type Document, isMap, parseDocument } from 'yaml';
import { McpgwError } from './errors.ts';
import { MANIFEST_FORMAT } from './manifest.ts';
import { PROJECT } from './settings/settings.ts';

export interface Lifted {
  text: string;
  /** In words, one line a change; empty when the file is of today's format. */
  changes: string[];
}

/** From the version it is under to the next one. */
export type Steps = Readonly<Record<number, (document: Document) => void>>;

/** No release has had another manifest format than 1. */
export const MANIFEST_STEPS: Steps = {};

/** Old name to new name, as paths below `mcpgw:`, such as `gateway.searchType` to `gateway.search`. None so far. */
export const RENAMED_SETTINGS: Readonly<Record<string, string>> = {};

/** Throws manifest-format for a version without steps to today's, or a newer one. */
export function liftManifestFile(
  text: string,
  where: string,
  steps = MANIFEST_STEPS,
  current: number = MANIFEST_FORMAT,
): Lifted {
  const document = open(text, where, 'manifest-invalid');
  const from = document.get('formatVersion');
  if (typeof from !== 'number' || from > current) throw cannot(where, from, current);
  for (let version = from; version < current; version += 1) {
    const step = steps[version];
    if (!step) throw cannot(where, from, current);
    step(document);
    document.set('formatVersion', version + 1);
  }
  if (from === current) return { text, changes: [] };
  return { text: document.toString({ lineWidth: 0 }), changes: [`${where}: format ${from} to ${current}`] };
}

export function liftStackFile(text: string, where: string, renamed = RENAMED_SETTINGS): Lifted {
  const document = open(text, where, 'settings-invalid');
  const changes: string[] = [];
  for (const [old, made] of Object.entries(renamed)) {
    const [from, to] = [pathOf(old), pathOf(made)];
    const value = document.getIn(from, true);
    if (value === undefined) continue;
    if (document.hasIn(to)) {
      throw new McpgwError(
        'settings-invalid',
        `${where}: has both ${old} and ${made}, which is its name today`,
        {
          hint: `remove ${PROJECT}:${old}`,
        },
      );
    }
    document.setIn(to, value); // the node itself, with its comments
    document.deleteIn(from);
    changes.push(`${where}: ${PROJECT}:${old} is ${PROJECT}:${made} now`);
  }
  return { text: changes.length === 0 ? text : document.toString({ lineWidth: 0 }), changes };
}

function pathOf(dotted: string): string[] {
  const [first = '', ...rest] = dotted.split('.');
  return ['config', `${PROJECT}:${first}`, ...rest];
}

function open(text: string, where: string, code: 'manifest-invalid' | 'settings-invalid'): Document {
  const document = parseDocument(text);
  if (document.errors.length === 0 && isMap(document.contents)) return document;
  throw new McpgwError(code, `${where}: not a YAML mapping`, { hint: 'mend the file by hand first' });
}

function cannot(where: string, from: unknown, current: number): McpgwError {
  return new McpgwError(
    'manifest-format',
    `${where}: format ${String(from)} cannot be lifted to ${current}`,
    {
      hint: 'regenerate the manifest with `mcpgw discover`, or use the version of mcpgw that wrote it',
    },
  );
}
