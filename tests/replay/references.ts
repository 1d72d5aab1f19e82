/** Which resources of a stack a call names: by an id that only the service gives, by ARN, or by name. */
import { textAt } from '../../offline/plugin/values.ts';
import type { Made, Step } from './resource.ts';
import { anyOf, isDocument, textsIn } from './texts.ts';

/** Members that name a resource of a type, where its name is known before it exists. */
const NAMED: Readonly<Record<string, string>> = {
  RoleName: 'aws:iam/role:Role',
  FunctionName: 'aws:lambda/function:Function',
  LogGroup: 'aws:cloudwatch/logGroup:LogGroup',
  logGroupName: 'aws:cloudwatch/logGroup:LogGroup',
  logGroupNames: 'aws:cloudwatch/logGroup:LogGroup',
  Bucket: 'aws:s3/bucket:Bucket',
  S3BucketName: 'aws:s3/bucket:Bucket',
  deliverySourceName: 'aws:cloudwatch/logDeliverySource:LogDeliverySource',
};

/** Members that filter by ARN: what they match need not exist. */
const FILTERS = new Set(['Equals', 'StartsWith']);

export class References {
  /** By id that only the service gives. */
  readonly #given = new Map<string, Made>();
  readonly #byArn = new Map<string, Made>();
  /** By type and name. */
  readonly #named = new Map<string, Made>();
  readonly #pattern: RegExp;

  constructor(made: readonly Made[]) {
    for (const one of made) {
      for (const text of opaqueTexts(one)) this.#given.set(text, one);
      for (const arn of arnsOf(one)) this.#byArn.set(arn, one);
      this.#named.set(`${one.type} ${one.id}`, one);
    }
    this.#pattern = anyOf([...this.#given.keys()]);
  }

  namedBy({ params }: Step): Made[] {
    const found = textsIn(params).flatMap(({ member, text }) => {
      const opaque = (text.match(this.#pattern) ?? []).map((key) => this.#given.get(key));
      if (isDocument(text) || FILTERS.has(member)) return opaque;
      const byName = this.#named.get(`${NAMED[member]} ${text}`);
      return [...opaque, byName, this.#byArn.get(text.replace(/:\*$/, ''))];
    });
    return [...new Set(found.filter((one) => one !== undefined))];
  }
}

/** Made up by the service: nobody can write them before. */
function opaqueTexts({ type, id, outputs }: Made): string[] {
  const own = OPAQUE.test(type) ? (id.split(/[,|]/).pop() ?? id) : undefined;
  return [own, textAt(outputs, 'lockToken')].filter((text) => text !== undefined);
}

const OPAQUE =
  /:(?:AgentcoreGateway|AgentcoreGatewayTarget|AgentcorePolicy|AgentcorePolicyEngine|GatewayRateLimit|UserPool|UserPoolClient|Vpc|Subnet|RouteTable|RouteTableAssociation|SecurityGroup|VpcEndpoint|InternetGateway|NatGateway|Eip|Key|WebAcl|QueryDefinition)$/;

/** Its own, not one that it was told. */
function arnsOf({ inputs, outputs }: Made): string[] {
  const names = ['arn', 'policyEngineArn', 'gatewayArn'].filter((name) => inputs[name] === undefined);
  return names.flatMap((name) => textAt(outputs, name) ?? []);
}
