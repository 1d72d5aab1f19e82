import { coverToolNames } from '../../../discovery/static/index.ts';
import { readSource } from './package.ts';

/** Name to function of the tools of one module. */
async function toolsOf(text: string): Promise<Record<string, string>> {
  const facts = await readSource({ 'server.py': text });
  return Object.fromEntries(facts.tools.map(({ name, from }) => [name, from]));
}

describe('tool names, by every form of registration', () => {
  test('decorators, with and without a name, on any receiver', async () => {
    expect(
      await toolsOf(`
@mcp.tool
def plain(): pass
@app.tool()
async def called(): pass
@self.mcp.tool(name='named-tool')
def f(): pass
@cost_server.tool('positional')
def g(): pass
@mcp.prompt(name='a-prompt')
def p(): pass
def main(): pass
`),
    ).toEqual({
      plain: 'server.py#plain',
      called: 'server.py#called',
      'named-tool': 'server.py#f',
      positional: 'server.py#g',
    });
  });

  test('calls: tool(name=…)(f), tool()(module.f), tool(self.method), add_tool, Tool.from_function', async () => {
    const facts = await readSource({
      '__init__.py': '',
      'more.py': 'def list_things(): pass\ndef other(): pass\n',
      'server.py': `
from . import more
from mcp.server.fastmcp.tools import Tool
class Handler:
    def __init__(self, mcp):
        mcp.tool(name='manage')(self.manage)
        mcp.tool(self.plain)
    def manage(self): pass
    def plain(self): pass
made = Tool.from_function(fn=more.other, name='made')
prompt = Prompt.from_function(more.other, name='a_prompt')
def main():
    mcp.tool()(more.list_things)
    mcp.add_tool(more.other, name='added')
    Handler(mcp)
`,
    });
    expect(facts.tools.map(({ name, from }) => [name, from])).toEqual([
      ['added', 'more.py#other'],
      ['list_things', 'more.py#list_things'],
      ['made', 'more.py#other'],
      ['manage', 'server.py#Handler.manage'],
      ['plain', 'server.py#Handler.plain'],
    ]);
  });

  test('a wrapper that takes the name, and a low-level Tool with its table', async () => {
    expect(
      await toolsOf(`
from mcp.types import Tool
def audited(server, name, **options):
    def decorate(function):
        def inner(*args):
            return function(*args)
        return server.tool(name=name)(inner)
    return decorate
@audited(mcp, 'watched')
def watched_function(): pass
def low(): pass
HANDLERS = {'low-level': low}
def list_tools():
    return [Tool(name='low-level', description='d', inputSchema={})]
def main():
    audited(mcp, 'second')(other)
    list_tools()
def other(): pass
`),
    ).toEqual({
      watched: 'server.py#watched_function',
      second: 'server.py#other',
      'low-level': 'server.py#low',
    });
  });

  test('a loop over __all__ of a module', async () => {
    const facts = await readSource({
      '__init__.py': '',
      'tools/__init__.py': "from .one import first\nfrom .two import second\n__all__ = ['first', 'second']\n",
      'tools/one.py': 'def first(): pass\n',
      'tools/two.py': 'def second(): pass\ndef hidden(): pass\n',
      'server.py': `
from awslabs.example import tools
def main():
    for name in tools.__all__:
        mcp.tool(name=name)(getattr(tools, name))
`,
    });
    expect(facts.tools.map((tool) => tool.name)).toEqual(['first', 'second']);
  });

  test('registrations that no entrypoint reaches are dead, though their module is imported', async () => {
    const facts = await readSource({
      '__init__.py': '',
      'dead.py':
        "def register(mcp):\n    @mcp.tool()\n    def deleted(): pass\nclass Old:\n    def __init__(self, mcp):\n        super().__init__(mcp)\n        mcp.tool(name='old')(self.f)\n    def f(self): pass\n",
      'live.py':
        'def register(mcp):\n    @mcp.tool()\n    def kept(): pass\nclass New(Foreign):\n    def __init__(self, mcp):\n        super().__init__(mcp)\n',
      'server.py': 'from . import dead, live\ndef main():\n    live.register(mcp)\n    live.New(mcp)\n',
    });
    expect(facts.tools.map((tool) => tool.name)).toEqual(['kept']);
  });

  test('names that only the run knows are told', async () => {
    const facts = await readSource({
      'server.py': 'def main():\n    for f in ask():\n        mcp.tool(name=f.name)(make(f))\n',
    });
    expect(facts.tools).toEqual([]);
    expect(facts.unresolved).toEqual([
      'registers tools whose names are only known at run time (server.py#main)',
    ]);
  });
});

describe('what a tool reaches', () => {
  const SOURCE = `
import boto3
sqs = boto3.client('sqs')
def purge(): sqs.purge_queue(QueueUrl='u')
def call(client, operation): return getattr(client, operation)()
@mcp.tool()
def read(): return call(sqs, 'list_queues')
@mcp.tool()
def write(): purge()
@mcp.tool()
def nothing(): pass
@mcp.tool()
def anything(operation): return call(sqs, operation)
def main(): pass
`;

  test('its own calls and its callees, not those of other tools', async () => {
    const { tools } = await readSource({ 'server.py': SOURCE });
    expect(Object.fromEntries(tools.map((tool) => [tool.name, tool.actions]))).toEqual({
      read: ['sqs:ListQueues'],
      write: ['sqs:PurgeQueue'],
      nothing: [],
      anything: expect.arrayContaining(['sqs:ListQueues']),
    });
  });

  test('a tool does not reach what a module that it uses registers beside it', async () => {
    const facts = await readSource({
      'tables.py': `
import boto3
@handled
def rename(): boto3.client('s3tables').rename_table()
@handled
def delete(): boto3.client('s3tables').delete_table()
`,
      'server.py': `
from . import tables
@mcp.tool()
def rename(): return tables.rename()
def main(): pass
`,
    });
    expect(facts.tools.map(({ name, actions }) => [name, actions])).toEqual([
      ['rename', ['s3tables:RenameTable']],
    ]);
    expect(Object.keys(facts.actions)).toEqual(['s3tables:DeleteTable', 's3tables:RenameTable']);
  });

  test('a table of functions that is filled after it was made is followed', async () => {
    const { tools } = await readSource({
      'server.py': `
import boto3
TABLE: dict[str, object] = {}
@mcp.tool()
def act(action): return TABLE.get(action)()
def purge(): boto3.client('sqs').purge_queue()
TABLE.update({'purge': purge})
def main(): pass
`,
    });
    expect(Object.fromEntries(tools.map((tool) => [tool.name, tool.actions]))).toEqual({
      act: ['sqs:PurgeQueue'],
    });
  });

  test('a tool whose calls cannot be followed claims nothing', async () => {
    const { tools } = await readSource({
      'server.py': `
import boto3
@mcp.tool()
def anything(operation): return getattr(boto3.client('sqs'), operation)()
def main(): pass
`,
    });
    expect(tools).toEqual([{ name: 'anything', from: 'server.py#anything' }]);
  });
});

describe('coverToolNames', () => {
  const GENERATOR = `
import boto3
def generate(service):
    client = boto3.client(service)
    for operation in dir(client):
        def run(**kwargs):
            return getattr(client, operation)(**kwargs)
        run.__name__ = operation
        mcp.tool()(run)
def main():
    generate('sqs')
`;

  test('listed tools of a generating server give the actions they are named after', async () => {
    const facts = await readSource({ 'server.py': GENERATOR });
    expect(facts.generated).toEqual(['sqs']);
    expect(facts.tools).toEqual([]);
    const covered = coverToolNames(facts, ['send_message', 'add_sqs_permission', 'unrelated']);
    expect(covered.actions).toMatchObject({
      'sqs:AddPermission': { access: 'Permissions management', from: ['tool:add_sqs_permission'] },
      'sqs:SendMessage': { access: 'Write', from: ['tool:send_message'] },
    });
    expect(covered.tools.find((tool) => tool.name === 'send_message')?.actions).toEqual(['sqs:SendMessage']);
    expect(covered.unresolved).toEqual([
      'registers tools whose names are only known at run time (server.py#generate)',
    ]);
  });

  test('generated tools may pass roles, and bring what AWS asks for beside them', async () => {
    const facts = await readSource({
      'server.py': GENERATOR.replace("generate('sqs')", "generate('mq')\n    generate('sns')"),
    });
    const covered = coverToolNames(facts, ['create_broker', 'delete_broker', 'set_topic_attributes']);
    expect(covered.actions).toMatchObject({
      'ec2:CreateNetworkInterface': { from: ['depends:mq:CreateBroker'] },
      'iam:PassRole': { from: ['depends:sns:SetTopicAttributes'], passedTo: ['sns.amazonaws.com'] },
    });
    expect(covered.conditional).toMatchObject({
      'iam:CreateServiceLinkedRole': { when: 'the account has no service-linked role for it yet' },
    });
    expect(Object.keys(covered.actions)).toEqual(Object.keys(covered.actions).sort());
    const tool = covered.tools.find(({ name }) => name === 'set_topic_attributes');
    expect(tool?.actions).toEqual(['iam:PassRole', 'sns:SetTopicAttributes']);
    // The source's own checks come before each; what AWS asks for beside them does not.
    const checked = coverToolNames(
      {
        ...facts,
        actions: {
          'ec2:DescribeVpcs': { access: 'List', from: ['depends:mq:CreateBroker'] },
          'mq:DescribeBroker': { access: 'Read', from: ['server.py#check'] },
        },
      },
      ['delete_broker'],
    );
    expect(checked.tools[0]?.actions).toContain('mq:DescribeBroker');
    expect(checked.tools[0]?.actions).not.toContain('ec2:DescribeVpcs');
  });

  test('other servers get nothing from names', async () => {
    const facts = await readSource({
      'server.py': "import boto3\ndef main():\n    boto3.client('sqs').list_queues()\n",
    });
    expect(coverToolNames(facts, ['send_message'])).toEqual(facts);
  });
});
