/**
 * Reads Python text into discovery/static/syntax/ast.ts without executing anything.
 * The grammar is tree-sitter's, as WebAssembly: @vscode/tree-sitter-wasm holds runtime and grammar of one build, has no install
 * script and parsed every file of awslabs/mcp without a complaint (@lezer/python, equally fast, stumbled over nine).
 */
import { createRequire } from 'node:module';
import type { Language, Parser } from '@vscode/tree-sitter-wasm';
import type { ModuleAst } from './ast.ts';
import { lowerModule } from './lower.ts';

/** Larger files are data, not code; the largest module of awslabs/mcp has 0.5 MB. */
export const MAX_CHARACTERS = 2_000_000;
/** Deeper nesting than any written code has; a bound for the recursion of the readers. */
const MAX_DEPTH = 400;

/** A syntax node with the tokens that carry no meaning left out. */
export interface RawNode {
  type: string;
  start: number;
  end: number;
  children: readonly RawNode[];
}

/** Unnamed tokens that the lowering needs, in these parents; all others are left out. */
const TOKENS = new Set(['async', '+', '-', '*', '/', '%', '|', 'and', 'or']);
const TOKEN_PARENTS = new Set(['function_definition', 'binary_operator', 'boolean_operator']);
/** Subtrees that no reader looks into. */
const SKIPPED = new Set(['comment', 'format_specifier', 'type_conversion', 'line_continuation']);

export interface PythonParser {
  /** Never throws: text that cannot be read gives an empty, broken module. */
  parse(text: string): ModuleAst;
}

let shared: Promise<PythonParser> | undefined;

/** One parser per process: loading the grammar takes some 30 ms. */
export function pythonParser(): Promise<PythonParser> {
  shared ??= load();
  return shared;
}

async function load(): Promise<PythonParser> {
  const require = createRequire(import.meta.url);
  const runtime = require('@vscode/tree-sitter-wasm') as typeof import('@vscode/tree-sitter-wasm');
  await runtime.Parser.init();
  const language = await runtime.Language.load(
    require.resolve('@vscode/tree-sitter-wasm/wasm/tree-sitter-python.wasm'),
  );
  const parser = new runtime.Parser();
  parser.setLanguage(language);
  const kinds = nodeKinds(language);
  return { parse: (text) => parseWith(parser, kinds, text) };
}

type NodeKind = { type: string; keep: 'always' | 'token' | 'never'; keepsTokens: boolean };

function nodeKinds(language: Language): NodeKind[] {
  return language.types.map((type, id) => ({
    type,
    keep: keepOf(type, language.nodeTypeIsNamed(id)),
    keepsTokens: TOKEN_PARENTS.has(type),
  }));
}

function keepOf(type: string, named: boolean): NodeKind['keep'] {
  if (named) return SKIPPED.has(type) ? 'never' : 'always';
  return TOKENS.has(type) ? 'token' : 'never';
}

function parseWith(parser: Parser, kinds: NodeKind[], text: string): ModuleAst {
  if (text.length > MAX_CHARACTERS || text.includes('\0')) return { body: [], broken: true };
  const tree = parser.parse(text);
  if (tree === null) return { body: [], broken: true };
  const cursor = tree.walk();
  try {
    const root = rawNode(cursor, kinds, kinds[cursor.nodeTypeId], 0);
    return { body: lowerModule(root, text), broken: tree.rootNode.hasError };
  } catch (error) {
    if (error instanceof NestingError) return { body: [], broken: true };
    throw error;
  } finally {
    cursor.delete();
    tree.delete();
  }
}

class NestingError extends Error {}

type Cursor = ReturnType<NonNullable<ReturnType<Parser['parse']>>['walk']>;

const NONE: readonly RawNode[] = [];

/** Each property of the cursor is a call into WebAssembly: kinds are read once, positions for leaves and string contents only. */
function rawNode(cursor: Cursor, kinds: NodeKind[], own: NodeKind | undefined, depth: number): RawNode {
  if (depth > MAX_DEPTH) throw new NestingError();
  const node: RawNode = { type: own?.type ?? 'ERROR', start: 0, end: 0, children: NONE };
  if (cursor.gotoFirstChild()) {
    const children: RawNode[] = [];
    do {
      const kind = kinds[cursor.nodeTypeId];
      const keep = kind?.keep ?? 'always';
      if (keep === 'always' || (keep === 'token' && own?.keepsTokens))
        children.push(rawNode(cursor, kinds, kind, depth + 1));
    } while (cursor.gotoNextSibling());
    cursor.gotoParent();
    if (children.length > 0) node.children = children;
  }
  if (node.children === NONE || node.type === 'string_content') {
    node.start = cursor.startIndex;
    node.end = cursor.endIndex;
  }
  return node;
}
