/**
 * Endpoints of a server that is only documented here and runs elsewhere: the https URLs of the MCP client
 * configurations (fenced JSON blocks) in its README and of its server.json.
 */
import { z } from 'zod';

const configuration = z.object({ url: z.string().optional(), args: z.array(z.unknown()).optional() });

/** Sorted and without duplicates. Text that is no JSON is passed over: a README holds other examples too. */
export function endpointsIn(readme: string, serverJson?: string): string[] {
  const found = new Set<string>();
  for (const block of fencedBlocks(readme)) collect(parse(block), found, 0);
  if (serverJson !== undefined) collect(parse(serverJson), found, 0);
  return [...found].sort();
}

function collect(value: unknown, found: Set<string>, depth: number): void {
  if (typeof value !== 'object' || value === null || depth > 12) return;
  const config = configuration.safeParse(value);
  if (config.success) {
    const candidates = [config.data.url, ...(config.data.args ?? [])];
    for (const candidate of candidates) if (isEndpoint(candidate)) found.add(candidate);
  }
  for (const member of Object.values(value)) collect(member, found, depth + 1);
}

/** A client configuration may also name documentation or a package index; an MCP endpoint of AWS has one of these hosts. */
function isEndpoint(text: unknown): text is string {
  if (typeof text !== 'string' || text.length > 300 || !URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' && (hostname.endsWith('.api.aws') || hostname.endsWith('.amazonaws.com'));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function fencedBlocks(markdown: string): string[] {
  const blocks: string[] = [];
  let open: { fence: string; lines: string[] } | undefined;
  for (const line of markdown.split('\n')) {
    const fence = /^\s*(`{3,}|~{3,})/.exec(line)?.[1];
    if (open === undefined) {
      if (fence !== undefined) open = { fence, lines: [] };
    } else if (fence?.startsWith(open.fence)) {
      blocks.push(open.lines.join('\n'));
      open = undefined;
    } else open.lines.push(line);
  }
  return blocks;
}
