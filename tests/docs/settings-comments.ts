/**
 * The comments on the settings' schema, read from its TypeScript source, so that docs/settings.md and the editors'
 * schema say what the code says. TypeScript's own parser; the schema's shape comes from zod (settings-docs.ts).
 */
import ts from 'typescript';

/** Comment of a place and of what is inside it: members by name, `*` for the values of a record or a list. */
export interface Commented {
  comment?: string | undefined;
  members: Map<string, Commented>;
}

/** `sources`: the texts of the files in which the schema stands. `root`: the name of its constant. */
export function readComments(sources: readonly string[], root: string): Commented {
  const constants = new Map<string, ts.VariableDeclaration>();
  for (const [index, text] of sources.entries()) {
    const file = ts.createSourceFile(`${index}.ts`, text, ts.ScriptTarget.Latest, true);
    for (const statement of file.statements) {
      if (!ts.isVariableStatement(statement)) continue;
      for (const declaration of statement.declarationList.declarations) {
        constants.set(declaration.name.getText(), declaration);
      }
    }
  }
  const start = constants.get(root);
  return start?.initializer ? read(start.initializer, constants) : { members: new Map() };
}

function read(node: ts.Expression, constants: ReadonlyMap<string, ts.VariableDeclaration>): Commented {
  const found: Commented = { members: new Map() };
  if (ts.isIdentifier(node)) {
    const declaration = constants.get(node.text);
    if (!declaration?.initializer) return found;
    const inner = read(declaration.initializer, constants);
    return { ...inner, comment: inner.comment ?? commentOf(declaration.parent.parent) };
  }
  if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return found;
  const { name, expression } = node.expression;
  if (expression.getText() !== 'z') return read(expression, constants); // .optional(), .default(…), .regex(…)
  const parts = node.arguments.map((argument) => argument);
  if (name.text === 'strictObject' && parts[0] && ts.isObjectLiteralExpression(parts[0])) {
    for (const property of parts[0].properties) {
      const value = ts.isPropertyAssignment(property) ? property.initializer : undefined;
      const inner = value ? read(value, constants) : shorthand(property, constants);
      found.members.set(property.name?.getText().replaceAll("'", '') ?? '', {
        members: inner.members,
        comment: commentOf(property) ?? inner.comment,
      });
    }
  }
  if (name.text === 'record' && parts[1]) found.members.set('*', read(parts[1], constants));
  if (name.text === 'array' && parts[0]) found.members.set('*', read(parts[0], constants));
  for (const part of parts) {
    if (!ts.isArrayLiteralExpression(part)) continue;
    for (const variant of part.elements) merge(found, read(variant, constants)); // unions
  }
  return found;
}

function shorthand(node: ts.Node, constants: ReadonlyMap<string, ts.VariableDeclaration>): Commented {
  return ts.isShorthandPropertyAssignment(node) ? read(node.name, constants) : { members: new Map() };
}

function merge(into: Commented, other: Commented): void {
  for (const [name, member] of other.members) {
    const mine = into.members.get(name);
    if (mine) merge(mine, member);
    else into.members.set(name, member);
  }
}

function commentOf(node: ts.Node): string | undefined {
  const [doc] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc).slice(-1);
  const text = typeof doc?.comment === 'string' ? doc.comment : ts.getTextOfJSDocComment(doc?.comment);
  return text?.replaceAll(/\s*\n\s*/g, ' ');
}
