/** What a server must reach that is no plain AWS API, from the manifest's words (discovery/knowledge.yaml). */

/** `internet`: all or part of its tools; `vpc`: the VPC where its database is; `endpoint`: of AWS, public or in a VPC. */
export interface NetworkNeed {
  kind: 'internet' | 'vpc' | 'endpoint';
  /** In words: the hosts, the database, the service. */
  what: string;
  /** Its other tools do without. */
  partly: boolean;
  /** The endpoint service that does in place of the internet. */
  endpoint?: string;
}

const FORMS: readonly (readonly [NetworkNeed['kind'], RegExp])[] = [
  ['internet', /^internet, or an interface endpoint of (?<endpoint>\S+)$/],
  ['internet', /^internet \((?<what>.+)\)(?<partly> for .+)?$/],
  ['vpc', /^VPC of (?<what>.+?)(?: \(.+\))?$/],
  ['endpoint', /^(?<what>.+) endpoint \(public or VPC endpoint\)$/],
];

/** Undefined when the words have none of the forms; discovery refuses those. */
export function networkNeed(words: string): NetworkNeed | undefined {
  for (const [kind, form] of FORMS) {
    const groups = form.exec(words)?.groups;
    if (!groups) continue;
    const { what, partly, endpoint } = groups;
    return {
      kind,
      what: what ?? `or the endpoint ${endpoint}`,
      partly: partly !== undefined,
      ...(endpoint === undefined ? {} : { endpoint }),
    };
  }
  return undefined;
}
