import { readSource } from './package.ts';

describe('environment variables', () => {
  test('all forms of reading, constants resolved; writing is not reading', async () => {
    const { environment } = await readSource({
      '__init__.py': '',
      'consts.py': "PREFIX = 'MY'\nNAME = PREFIX + '_NAME'\n",
      'server.py': `
import os
from os import environ, getenv as get
from .consts import NAME, PREFIX
os.environ['WRITTEN'] = '1'
A = os.environ['A'] if 'FLAG' in os.environ else os.getenv('B', 'default')
def number(name, default=0):
    return int(os.environ.get(name, default))
def main():
    environ.get(NAME); get('C'); os.environ.get(f'{PREFIX}_F')
    number('LIMIT'); number(name='OTHER_LIMIT')
    os.environ.get(unknown())
`,
    });
    expect(environment).toEqual(['A', 'B', 'C', 'FLAG', 'LIMIT', 'MY_F', 'MY_NAME', 'OTHER_LIMIT']);
  });

  test('settings classes: prefix and name, or the alias', async () => {
    const { environment } = await readSource({
      'server.py': `
from pydantic import AliasChoices, Field
from pydantic_settings import BaseSettings, SettingsConfigDict
class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix='APP_')
    level: str = 'INFO'
    token: str = Field(default='', validation_alias=AliasChoices('TOKEN', 'OLD_TOKEN'))
    port: int = Field(1, alias='PORT')
class Plain:
    other: str = 'x'
def main():
    Settings(); Plain()
`,
    });
    expect(environment).toEqual(['APP_LEVEL', 'OLD_TOKEN', 'PORT', 'TOKEN']);
  });
});

describe('command-line flags', () => {
  test("argparse in what the entrypoint runs, not a tool's own parser, nor one under __main__", async () => {
    const facts = await readSource({
      'server.py': `
import argparse
FLAG = '--constant'
def parser():
    parser = argparse.ArgumentParser()
    parser.add_argument('--allow-write', '-w', action='store_true')
    parser.add_argument(FLAG)
    parser.add_argument('-x')
    parser.add_argument('command')
    return parser
@mcp.tool()
def generate():
    argparse.ArgumentParser().add_argument('--schema')
def main():
    parser().parse_args()
if __name__ == '__main__':
    argparse.ArgumentParser().add_argument('--only-as-module')
`,
    });
    expect(facts.arguments).toEqual(['--allow-write', '--constant', '-x']);
  });

  test('click options and typer parameters', async () => {
    const facts = await readSource({
      'server.py': `
import click, typer
from typing import Annotated
@click.option('--click-flag/--no-click-flag')
def main(read_only: Annotated[bool, typer.Option()] = False, path: str = typer.Option('x', '--where', envvar='WHERE')):
    pass
`,
    });
    expect(facts.arguments).toEqual(['--click-flag', '--no-click-flag', '--read-only', '--where']);
  });
});

describe('hostile sources', () => {
  test('broken and binary files are named, the rest is read', async () => {
    const facts = await readSource({
      'broken.py': 'def (((\n',
      'binary.py': '\0\0\0',
      'server.py': "import os\ndef main():\n    os.getenv('A')\n",
    });
    expect(facts.broken).toEqual(['binary.py', 'broken.py']);
    expect(facts.environment).toEqual(['A']);
  });

  test('names like __proto__ and constructor are names like others', async () => {
    const facts = await readSource({
      'server.py':
        "import boto3\n@mcp.tool(name='constructor')\ndef f(__proto__=1, constructor=2): pass\ndef main():\n    f(__proto__=3)\n    boto3.client('__proto__').constructor()\n    boto3.client('constructor').to_string()\n",
    });
    expect(facts.tools.map((tool) => tool.name)).toEqual(['constructor']);
    expect(facts.actions).toEqual({});
  });
});
