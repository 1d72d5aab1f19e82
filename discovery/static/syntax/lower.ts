/** From tree-sitter's syntax nodes to the small tree of ast.ts. Total: a statement that it does not know becomes `compound`. */
import type { ClassDef, Expr, FunctionDef, ModuleAst, Stmt } from './ast.ts';
import { Expressions } from './lower-expressions.ts';
import type { RawNode } from './parser.ts';

export function lowerModule(root: RawNode, text: string): ModuleAst['body'] {
  return new Lowering(text).block(root);
}

class Lowering {
  readonly #text: string;
  readonly #expressions: Expressions;

  constructor(text: string) {
    this.#text = text;
    this.#expressions = new Expressions(text);
  }

  #word(node: RawNode): string {
    return this.#text.slice(node.start, node.end);
  }

  block(node: RawNode | undefined): Stmt[] {
    return node === undefined ? [] : node.children.flatMap((child) => this.#statement(child));
  }

  #statement(node: RawNode): Stmt[] {
    switch (node.type) {
      case 'expression_statement':
        return node.children.length === 1
          ? this.#simple(first(node))
          : [
              {
                kind: 'expression',
                value: { kind: 'sequence', items: this.#expressions.all(node.children) },
              },
            ];
      case 'function_definition':
        return [this.#function(node, [])];
      case 'class_definition':
        return [this.#class(node, [])];
      case 'decorated_definition': {
        const decorators = node.children
          .filter((child) => child.type === 'decorator')
          .map((child) => this.#expressions.of(child.children[0]));
        const definition = node.children[node.children.length - 1];
        if (definition?.type === 'function_definition') return [this.#function(definition, decorators)];
        return definition?.type === 'class_definition' ? [this.#class(definition, decorators)] : [];
      }
      case 'import_statement':
        return [
          {
            kind: 'import',
            names: node.children.map((child) => {
              const { name, as } = this.#imported(child);
              return as === undefined ? { module: name } : { module: name, as };
            }),
          },
        ];
      case 'import_from_statement':
        return [this.#from(node)];
      case 'future_import_statement':
        return [];
      case 'return_statement':
        return [{ kind: 'return', value: this.#expressions.tuple(node.children) }];
      case 'global_statement':
      case 'nonlocal_statement':
        return [{ kind: 'global', names: node.children.map((child) => this.#word(child)) }];
      case 'if_statement':
        return [this.#if(node.children)];
      case 'for_statement': {
        const [target, iterable, ...rest] = node.children;
        const body = rest.find((child) => child.type === 'block');
        const orelse = rest.find((child) => child.type === 'else_clause');
        return [
          {
            kind: 'for',
            target: this.#expressions.of(target),
            iterable: this.#expressions.of(iterable),
            body: this.block(body),
            orelse: this.block(orelse?.children.find((child) => child.type === 'block')),
          },
        ];
      }
      case 'with_statement':
        return [this.#with(node)];
      default:
        return this.#compound(node);
    }
  }

  #simple(node: RawNode): Stmt[] {
    if (node.type === 'assignment') return [this.#assignment(node)];
    if (node.type === 'augmented_assignment') {
      const [target, value] = node.children;
      return [
        { kind: 'assign', targets: [this.#expressions.of(target)], value: this.#expressions.of(value) },
      ];
    }
    return [{ kind: 'expression', value: this.#expressions.of(node) }];
  }

  #assignment(node: RawNode): Stmt {
    const annotation = node.children.find((child) => child.type === 'type');
    const [target, value] = node.children.filter((child) => child.type !== 'type');
    const targets = [this.#expressions.of(target)];
    let right = value;
    while (right?.type === 'assignment') {
      targets.push(this.#expressions.of(right.children[0]));
      right = right.children[right.children.length - 1];
    }
    return {
      kind: 'assign',
      targets,
      ...(right === undefined ? {} : { value: this.#expressions.of(right) }),
      ...(annotation === undefined ? {} : { annotation: this.#expressions.of(annotation.children[0]) }),
    };
  }

  #function(node: RawNode, decorators: Expr[]): FunctionDef {
    const returns = node.children.find((child) => child.type === 'type');
    const name = node.children.find((child) => child.type === 'identifier');
    return {
      kind: 'function',
      name: name === undefined ? '' : this.#word(name),
      async: node.children.some((child) => child.type === 'async'),
      parameters: this.#expressions.parameters(node.children.find((child) => child.type === 'parameters')),
      decorators,
      ...(returns === undefined ? {} : { returns: this.#expressions.of(returns.children[0]) }),
      body: this.block(node.children.find((child) => child.type === 'block')),
    };
  }

  #class(node: RawNode, decorators: Expr[]): ClassDef {
    const name = node.children.find((child) => child.type === 'identifier');
    const bases = node.children.find((child) => child.type === 'argument_list')?.children ?? [];
    return {
      kind: 'class',
      name: name === undefined ? '' : this.#word(name),
      bases: this.#expressions.all(bases.filter((child) => child.type !== 'keyword_argument')),
      decorators,
      body: this.block(node.children.find((child) => child.type === 'block')),
    };
  }

  /** `name` or `name as other`. */
  #imported(node: RawNode): { name: string; as?: string } {
    if (node.type !== 'aliased_import') return { name: this.#dotted(node) };
    const [name, as] = node.children;
    return {
      name: name === undefined ? '' : this.#dotted(name),
      ...(as === undefined ? {} : { as: this.#word(as) }),
    };
  }

  #dotted(node: RawNode): string {
    return node.children.length === 0
      ? this.#word(node)
      : node.children.map((child) => this.#word(child)).join('.');
  }

  #from(node: RawNode): Stmt {
    const [module, ...names] = node.children;
    const prefix = module?.children.find((child) => child.type === 'import_prefix');
    const dotted =
      module?.type === 'relative_import'
        ? module.children.find((child) => child.type === 'dotted_name')
        : module;
    return {
      kind: 'from',
      level: prefix === undefined ? 0 : this.#word(prefix).replace(/[^.]/g, '').length,
      module: dotted === undefined ? '' : this.#dotted(dotted),
      names: names.filter((child) => child.type !== 'wildcard_import').map((child) => this.#imported(child)),
      star: names.some((child) => child.type === 'wildcard_import'),
    };
  }

  #if([test, ...rest]: readonly RawNode[]): Stmt {
    const body = rest.find((child) => child.type === 'block');
    const [next, ...others] = rest.filter(
      (child) => child.type === 'elif_clause' || child.type === 'else_clause',
    );
    const orelse =
      next === undefined
        ? []
        : next.type === 'elif_clause'
          ? [this.#if([...next.children, ...others])]
          : this.block(next.children.find((child) => child.type === 'block'));
    return { kind: 'if', test: this.#expressions.of(test), body: this.block(body), orelse };
  }

  #with(node: RawNode): Stmt {
    const clause = node.children.find((child) => child.type === 'with_clause');
    // `with (a as b, c as d):` puts the items into a tuple.
    const items = (clause?.children ?? []).flatMap((item) => {
      const [value] = item.children;
      return value?.type === 'tuple' ? value.children : value === undefined ? [] : [value];
    });
    return {
      kind: 'with',
      items: items.map((item) => {
        if (item.type !== 'as_pattern') return { value: this.#expressions.of(item) };
        const [value, target] = item.children;
        return { value: this.#expressions.of(value), target: this.#expressions.of(target?.children[0]) };
      }),
      body: this.block(node.children.find((child) => child.type === 'block')),
    };
  }

  /** try, while, match, raise, assert, …: expressions and blocks, in their order. */
  #compound(node: RawNode): Stmt[] {
    const expressions: Expr[] = [];
    const bodies: Stmt[][] = [];
    const visit = (child: RawNode): void => {
      if (child.type === 'block') bodies.push(this.block(child));
      else if (child.type.endsWith('_clause')) child.children.forEach(visit);
      else if (isDefinition(child)) bodies.push(this.#statement(child));
      else expressions.push(this.#expressions.of(child));
    };
    node.children.forEach(visit);
    return expressions.length + bodies.length === 0 ? [] : [{ kind: 'compound', expressions, bodies }];
  }
}

function first(node: RawNode): RawNode {
  return node.children[0] as RawNode;
}

function isDefinition(node: RawNode): boolean {
  return ['function_definition', 'class_definition', 'decorated_definition'].includes(node.type);
}
