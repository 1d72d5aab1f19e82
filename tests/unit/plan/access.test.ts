/** Access of a tool: doubt is never read. */
import { type AccessFacts, decideAccess } from '../../../plan/access.ts';

const list = { action: 'iam:ListUsers', access: 'List' as const };
const write = { action: 'iam:CreateUser', access: 'Write' as const };
const tagging = { action: 'iam:TagUser', access: 'Tagging' as const };
const secret = { action: 'secretsmanager:GetSecretValue', access: 'Read' as const };
const receive = { action: 'sqs:ReceiveMessage', access: 'Read' as const };
const unknown = { action: 'x:Y', access: 'Unknown' as const };

test.each<[AccessFacts, string]>([
  // knowledge goes before everything
  [{ name: 'create_x', knowledge: 'read' }, 'read knowledge'],
  [{ name: 'get_x', knowledge: 'write', annotations: { readOnlyHint: true } }, 'write knowledge'],
  // hints: a server may call its own tool writing; calling it reading is overruled by its code
  [{ name: 'get_x', annotations: { readOnlyHint: false } }, 'write annotation'],
  [{ name: 'get_x', annotations: { readOnlyHint: true, destructiveHint: true } }, 'write annotation'],
  [{ name: 'create_x', annotations: { readOnlyHint: true } }, 'read annotation'],
  [{ name: 'get_x', annotations: { readOnlyHint: true }, actions: [list, write] }, 'write actions'],
  // actions
  [{ name: 'users', actions: [list] }, 'read actions'],
  [{ name: 'get_users', actions: [list, tagging] }, 'write actions'],
  [{ name: 'get_users', actions: [list, unknown] }, 'unknown actions'],
  // reading on AWS says nothing of a database that is then opened
  [{ name: 'run_query', actions: [list] }, 'unknown name'],
  [{ name: 'delete_row', actions: [list] }, 'write name'],
  [{ name: 'source_db_analyzer', actions: [secret] }, 'unknown actions'],
  [{ name: 'get_table_schema', actions: [list, secret] }, 'read name'],
  // reading by AWS's table, but others see the difference
  [{ name: 'get_messages', actions: [list, receive] }, 'write actions'],
  // names
  [{ name: 'list_tags' }, 'read name'],
  // of an operation that somebody else named
  [{ name: 'listPets', foreignName: true }, 'unknown none'],
  [{ name: 'deletePet', foreignName: true }, 'write name'],
  [{ name: 'list_users', foreignName: true, actions: [list] }, 'read actions'],
  [{ name: 'tag_resource' }, 'write name'],
  [{ name: 'GetObjectInfo' }, 'read name'],
  [{ name: 'InfluxDBCreateBucket' }, 'write name'],
  [{ name: 'InfluxDBListBuckets' }, 'read name'],
  [{ name: 'aws_knowledge_aws___read_documentation' }, 'read name'],
  [{ name: 'ecs-delete-service' }, 'write name'],
  [{ name: 'get_or_create_topic' }, 'write name'],
  [{ name: 'list_and_show' }, 'read name'],
  [{ name: 'call_aws' }, 'unknown name'],
  [{ name: 'thing' }, 'unknown none'],
  [{ name: '' }, 'unknown none'],
])('%j: %s', (facts, wanted) => {
  const { access, because } = decideAccess(facts);
  expect(`${access} ${because}`).toBe(wanted);
});
