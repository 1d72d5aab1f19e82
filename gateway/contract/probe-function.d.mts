export function handler(event: unknown, context: { clientContext?: unknown }): Promise<unknown>;
