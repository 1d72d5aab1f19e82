import { actionsOf, readSource } from './package.ts';

const names = async (text: string) => Object.keys(await actionsOf(text));

describe('AWS calls of the source', () => {
  test('a client, its operations, and where they stand', async () => {
    expect(
      await actionsOf(`
import boto3
class Store:
    def __init__(self):
        self.client = boto3.client('dynamodb')
    def tables(self):
        return self.client.list_tables()
def main():
    Store().tables()
`),
    ).toEqual({ 'dynamodb:ListTables': ['server.py#Store.tables'] });
  });

  test('operations whose action has another name, and one that needs several', async () => {
    expect(
      await names(`
import boto3
def main():
    s3 = boto3.client('s3')
    s3.head_bucket(Bucket='b'); s3.list_objects_v2(Bucket='b'); s3.list_buckets(); s3.copy_object()
    boto3.client('lambda').invoke(FunctionName='f')
    boto3.client('neptunedata').execute_open_cypher_query(openCypherQuery='q')
    boto3.client('apigateway').get_rest_apis()
`),
    ).toEqual([
      'apigateway:GET',
      'lambda:InvokeFunction',
      'neptune-db:DeleteDataViaQuery',
      'neptune-db:ReadDataViaQuery',
      'neptune-db:WriteDataViaQuery',
      's3:GetObject',
      's3:ListAllMyBuckets',
      's3:ListBucket',
      's3:PutObject',
    ]);
  });

  test('a wrapper gives each caller its own service, not everyone all services', async () => {
    expect(
      await names(`
import boto3
_cache = {}
def get_client(name, region=None):
    if name in _cache:
        return _cache[name]
    client = boto3.Session(region_name=region).client(name)
    _cache[name] = client
    return client
def main():
    glue = get_client('glue')
    glue.get_job_run(JobName='j', RunId='r')
    get_client('emr-serverless').list_applications()
`),
    ).toEqual(['emr-serverless:ListApplications', 'glue:GetJobRun']);
  });

  test('parameter defaults, constants of other modules, keywords and f-strings name services', async () => {
    const facts = await readSource({
      '__init__.py': '',
      'consts.py': "KIND = 'sq'\nQUEUES = f'{KIND}s'\n",
      'aws.py': "import boto3\ndef make(service='sns'):\n    return boto3.client(service_name=service)\n",
      'server.py': `
from awslabs.example.consts import QUEUES
from . import aws
def main():
    aws.make().list_topics()
    aws.make(QUEUES).list_queues()
`,
    });
    expect(Object.keys(facts.actions)).toEqual(['sns:ListTopics', 'sqs:ListQueues']);
  });

  test('getattr, paginators, waiters, references that are passed on, and call wrappers', async () => {
    expect(
      await names(`
import asyncio, boto3
ec2 = boto3.client('ec2')
def call(client, operation, **kwargs):
    return getattr(client, operation)(**kwargs)
async def main():
    call(ec2, 'describe_vpcs')
    ec2.get_paginator('describe_subnets').paginate()
    ec2.get_waiter('instance_running').wait()
    await asyncio.to_thread(ec2.describe_regions)
    await asyncio.to_thread(call, ec2, operation='describe_addresses')
`),
    ).toEqual([
      'ec2:DescribeAddresses',
      'ec2:DescribeInstances',
      'ec2:DescribeRegions',
      'ec2:DescribeSubnets',
      'ec2:DescribeVpcs',
    ]);
  });

  test('a class method of a base takes the service of the class it is called through', async () => {
    expect(
      await names(`
import boto3
class Base:
    _service = ''
    _client = None
    @classmethod
    def get(cls):
        if cls._client is None:
            cls._client = boto3.client(cls._service)
        return cls._client
class Cache(Base):
    _service = 'elasticache'
class Logs(Base):
    _service = 'logs'
def main():
    Cache.get().describe_events()
    Logs.get().describe_log_groups()
`),
    ).toEqual(['elasticache:DescribeEvents', 'logs:DescribeLogGroups']);
  });

  test('properties run when they are read', async () => {
    expect(
      await names(`
import boto3
class A:
    @property
    def client(self):
        boto3.client('sts').get_caller_identity()
        return boto3.client('iam')
def main():
    A().client.list_users()
`),
    ).toEqual(['iam:ListUsers', 'sts:GetCallerIdentity']);
  });

  test('dead code, prompts in strings, foreign objects and __main__ count for nothing', async () => {
    expect(
      await names(`
import boto3, requests
client = boto3.client('sqs')
def dead():
    client.purge_queue(QueueUrl='u')
def main():
    """client.delete_queue()"""
    text = "client.delete_queue()"
    requests.Session().list_queues()
if __name__ == '__main__':
    client.delete_message()
`),
    ).toEqual([]);
  });

  test('without an entrypoint all code counts', async () => {
    const facts = await readSource(
      { 'server.py': "import boto3\ndef f():\n    boto3.client('sqs').list_queues()\n" },
      'none',
    );
    expect(Object.keys(facts.actions)).toEqual(['sqs:ListQueues']);
  });

  test('a role is passed only where the code spells its member, or the caller may give any', async () => {
    const create = (argument: string) => `
import boto3
def main(given):
    boto3.client('glue').create_job(Name='n', ${argument})
`;
    expect(await actionsOf(create("Role='r'"))).toEqual({
      'glue:CreateJob': ['server.py#main'],
      'iam:PassRole': ['depends:glue:CreateJob'],
    });
    expect(await names(create("Description='d'"))).toEqual(['glue:CreateJob']);
  });

  test('a role is passed to the services of the calls that pass one, and to no other', async () => {
    const facts = await readSource({
      'server.py': `
import boto3
def main():
    boto3.client('glue').create_crawler(Name='n', Role='r')
    boto3.client('ecs').register_task_definition(family='f', taskRoleArn='r')
    boto3.client('emr').run_job_flow(Name='n', JobFlowRole='r')
    boto3.client('omics').start_run(workflowId='w')
    boto3.client('bedrock-agentcore').create_event(payload=[{'conversational': {'role': 'USER'}}])
`,
    });
    expect(facts.actions['iam:PassRole']).toMatchObject({
      passedTo: ['ec2.amazonaws.com', 'ecs-tasks.amazonaws.com', 'glue.amazonaws.com'],
      from: [
        'depends:ecs:RegisterTaskDefinition',
        'depends:elasticmapreduce:RunJobFlow',
        'depends:glue:CreateCrawler',
      ],
    });
  });

  describe('actions that AWS asks for beside the one that is called', () => {
    const create = (argument: string) =>
      readSource({
        'server.py': `
import boto3
def main():
    boto3.client('rds').create_db_cluster(DBClusterIdentifier='n'${argument})
`,
      });

    test('count where the code spells what they are needed for', async () => {
      expect(Object.keys((await create('')).actions)).toEqual(['rds:CreateDBCluster']);
      expect((await create(', ManageMasterUserPassword=True, Tags=[]')).actions).toMatchObject({
        'rds:AddTagsToResource': { from: ['depends:rds:CreateDBCluster'] },
        'secretsmanager:CreateSecret': { from: ['depends:rds:CreateDBCluster'] },
      });
    });

    test('are offered with the condition where no source can tell it', async () => {
      expect((await create('')).conditional['kms:Decrypt']).toEqual({
        access: 'Write',
        from: ['depends:rds:CreateDBCluster'],
        resources: [expect.stringContaining(':kms:')],
        when: 'a KMS key of your own encrypts the data',
      });
    });

    test('are not offered when the code calls them itself', async () => {
      const facts = await readSource({
        'server.py': `
import boto3
def main():
    boto3.client('cloudtrail').start_query(QueryStatement='q')
    boto3.client('kms').decrypt(CiphertextBlob=b'')
`,
      });
      expect(Object.keys(facts.actions)).toEqual(['cloudtrail:StartQuery', 'kms:Decrypt']);
      expect(Object.keys(facts.conditional)).toEqual(['kms:GenerateDataKey']);
    });
  });

  test('operations named by the caller are those the file lists', async () => {
    const facts = await readSource({
      'server.py': `
import boto3
ALLOWED = ['DescribeClusters', 'RunTask', 'NotAnOperation']
def main(operation):
    if operation in ALLOWED:
        getattr(boto3.client('ecs'), snake(operation))()
`,
    });
    expect(Object.keys(facts.actions)).toEqual(['ecs:DescribeClusters', 'ecs:RunTask', 'iam:PassRole']);
    expect(facts.unresolved).toEqual([]);
  });

  test('what cannot be derived is told in words, with its place', async () => {
    const facts = await readSource({
      'server.py': `
import boto3
from botocore.auth import SigV4Auth
def main(service, operation):
    boto3.client(service).frobnicate_things()
    getattr(boto3.client('ecs'), operation)()
    boto3.client('sqs').list_unheard_of_things()
    boto3.client('s3').create_session(Bucket='b')
    SigV4Auth(None, 'mystery', 'us-east-1')
    boto3.client('cloudformation').create_stack(StackName='s')
`,
    });
    expect(facts.unresolved).toEqual([
      expect.stringMatching(/^calls a service whose name is only known at run time \(server\.py#main\)$/),
      expect.stringMatching(/^calls operations of ecs by names that are only known at run time/),
      expect.stringMatching(/^calls sqs list_unheard_of_things, which botocore [\d.]+ does not know/),
      'cloudformation:CreateStack creates what its template holds, with the permissions of its caller',
      'no IAM action is known for s3 CreateSession (server.py#main)',
      'signs requests of its own to mystery (server.py#main)',
    ]);
    expect(Object.keys(facts.actions)).toEqual(['cloudformation:CreateStack']);
  });

  test('programs that call AWS for the server are told; others are not', async () => {
    const facts = await readSource({
      'server.py': `
import asyncio, subprocess
async def run(cmd):
    await asyncio.create_subprocess_exec(*cmd, stdout=None)
@mcp.tool()
async def deploy(): await run(['sam', 'deploy'])
def main():
    subprocess.run(['git', 'status'])
`,
    });
    expect(facts.unresolved).toEqual(['runs sam, whose AWS calls are not derived (server.py#run)']);
    expect(facts.tools).toEqual([{ name: 'deploy', from: 'server.py#deploy' }]);
  });

  test('calls that another package makes, and requests signed by hand', async () => {
    const facts = await readSource({
      'server.py': `
import httpx
from bedrock_agentcore.tools import BrowserClient
from botocore.auth import SigV4Auth
class Auth(httpx.Auth):
    def __init__(self, service='aps'):
        self.service = service
    def auth_flow(self, request):
        SigV4Auth(None, self.service, 'us-east-1').add_auth(request)
clients: dict[str, BrowserClient] = {}
@mcp.tool()
def stop(): clients['x'].stop()
@mcp.tool()
def query(): httpx.get('u', auth=Auth())
def main(): pass
`,
    });
    expect(Object.keys(facts.actions)).toEqual([
      'aps:GetLabels',
      'aps:GetMetricMetadata',
      'aps:GetSeries',
      'aps:QueryMetrics',
      'bedrock-agentcore:StopBrowserSession',
    ]);
    // What a signed request asks for is its URL's matter: one tool may do less than all.
    expect(facts.tools).toEqual([
      { name: 'query', from: 'server.py#query' },
      { name: 'stop', from: 'server.py#stop', actions: ['bedrock-agentcore:StopBrowserSession'] },
    ]);
  });

  test('every action has its access level, and the ARN formats it can be limited to', async () => {
    const { actions } = await readSource({
      'server.py':
        "import boto3\ndef main():\n    boto3.client('sqs').send_message()\n    boto3.client('sqs').list_queues()\n",
    });
    expect(actions).toEqual({
      'sqs:ListQueues': { access: 'Read', from: ['server.py#main'] },
      'sqs:SendMessage': {
        access: 'Write',
        from: ['server.py#main'],
        resources: ['arn:${Partition}:sqs:${Region}:${Account}:${QueueName}'],
      },
    });
  });

  test('recursion, import cycles and endless tables come to an end', async () => {
    const facts = await readSource({
      '__init__.py': '',
      'a.py': 'from .b import g\ndef f(x):\n    return g(f(x))\nTABLE = {}\nTABLE["t"] = TABLE\n',
      'b.py': 'from .a import f, TABLE\ndef g(x):\n    return f(g(TABLE))\n',
      'server.py':
        'from .a import f\nclass A(A): pass\nclass B(C): pass\nclass C(B): pass\ndef main():\n    f(A()).list_things()\n',
    });
    expect(facts.actions).toEqual({});
  });
});
