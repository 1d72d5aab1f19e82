/** Options that several commands share. */
export const STACK = {
  type: 'string',
  value: 'name',
  description: 'stack, as in Pulumi.<name>.yaml',
} as const;
export const MANIFEST = {
  type: 'string',
  value: 'dir',
  description: 'manifest folder (default: manifest/ of the project)',
} as const;
export const SERVERS = {
  type: 'strings',
  value: 'glob',
  description: 'only these servers (ids or globs)',
} as const;
export const LOCAL = {
  type: 'boolean',
  description: 'the running local gateway (the default without --stack)',
} as const;
export const DRY_RUN = { type: 'boolean', description: 'say what would change, write nothing' } as const;
export const VERBOSE = { type: 'boolean', description: 'every log line on the terminal' } as const;
