/**
 * Remote servers that want signed requests: asked for their tools through the pinned proxy, and only when the user gave
 * a profile for it. Otherwise what was found out before stays.
 */
import { messageOf } from '../plan/errors.ts';
import type { ServerEntry } from '../plan/manifest.ts';
import { proxyArguments } from '../plan/signed-remotes.ts';
import type { Classified } from './classify/classify.ts';
import { makeEntry, type ProbeOutcome } from './entry.ts';
import type { Knowledge } from './knowledge.ts';
import { probeServer } from './probe/probe.ts';
import { neutral } from './probe/reason.ts';
import { accountEnvironment, PROBE_REGION } from './probe/sandbox.ts';
import { installSigner, type Signer } from './signer.ts';
import type { ServerInput } from './types.ts';

/** All of the entry that needs no question. */
export function signedEntry(
  server: Classified,
  knowledge: Knowledge,
  signing: NonNullable<Knowledge['signing']>,
  signer: Signer,
): ServerEntry {
  const { service, regions, actions, further } = signing;
  return {
    ...makeEntry({ server, knowledge }),
    signing: { service, ...(regions && { regions }) },
    ...signer,
    hosting: { lambda: true, network: `internet, or an interface endpoint of ${service}` },
    aws: {
      actions: Object.fromEntries(
        Object.entries(actions).map(([action, access]) => [action, { access, from: ['knowledge'] }]),
      ),
      unresolved: further,
    },
  };
}

/** Without an answer: as the manifest has it, when it has one. */
export function unasked(id: string, present: ServerEntry | undefined): Partial<ServerEntry> {
  if (present?.signing !== undefined && present.tools !== undefined) {
    const { probe, carries, tools } = present;
    return { ...(probe && { probe }), ...(carries && { carries }), tools };
  }
  const reason = `AWS lists its tools to signed requests only: \`mcpgw discover --servers ${id} --profile NAME\``;
  return { probe: { status: 'needs-input', reason } };
}

export interface Question {
  entry: ServerEntry;
  input: ServerInput;
  signer: Signer;
  /** Where the proxy finds credentials. */
  environment: Readonly<Record<string, string>>;
  /** URL of the stand-in for AWS; the proxy asks AWS nothing but its endpoint. */
  standIn: string;
  note: (message: string) => void;
}

export async function askSigned(question: Question): Promise<ProbeOutcome> {
  const { entry, input, signer, environment, standIn, note } = question;
  const nothing = { tools: [], prompts: 0, resources: 0 };
  try {
    const launch = await installSigner(signer, note);
    const { region = PROBE_REGION, endpoint } = input;
    const listing = await probeServer({
      launch,
      arguments: proxyArguments(entry, region, { endpoint }),
      environment: accountEnvironment(region, { environment }),
      endpoint: standIn,
    });
    return listing;
  } catch (error) {
    return { status: 'failed', reason: neutral(messageOf(error)), ...nothing };
  }
}
