/**
 * Derives names, required members and types of resource inputs from @pulumi/aws's own .d.ts files, with TypeScript's
 * checker: the stand-in then refuses what the real SDK would not compile, also where the value was computed.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import ts from 'typescript';
import type { AwsSchema, Property, ResourceSchema, TypeAlternative } from './types.ts';

export function deriveSchema(modules: readonly string[]): AwsSchema {
  const manifest = createRequire(import.meta.url).resolve('@pulumi/aws/package.json');
  const root = path.dirname(manifest);
  const files = modules.map((module) => path.join(root, `${module}.d.ts`));
  const program = ts.createProgram(files, {
    skipLibCheck: true,
    strict: true,
    module: ts.ModuleKind.Node16,
    moduleResolution: ts.ModuleResolutionKind.Node16,
    types: [],
    noEmit: true,
  });
  const reader = new TypeReader(program.getTypeChecker());
  const resources: Record<string, ResourceSchema> = {};
  for (const [index, file] of files.entries()) {
    const source = program.getSourceFile(file);
    const token = /__pulumiType = '([^']+)'/.exec(readFileSync(file.replace(/\.d\.ts$/, '.js'), 'utf8'))?.[1];
    if (!source || !token) throw new Error(`${file}: no Pulumi resource`);
    resources[token] = resourceOf(source, modules[index] ?? '', reader);
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  return { version, resources: sorted(resources), types: sorted(reader.types) };
}

function resourceOf(source: ts.SourceFile, module: string, reader: TypeReader): ResourceSchema {
  let inputs: Record<string, Property> = {};
  let outputs: string[] = [];
  ts.forEachChild(source, (node) => {
    if (ts.isInterfaceDeclaration(node) && node.name.text.endsWith('Args')) inputs = reader.properties(node);
    if (ts.isClassDeclaration(node)) outputs = outputNames(node);
  });
  return { module, inputs: sorted(inputs), computed: outputs.filter((name) => !(name in inputs)).sort() };
}

function outputNames(node: ts.ClassDeclaration): string[] {
  return node.members
    .filter((member) => ts.isPropertyDeclaration(member))
    .filter((member) => !member.modifiers?.some((modifier) => modifier.kind === ts.SyntaxKind.StaticKeyword))
    .map((member) => member.name.getText());
}

class TypeReader {
  readonly types: Record<string, Record<string, Property>> = {};
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  properties(node: ts.InterfaceDeclaration): Record<string, Property> {
    return this.#members(this.#checker.getTypeAtLocation(node));
  }

  #members(type: ts.Type): Record<string, Property> {
    const members: Record<string, Property> = {};
    for (const symbol of type.getProperties()) {
      const declaration = symbol.valueDeclaration ?? symbol.declarations?.[0];
      if (!declaration) continue;
      members[symbol.name] = {
        required: !(symbol.flags & ts.SymbolFlags.Optional),
        type: this.#alternatives(this.#checker.getTypeOfSymbolAtLocation(symbol, declaration)),
      };
    }
    return members;
  }

  #alternatives(type: ts.Type): TypeAlternative[] {
    const found = (type.isUnion() ? type.types : [type])
      .filter((part) => !(part.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Null)))
      .filter((part) => !isLater(part))
      .map((part) => this.#alternative(part));
    return [...new Map(found.map((alternative) => [JSON.stringify(alternative), alternative])).values()];
  }

  #alternative(type: ts.Type): TypeAlternative {
    if (type.flags & ts.TypeFlags.StringLike) return 'string';
    if (type.flags & ts.TypeFlags.NumberLike) return 'number';
    if (type.flags & ts.TypeFlags.BooleanLike) return 'boolean';
    const item = this.#checker.isArrayType(type)
      ? this.#checker.getTypeArguments(type as ts.TypeReference)[0]
      : undefined;
    if (item) return { array: this.#alternatives(item) };
    const values = type.getStringIndexType();
    if (values) return { map: this.#alternatives(values) };
    const symbol = type.getSymbol();
    if (!symbol) return 'any';
    const isInput = symbol.declarations?.some((declaration) =>
      declaration.getSourceFile().fileName.endsWith('types/input.d.ts'),
    );
    return isInput ? { ref: this.#reference(symbol, type) } : { class: symbol.name };
  }

  #reference(symbol: ts.Symbol, type: ts.Type): string {
    const name = this.#checker.getFullyQualifiedName(symbol).replace(/^".*"\./, '');
    if (!this.types[name]) {
      this.types[name] = {};
      this.types[name] = sorted(this.#members(type));
    }
    return name;
  }
}

/** Promise<T> and Output<T> of an Input<T>: the plain T stands beside them. */
function isLater(type: ts.Type): boolean {
  const name = type.getSymbol()?.name ?? type.aliasSymbol?.name ?? '';
  return ['Promise', 'OutputInstance', 'Output'].includes(name) || type.isIntersection();
}

function sorted<T>(record: Record<string, T>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}
