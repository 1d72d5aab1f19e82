/**
 * Which tool of the server a call means, or why it is refused.
 * Refused here and not only hidden from tools/list: whoever may invoke the function could name any tool.
 */
import { splitToolName } from '../plan/names.ts';
import type { ProxySettings } from '../plan/types.ts';
import { CONTEXT_KEYS, customOf } from './context.ts';
import { CallFailure } from './errors.ts';

type NameSettings = Pick<ProxySettings, 'target' | 'aliases' | 'allow'>;

/** The server's own name of the called tool. Throws CallFailure `refused`. */
export function readToolName(clientContext: unknown, settings: NameSettings): string {
  const full = customOf(clientContext)[CONTEXT_KEYS.tool];
  if (typeof full !== 'string' || full === '') {
    throw new CallFailure(
      'refused',
      `no tool name (${CONTEXT_KEYS.tool}) in the client context: this function answers an AgentCore gateway only`,
    );
  }
  const parts = splitToolName(full);
  if (parts === undefined || parts.target !== settings.target) {
    throw new CallFailure('refused', `tool ${quote(full)} is not of target ${settings.target}`);
  }
  const tool = ownName(parts.tool, settings);
  if (tool === undefined) {
    throw new CallFailure('refused', `tool ${quote(parts.tool)} is not offered by target ${settings.target}`);
  }
  return tool;
}

/** Exposed name to own name; a tool that has an alias is called by that alias only, as the gateway lists it. */
function ownName(exposed: string, settings: NameSettings): string | undefined {
  const { aliases, allow } = settings;
  const aliased = Object.hasOwn(aliases, exposed) ? aliases[exposed] : undefined;
  const own = aliased ?? (Object.values(aliases).includes(exposed) ? undefined : exposed);
  return own !== undefined && allow.includes(own) ? own : undefined;
}

/** A foreign name in a message: bounded, and no control characters. */
function quote(name: string): string {
  return JSON.stringify(name.length > 100 ? `${name.slice(0, 100)}…` : name);
}
