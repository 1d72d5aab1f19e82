/** The tools of the probe target, as the gateway gets them. Enough fillers to see where a page of tools/list ends. */
import type { ToolDefinition } from '../../plan/manifest.ts';

export const PROBE_TARGET = 'mcpgw-probe';
const FILLERS = 150;

const plain = (name: string, description: string): ToolDefinition => ({
  name,
  description,
  inputSchema: { type: 'object', properties: {} },
});

export const probeTools: readonly ToolDefinition[] = [
  {
    name: 'echo',
    description: 'Returns what reached the function.',
    inputSchema: {
      type: 'object',
      properties: { text: { type: 'string' }, number: { type: 'integer' }, free: { type: 'object' } },
      required: ['text'],
    },
  },
  plain('result_object', 'Returns an object.'),
  plain('result_text', 'Returns a tool result with one text.'),
  plain('result_error', 'Returns a tool result that is an error.'),
  plain('throws', 'Throws an error.'),
  plain('loopback', 'Sends itself a datagram.'),
  ...Array.from({ length: FILLERS }, (_, index) => plain(`filler_${index + 1}`, 'Fills the list of tools.')),
];

/**
 * Schemas for which it matters whether a target that names them from S3 is accepted. Each is the input schema of one
 * tool; `lenient` would save us a loss, `refused` is what we expect of the gateway.
 */
export const SCHEMA_VARIANTS: Readonly<Record<string, object>> = {
  'extra-keys': {
    type: 'object',
    title: 'X',
    properties: { a: { type: 'string', title: 'A', default: 'x' } },
    additionalProperties: false,
  },
  enum: { type: 'object', properties: { a: { type: 'string', enum: ['x', 'y'] } } },
  'any-of-types': { type: 'object', properties: { a: { anyOf: [{ type: 'string' }, { type: 'integer' }] } } },
  'any-of-null': { type: 'object', properties: { a: { anyOf: [{ type: 'string' }, { type: 'null' }] } } },
  'default-null': { type: 'object', properties: { a: { type: 'string', default: null } } },
};
