// Loaded into a child process before anything else: what it asks of AWS's host names goes to the imitated account.
const account = process.env.MCPGW_TEST_ACCOUNT;
const direct = globalThis.fetch;

globalThis.fetch = (input, init = {}) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (!/\.amazon(?:aws|cognito)\.com$/.test(url.hostname)) return direct(input, init);
  const headers = new Headers(init.headers);
  headers.set('x-aws-host', url.hostname);
  return direct(new URL(url.pathname + url.search, account), { ...init, headers });
};
