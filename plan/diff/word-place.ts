/** Where a text of a definition stands, as a reader names it: `description`, `filters[].name`; else its JSON pointer. */

const GROUPS = new Set(['anyOf', 'oneOf', 'allOf', 'prefixItems']);

export function placeOf(at: string): string {
  const [root, ...path] = at.slice(1).split('/').map(unescaped);
  const what = path.pop();
  if (root === 'description' || root === 'title') return root;
  if (root !== 'inputSchema' || what === undefined) return at;
  const place = walk(path);
  if (place === undefined) return at;
  const name = place === '' ? 'arguments' : place;
  return what === 'description' ? name : `${name} (${what})`;
}

/** undefined where a step is none of properties, items, choices or definitions. */
function walk(path: readonly string[]): string | undefined {
  let place = '';
  for (let index = 0; index < path.length; index += 1) {
    const [step = '', next] = [path[index], path[index + 1]];
    if (step === 'items') {
      place += '[]';
      continue;
    }
    if (next === undefined) return undefined;
    if (step === 'properties') place += place === '' ? next : `.${next}`;
    else if (step === '$defs' && index === 0) place = next;
    else if (!GROUPS.has(step)) return undefined;
    index += 1;
  }
  return place;
}

function unescaped(step: string): string {
  return step.replaceAll('~1', '/').replaceAll('~0', '~');
}
