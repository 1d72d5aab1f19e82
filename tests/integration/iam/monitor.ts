/** Receives botocore's client-side monitoring: one UDP datagram for each AWS call that a server makes. */
import { createSocket } from 'node:dgram';
import { awsCatalogue } from '../../../discovery/aws/catalogue.ts';

export interface SeenCall {
  /** botocore's service name, or what the event said when no service is called so. */
  service: string;
  operation: string;
  /** IAM actions that the call needs; undefined when the operation is not in our tables. */
  actions: string[] | undefined;
}

export interface Monitor {
  /** Variables that make a process report here. */
  environment: Record<string, string>;
  /** What was seen since the last time. */
  take(): SeenCall[];
  close(): Promise<void>;
}

export async function startMonitor(): Promise<Monitor> {
  const socket = createSocket('udp4');
  let seen: SeenCall[] = [];
  socket.on('message', (bytes) => {
    const event = JSON.parse(bytes.toString()) as { Type: string; Service: string; Api: string };
    if (event.Type === 'ApiCall') seen.push(seenCall(event));
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  return {
    environment: {
      AWS_CSM_ENABLED: 'true',
      AWS_CSM_HOST: '127.0.0.1',
      AWS_CSM_PORT: String(socket.address().port),
    },
    take() {
      const taken = seen;
      seen = [];
      return taken;
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
}

function seenCall({ Service, Api }: { Service: string; Api: string }): SeenCall {
  const service = awsCatalogue().serviceById(Service) ?? Service;
  return { service, operation: Api, actions: awsCatalogue().operation(service, Api)?.actions };
}
