/** `mcpgw token`: an access token of the gateway, on stdout. */
import { defineCommand } from '../command.ts';
import { connectionTo } from '../connection.ts';
import { LOCAL, STACK } from '../options.ts';

export const tokenCommand = defineCommand({
  name: 'token',
  summary: 'print an access token for the gateway',
  options: { stack: STACK, local: LOCAL },
  examples: ['curl -H "Authorization: Bearer $(npx mcpgw token)" …'],
  async run(invocation) {
    const { getToken } = await import('../../gateway/client.ts');
    const token = await getToken(await connectionTo(invocation));
    invocation.out.print(token);
    invocation.out.document({ access_token: token, token_type: 'Bearer' });
    return undefined;
  },
});
