/** A team's own stack file: made from a template, or the one that is there with the team's names, comments kept. */
import { isMap, parseDocument } from 'yaml';
import { McpgwError } from './errors.ts';
import { PROJECT } from './settings/settings.ts';
import type { StackEdit } from './stack-edit.ts';

export interface OwnNames {
  /** Gateway name without the stack: `acme` gives `acme-dev`. */
  name?: string | undefined;
  region?: string | undefined;
  account?: string | undefined;
}

/** A small, read-only start: a team widens it with `mcpgw add`. */
export function newStackFile(stack: string, isProduction: boolean): string {
  return `# Stack ${stack}. Every setting: docs/settings.md. \`mcpgw plan --stack ${stack}\` says what it comes to.
config:
  aws:region: us-east-1
  ${PROJECT}:gateway:
    name: ${PROJECT}-${stack}
  ${PROJECT}:servers:
    include:
      - aws-documentation-mcp-server
      - iam-mcp-server
  # Tools that write are neither shown nor callable, and write actions are not granted.
  ${PROJECT}:readOnly: true
${isProduction ? `  # The gateway's URL is what every agent knows: nothing may delete it by accident.\n  ${PROJECT}:protect: true\n` : ''}  ${PROJECT}:tags:
    environment: ${stack}
`;
}

export function ownStackFile(text: string, stack: string, names: OwnNames, file: string): StackEdit {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) {
    throw new McpgwError('settings-invalid', `${file}: not a YAML mapping`, {
      hint: 'mend the file by hand first',
    });
  }
  const changes: string[] = [];
  const set = (path: string[], value: unknown) => {
    const old: unknown = document.getIn(path);
    if (JSON.stringify(old) === JSON.stringify(value)) return;
    document.setIn(path, Array.isArray(value) ? document.createNode(value) : value);
    changes.push(`${file}: ${path.slice(1).join('.')} is ${JSON.stringify(value)}`);
  };
  if (names.name !== undefined) set(['config', `${PROJECT}:gateway`, 'name'], `${names.name}-${stack}`);
  if (names.region !== undefined) set(['config', 'aws:region'], names.region);
  if (names.account !== undefined && !accountsOf(document.toJS()).includes(names.account)) {
    set(['config', `${PROJECT}:accounts`], [names.account]);
  }
  return { text: changes.length === 0 ? text : document.toString({ lineWidth: 0 }), changes };
}

function accountsOf(value: unknown): string[] {
  const { config } = value as { config?: Record<string, unknown> };
  const accounts = config?.[`${PROJECT}:accounts`];
  return Array.isArray(accounts) ? accounts.map(String) : [];
}
