/** From tree-sitter's syntax nodes to the small tree of ast.ts. Total: what it does not know becomes `other` or `compound`. */
import type { ClassDef, Expr, FunctionDef, ModuleAst, Parameter, Stmt } from './ast.ts';
import type { RawNode } from './parser.ts';
import { decodeEscapes } from './strings.ts';

export function lowerModule(root: RawNode, text: string): ModuleAst['body'] {
  return new Lowering(text).block(root);
}

const NOTHING: Expr = { kind: 'constant', value: null };
/** Without a prototype: a keyword may be called `constructor`. Most calls have none and share one. */
const noKeywords = (): Record<string, Expr> => Object.create(null) as Record<string, Expr>;
const NO_KEYWORDS: Record<string, Expr> = Object.freeze(noKeywords());

class Lowering {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
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
          : [{ kind: 'expression', value: { kind: 'sequence', items: this.#all(node.children) } }];
      case 'function_definition':
        return [this.#function(node, [])];
      case 'class_definition':
        return [this.#class(node, [])];
      case 'decorated_definition': {
        const decorators = node.children
          .filter((child) => child.type === 'decorator')
          .map((child) => this.#expr(child.children[0]));
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
        return [{ kind: 'return', value: this.#tuple(node.children) }];
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
            target: this.#expr(target),
            iterable: this.#expr(iterable),
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
      return [{ kind: 'assign', targets: [this.#expr(target)], value: this.#expr(value) }];
    }
    return [{ kind: 'expression', value: this.#expr(node) }];
  }

  #assignment(node: RawNode): Stmt {
    const annotation = node.children.find((child) => child.type === 'type');
    const [target, value] = node.children.filter((child) => child.type !== 'type');
    const targets = [this.#expr(target)];
    let right = value;
    while (right?.type === 'assignment') {
      targets.push(this.#expr(right.children[0]));
      right = right.children[right.children.length - 1];
    }
    return {
      kind: 'assign',
      targets,
      ...(right === undefined ? {} : { value: this.#expr(right) }),
      ...(annotation === undefined ? {} : { annotation: this.#expr(annotation.children[0]) }),
    };
  }

  #function(node: RawNode, decorators: Expr[]): FunctionDef {
    const returns = node.children.find((child) => child.type === 'type');
    const name = node.children.find((child) => child.type === 'identifier');
    return {
      kind: 'function',
      name: name === undefined ? '' : this.#word(name),
      async: node.children.some((child) => child.type === 'async'),
      parameters: this.#parameters(node.children.find((child) => child.type === 'parameters')),
      decorators,
      ...(returns === undefined ? {} : { returns: this.#expr(returns.children[0]) }),
      body: this.block(node.children.find((child) => child.type === 'block')),
    };
  }

  #class(node: RawNode, decorators: Expr[]): ClassDef {
    const name = node.children.find((child) => child.type === 'identifier');
    const bases = node.children.find((child) => child.type === 'argument_list')?.children ?? [];
    return {
      kind: 'class',
      name: name === undefined ? '' : this.#word(name),
      bases: this.#all(bases.filter((child) => child.type !== 'keyword_argument')),
      decorators,
      body: this.block(node.children.find((child) => child.type === 'block')),
    };
  }

  #parameters(node: RawNode | undefined): Parameter[] {
    const found: Parameter[] = [];
    let form: Parameter['form'] = 'positional';
    for (const child of node?.children ?? []) {
      if (child.type === 'keyword_separator') form = 'keyword';
      if (child.type === 'positional_separator' || child.type === 'keyword_separator') continue;
      const parameter = this.#parameter(child, form);
      if (parameter === undefined) continue;
      if (parameter.form === 'star') form = 'keyword';
      found.push(parameter);
    }
    return found;
  }

  #parameter(node: RawNode, form: Parameter['form']): Parameter | undefined {
    const [head] = node.children;
    switch (node.type) {
      case 'identifier':
        return { name: this.#word(node), form };
      case 'list_splat_pattern':
        return head && { name: this.#word(head), form: 'star' };
      case 'dictionary_splat_pattern':
        return head && { name: this.#word(head), form: 'doublestar' };
      case 'typed_parameter': {
        const inner = head && this.#parameter(head, form);
        const type = node.children.find((child) => child.type === 'type');
        return inner && type ? { ...inner, annotation: this.#expr(type.children[0]) } : inner;
      }
      case 'default_parameter':
      case 'typed_default_parameter': {
        const type = node.children.find((child) => child.type === 'type');
        const value = node.children[node.children.length - 1];
        if (head === undefined) return undefined;
        return {
          name: this.#word(head),
          form,
          ...(type === undefined ? {} : { annotation: this.#expr(type.children[0]) }),
          default: this.#expr(value),
        };
      }
      default:
        return undefined;
    }
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
    return { kind: 'if', test: this.#expr(test), body: this.block(body), orelse };
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
        if (item.type !== 'as_pattern') return { value: this.#expr(item) };
        const [value, target] = item.children;
        return { value: this.#expr(value), target: this.#expr(target?.children[0]) };
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
      else expressions.push(this.#expr(child));
    };
    node.children.forEach(visit);
    return expressions.length + bodies.length === 0 ? [] : [{ kind: 'compound', expressions, bodies }];
  }

  #all(nodes: readonly RawNode[]): Expr[] {
    return nodes.map((node) => this.#expr(node));
  }

  #tuple(nodes: readonly RawNode[]): Expr {
    const [only] = nodes;
    if (nodes.length === 0) return NOTHING;
    return nodes.length === 1 ? this.#expr(only) : { kind: 'sequence', items: this.#all(nodes) };
  }

  #expr(node: RawNode | undefined): Expr {
    if (node === undefined) return NOTHING;
    const { children } = node;
    switch (node.type) {
      case 'identifier':
        return { kind: 'name', id: this.#word(node) };
      case 'attribute': {
        const [value, name] = children;
        return {
          kind: 'attribute',
          value: this.#expr(value),
          name: name === undefined ? '' : this.#word(name),
        };
      }
      case 'call':
        return this.#call(children);
      case 'string':
        return this.#string([node]);
      case 'concatenated_string':
        return this.#string(children);
      case 'integer':
        return { kind: 'constant', value: Number(this.#word(node).replaceAll('_', '')) };
      case 'true':
      case 'false':
        return { kind: 'constant', value: node.type === 'true' };
      case 'none':
        return NOTHING;
      case 'parenthesized_expression':
      case 'await':
      case 'type':
        return this.#expr(children[0]);
      case 'list':
      case 'tuple':
      case 'set':
      case 'expression_list':
      case 'pattern_list':
      case 'tuple_pattern':
      case 'list_pattern':
        return { kind: 'sequence', items: this.#all(children) };
      case 'dictionary':
        return {
          kind: 'dict',
          entries: children.map((child) => {
            const [key, value] = child.children;
            return child.type === 'pair'
              ? { key: this.#expr(key), value: this.#expr(value) }
              : { value: this.#expr(key) };
          }),
        };
      case 'generic_type': {
        const [value, parameters] = children;
        return {
          kind: 'subscript',
          value: this.#expr(value),
          index: this.#all(parameters?.children ?? []),
        };
      }
      case 'subscript':
        return { kind: 'subscript', value: this.#expr(children[0]), index: this.#all(children.slice(1)) };
      case 'binary_operator': {
        const [left, operator, right] = children;
        // Operators that no reader asks for are left out of the raw tree.
        if (right === undefined) return { kind: 'other', children: this.#all(children) };
        return {
          kind: 'binary',
          operator: operator?.type ?? '',
          left: this.#expr(left),
          right: this.#expr(right),
        };
      }
      case 'boolean_operator': {
        const [left, operator, right] = children;
        return {
          kind: 'either',
          operator: operator?.type === 'and' ? 'and' : 'or',
          values: [this.#expr(left), this.#expr(right)],
        };
      }
      case 'conditional_expression': {
        const [body, test, orelse] = children;
        return {
          kind: 'conditional',
          test: this.#expr(test),
          body: this.#expr(body),
          orelse: this.#expr(orelse),
        };
      }
      case 'lambda': {
        const parameters = children.find((child) => child.type === 'lambda_parameters');
        return {
          kind: 'lambda',
          parameters: this.#parameters(parameters),
          body: this.#expr(children[children.length - 1]),
        };
      }
      case 'named_expression': {
        const [name, value] = children;
        return {
          kind: 'walrus',
          name: name === undefined ? '' : this.#word(name),
          value: this.#expr(value),
        };
      }
      case 'yield':
        return { kind: 'yield', value: this.#tuple(children) };
      case 'list_comprehension':
      case 'set_comprehension':
      case 'dictionary_comprehension':
      case 'generator_expression':
        return this.#comprehension(children);
      default:
        return { kind: 'other', children: this.#all(children) };
    }
  }

  #comprehension(children: readonly RawNode[]): Expr {
    const clauses = children.filter((child) => child.type === 'for_in_clause');
    const elements = children[0]?.type === 'pair' ? children[0].children : children.slice(0, 1);
    return {
      kind: 'comprehension',
      elements: this.#all(elements),
      loops: clauses.map((clause) => {
        const [target, iterable] = clause.children;
        return { target: this.#expr(target), iterable: this.#expr(iterable) };
      }),
      conditions: children
        .filter((child) => child.type === 'if_clause')
        .map((child) => this.#expr(child.children[0])),
    };
  }

  #call([callee, list]: readonly RawNode[]): Expr {
    const args: Expr[] = [];
    let keywords = NO_KEYWORDS;
    const spread: Expr[] = [];
    if (list !== undefined && list.type !== 'argument_list') args.push(this.#expr(list));
    for (const child of list?.type === 'argument_list' ? list.children : []) {
      const [head, value] = child.children;
      if (child.type === 'keyword_argument' && head !== undefined) {
        if (keywords === NO_KEYWORDS) keywords = noKeywords();
        keywords[this.#word(head)] = this.#expr(value);
      } else if (child.type === 'list_splat' || child.type === 'dictionary_splat')
        spread.push(this.#expr(head));
      else args.push(this.#expr(child));
    }
    return { kind: 'call', callee: this.#expr(callee), args, keywords, spread };
  }

  #string(strings: readonly RawNode[]): Expr {
    const parts: (string | Expr)[] = [];
    for (const { children } of strings) {
      const start = children[0]?.type === 'string_start' ? this.#word(children[0]).toLowerCase() : '';
      for (const child of children) {
        if (child.type === 'interpolation') parts.push(this.#expr(child.children[0]));
        else if (child.type === 'string_content') {
          const text = this.#word(child);
          parts.push(start.includes('r') ? text : decodeEscapes(text, start.includes('f')));
        }
      }
    }
    if (parts.every((part) => typeof part === 'string')) return { kind: 'string', value: parts.join('') };
    return { kind: 'fstring', parts };
  }
}

function first(node: RawNode): RawNode {
  return node.children[0] as RawNode;
}

function isDefinition(node: RawNode): boolean {
  return ['function_definition', 'class_definition', 'decorated_definition'].includes(node.type);
}
