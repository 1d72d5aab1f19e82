/**
 * Points on which the AgentCore gateway's behaviour is not established by its documentation (marked [?] or [C] in our
 * notes): what we assume, switchable, so that the local gateway imitates what `mcpgw contract` found on an account.
 */
export interface Behaviour {
  /** A returned `{content: […]}` is shown as the tool result itself, not as JSON in a text. */
  liftResults: boolean;
  /** An object that a target returns stands in `structuredContent` too. */
  structuredContent: boolean;
  /** Arguments that the schema does not name. */
  unknownArguments: 'passed' | 'dropped' | 'refused';
  /** Members of an object whose schema names none. */
  freeFormObjects: 'passed' | 'dropped';
  /** Tools a page of tools/list. */
  pageSize: number;
}

export const ASSUMED: Behaviour = {
  liftResults: false,
  structuredContent: false,
  unknownArguments: 'passed',
  freeFormObjects: 'passed',
  pageSize: 100,
};
