/** The tools of the gateway as a client sees them: found by full name, listed in pages. */
import type { ProjectedTool } from '../plan/schema/projection.ts';
import type { TargetPlan } from '../plan/types.ts';

export interface ListedTool {
  /** `target___tool`. */
  name: string;
  target: TargetPlan;
  /** Name without the target, and the schema as the gateway has it. */
  tool: ProjectedTool;
}

export interface Catalogue {
  tools: readonly ListedTool[];
  find(name: string): ListedTool | undefined;
  /** One page; throws RangeError at a cursor that this catalogue did not give out. */
  page(cursor: string | undefined, size: number): { tools: readonly ListedTool[]; nextCursor?: string };
}

export function catalogueOf(tools: readonly ListedTool[]): Catalogue {
  const byName = new Map(tools.map((tool) => [tool.name, tool]));
  return {
    tools,
    find: (name) => byName.get(name),
    page(cursor, size) {
      const from = cursor === undefined ? 0 : offsetOf(cursor, tools.length);
      const end = from + size;
      return {
        tools: tools.slice(from, end),
        ...(end < tools.length && { nextCursor: cursorOf(end) }),
      };
    },
  };
}

/** Opaque to clients. */
function cursorOf(offset: number): string {
  return Buffer.from(`tools:${offset}`).toString('base64url');
}

function offsetOf(cursor: string, length: number): number {
  const digits = /^tools:(\d{1,9})$/.exec(Buffer.from(cursor, 'base64url').toString())?.[1];
  const offset = Number(digits);
  if (digits === undefined || offset >= length || cursorOf(offset) !== cursor) {
    throw new RangeError('Invalid cursor');
  }
  return offset;
}
