/** The text of a program that registers recorded resources one by one: the least that any program can cost. */
export function bareProgram(pulumi: string, file: string): string {
  return `import { readFileSync } from 'node:fs';
import pulumi from ${JSON.stringify(pulumi)};

const operations = JSON.parse(readFileSync(${JSON.stringify(file)}, 'utf8'));
const provider = new pulumi.ProviderResource('aws', 'aws', { region: 'us-east-1', allowedAccountIds: '["123456789012"]' });
const made = [];
// Ids that the service gives: another program's resources get others.
const ids = new Map();

function follow(value) {
  if (typeof value === 'string') return ids.get(value) ?? value;
  if (Array.isArray(value)) return value.map(follow);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, follow(item)]));
}

/** What the service demands of any program: no more. */
function needs(type, name) {
  const target = type.endsWith(':AgentcoreGatewayTarget');
  const shared = target || name.startsWith('gateway') ? 'gateway' : type.endsWith(':UserPoolClient') ? 'issuer' : type.endsWith(':Function') ? 'python-' : undefined;
  return made.filter((other) => other.name === name || (shared && other.name.startsWith(shared)));
}

const lanes = new Map();
for (const [index, { type, urn, id, inputs }] of operations.entries()) {
  const name = urn.split('::').at(-1);
  const target = type.endsWith(':AgentcoreGatewayTarget');
  const lane = target ? (lanes.get(index % 4) ?? []) : [];
  const dependsOn = [...needs(type, name).filter((other) => other.type !== type).map(({ resource }) => resource), ...lane];
  const resource = new pulumi.CustomResource(type, name + '-' + index, follow(inputs), { provider, dependsOn, version: '7.48.0' });
  if (/:(AgentcoreGateway|UserPool)$/.test(type)) ids.set(id, resource.id);
  if (target) lanes.set(index % 4, [...lane, resource]);
  made.push({ type, name, resource });
}
`;
}
