// What Lambda's Node runtime does with a handler, in its documented parts: load it, ask for invocations, answer.
// Runs inside the sandbox; knows nothing of the tests. The optional suite uses the genuine aws-lambda-ric instead.
import { request } from 'node:http';
import { join } from 'node:path';

const { AWS_LAMBDA_RUNTIME_API: api, LAMBDA_TASK_ROOT: root, _HANDLER: name = '' } = process.env;
const [host, port] = api.split(':');

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const options = { host, port, method, path: `/2018-06-01/runtime/${path}`, headers };
    const sent = request(options, (response) => {
      const chunks = [];
      response.on('data', (chunk) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ headers: response.headers, body: Buffer.concat(chunks).toString() }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

const describe = (error) => ({
  errorType: error?.name ?? 'Error',
  errorMessage: error?.message ?? String(error),
  trace: String(error?.stack ?? '').split('\n'),
});

let handler;
try {
  const [file, member] = name.split('.');
  handler = (await import(join(root, `${file}.mjs`)))[member];
} catch (error) {
  await call('POST', 'init/error', JSON.stringify(describe(error)));
  process.exit(1);
}

for (;;) {
  const { headers, body } = await call('GET', 'invocation/next');
  const id = headers['lambda-runtime-aws-request-id'];
  process.env._X_AMZN_TRACE_ID = headers['lambda-runtime-trace-id'];
  const clientContext = headers['lambda-runtime-client-context'];
  const context = {
    awsRequestId: id,
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    invokedFunctionArn: headers['lambda-runtime-invoked-function-arn'],
    clientContext: clientContext ? JSON.parse(Buffer.from(clientContext, 'latin1').toString()) : undefined,
    getRemainingTimeInMillis: () => Number(headers['lambda-runtime-deadline-ms']) - Date.now(),
  };
  try {
    const value = await handler(JSON.parse(body), context);
    await call('POST', `invocation/${id}/response`, JSON.stringify(value === undefined ? null : value));
  } catch (error) {
    const text = JSON.stringify(describe(error));
    await call('POST', `invocation/${id}/error`, text, { 'lambda-runtime-function-error-type': 'Unhandled' });
  }
}
