/**
 * The Lambda function of the probe target: small answers of every shape that we rely on. Plain JavaScript in one file,
 * because it is deployed as it stands; the tests run the same file behind the local gateway.
 */
import { createSocket } from 'node:dgram';

export async function handler(event, context) {
  const custom = context.clientContext?.custom ?? context.clientContext?.Custom ?? {};
  const tool = String(custom.bedrockAgentCoreToolName ?? '').split('___')[1];
  const answer = Object.hasOwn(ANSWERS, tool) ? ANSWERS[tool] : ANSWERS.echo;
  return answer(event, custom);
}

const ANSWERS = {
  echo: (event, custom) => ({ event, context: Object.keys(custom).sort() }),
  result_object: () => ({ answer: 42 }),
  result_text: () => ({ content: [{ type: 'text', text: 'plain words' }], isError: false }),
  result_error: () => ({ content: [{ type: 'text', text: 'broken' }], isError: true }),
  throws: () => {
    throw new Error('thrown by the probe');
  },
  loopback: async () => ({ received: await receivesItsOwnDatagram() }),
};

/** Client-side monitoring of AWS calls is a datagram on loopback; does one arrive in a function's sandbox? */
function receivesItsOwnDatagram() {
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const done = (received) => {
      clearTimeout(timer);
      socket.close();
      resolve(received);
    };
    const timer = setTimeout(() => done(false), 1000);
    socket.once('message', () => done(true));
    socket.bind(0, '127.0.0.1', () => socket.send('x', socket.address().port, '127.0.0.1'));
  });
}
