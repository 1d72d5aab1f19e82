/** A server that keeps ending is started again and again, but ever more slowly, and never for long. */
import { prepareEnvironment } from '../../../proxies/environment.ts';
import { OutputLog } from '../../../proxies/log.ts';
import { Session } from '../../../proxies/session.ts';
import { faultLaunch } from './support.ts';

const open: Session[] = [];
afterEach(() => Promise.all(open.splice(0).map((session) => session.close())));

function sessionOf(env: Record<string, string>) {
  const asked: number[] = [];
  const session = new Session({
    launch: async () => faultLaunch,
    environment: () => prepareEnvironment({ layers: [env], region: 'us-east-1' }),
    output: new OutputLog(
      () => {},
      (text) => text,
    ),
    log: () => {},
    backoffMs: (failures) => {
      asked.push(failures);
      return 0;
    },
  });
  open.push(session);
  const call = (tool: string) => session.call({ tool, arguments: {}, deadline: Date.now() + 10_000 });
  return { session, asked, call };
}

test('failed starts in a row are counted', async () => {
  const { asked, call } = sessionOf({ FAULT_START: 'crash' });
  for (let i = 0; i < 4; i += 1) await expect(call('echo')).rejects.toThrow(/did not start/);
  expect(asked).toEqual([0, 1, 2, 3]);
});

test('an answered call ends the row; crashes without one lengthen it', async () => {
  const { asked, call } = sessionOf({});
  await call('echo');
  await expect(call('crash')).rejects.toThrow(/ended during the call/);
  await expect(call('crash')).rejects.toThrow(/ended during the call/);
  await call('echo');
  await expect(call('crash')).rejects.toThrow(/ended during the call/);
  await call('echo');
  expect(asked).toEqual([0, 0, 1, 0]);
});
