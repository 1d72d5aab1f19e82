/** A whole MCP server in Python's standard library, as files of a checkout: quick to install, it has no dependencies. */
import { serverFiles } from './support.ts';

export function pythonServer(id: string, tools: readonly string[], atStart = ''): Record<string, string> {
  const list = tools.map((name) => ({ name, description: `Gets ${name}.`, inputSchema: { type: 'object' } }));
  const files = serverFiles(
    id,
    `import json, sys
${atStart}
TOOLS = json.loads(${JSON.stringify(JSON.stringify(list))})

def main():
    for line in sys.stdin:
        request = json.loads(line)
        if 'id' not in request:
            continue
        if request['method'] == 'initialize':
            version = request['params']['protocolVersion']
            result = {'protocolVersion': version, 'capabilities': {'tools': {}}, 'serverInfo': {'name': 'x', 'version': '1'}}
        else:
            result = {'tools': TOOLS}
        print(json.dumps({'jsonrpc': '2.0', 'id': request['id'], 'result': result}), flush=True)
`,
  );
  files[`src/${id}/pyproject.toml`] +=
    '\n[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n[tool.hatch.build.targets.wheel]\npackages = ["awslabs"]\n';
  return files;
}
