/** Pulumi's provider protocol (pulumirpc.ResourceProvider) on top of the stand-in. */
import grpc from '@grpc/grpc-js';
import plugins from '@pulumi/pulumi/proto/plugin_pb.js';
import services from '@pulumi/pulumi/proto/provider_grpc_pb.js';
import messages from '@pulumi/pulumi/proto/provider_pb.js';
import empties from 'google-protobuf/google/protobuf/empty_pb.js';
import type { Difference } from './diff.ts';
import { asFound } from './drift.ts';
import { answerInvoke } from './invokes.ts';
import type { StandIn } from './stand-in.ts';
import { fromStruct, toStruct, UNKNOWN, type Values } from './values.ts';

type Callback<T> = (error: Partial<grpc.ServiceError> | null, response?: T) => void;
type Call<T> = { request: T };

export interface ServiceOptions {
  /** Pulumi package. */
  name: string;
  version: string;
  standIn: StandIn;
}

/** Methods that are not listed answer UNIMPLEMENTED, which the engine expects of a provider without them. */
export function providerService({
  name: packageName,
  version,
  standIn,
}: ServiceOptions): grpc.UntypedServiceImplementation {
  const methods: grpc.UntypedServiceImplementation = Object.fromEntries(
    Object.keys(services.ResourceProviderService).map((name) => [name, unimplemented]),
  );
  return Object.assign(methods, {
    handshake: reply(() => {
      const response = new messages.ProviderHandshakeResponse();
      response.setAcceptSecrets(true);
      response.setAcceptResources(true);
      response.setAcceptOutputs(false);
      response.setSupportsAutonamingConfiguration(true);
      return response;
    }),
    attach: reply(() => new empties.Empty()),
    cancel: reply(() => new empties.Empty()),
    getPluginInfo: reply(() => new plugins.PluginInfo().setVersion(version)),
    getSchema: reply(() =>
      new messages.GetSchemaResponse().setSchema(JSON.stringify({ name: packageName, version })),
    ),
    checkConfig: reply((request: messages.CheckRequest) =>
      new messages.CheckResponse().setInputs(request.getNews()),
    ),
    diffConfig: reply((request: messages.DiffRequest) => configDiff(request)),
    configure: reply((request: messages.ConfigureRequest) =>
      configure(standIn, fromStruct(request.getArgs())),
    ),
    check: reply((request: messages.CheckRequest) => check(standIn, request)),
    diff: reply((request: messages.DiffRequest) => diff(standIn, request)),
    create: reply((request: messages.CreateRequest) => create(standIn, request)),
    read: reply((request: messages.ReadRequest) => read(standIn, request)),
    update: reply((request: messages.UpdateRequest) => update(standIn, request)),
    delete: reply(async (request: messages.DeleteRequest) => {
      const inputs = fromStruct(request.getOldInputs() ?? request.getProperties());
      await standIn.delete(resourceOf(request), request.getId(), inputs);
      return new empties.Empty();
    }),
    invoke: reply((request: messages.InvokeRequest) =>
      new messages.InvokeResponse().setReturn(
        toStruct(answerInvoke(request.getTok(), fromStruct(request.getArgs()), standIn.world)),
      ),
    ),
  });
}

function unimplemented(_call: unknown, callback: Callback<never>): void {
  callback({ code: grpc.status.UNIMPLEMENTED, details: 'not implemented by the stand-in' });
}

function reply<Request, Response>(act: (request: Request) => Response | Promise<Response>) {
  return async (call: Call<Request>, callback: Callback<Response>): Promise<void> => {
    try {
      callback(null, await act(call.request));
    } catch (thrown) {
      callback({
        code: grpc.status.UNKNOWN,
        details: thrown instanceof Error ? thrown.message : String(thrown),
      });
    }
  };
}

function resourceOf(request: { getUrn(): string }): { urn: string; type: string } {
  const urn = request.getUrn();
  return { urn, type: urn.split('::')[2]?.split('$').pop() ?? '' };
}

/** Nested provider settings arrive as JSON texts. */
function configure(standIn: StandIn, config: Values): messages.ConfigureResponse {
  const parsed = Object.fromEntries(Object.entries(config).map(([key, value]) => [key, parseNested(value)]));
  const accounts = parsed.allowedAccountIds;
  if (Array.isArray(accounts) && typeof accounts[0] === 'string') standIn.account = accounts[0];
  if (typeof parsed.region === 'string') standIn.region = parsed.region;
  standIn.defaultTags = ((parsed.defaultTags as Values | undefined)?.tags ?? {}) as Values;
  const response = new messages.ConfigureResponse();
  response.setAcceptsecrets(true);
  response.setAcceptresources(true);
  response.setSupportspreview(true);
  return response;
}

function parseNested(value: Values[string]): Values[string] {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return value;
  return JSON.parse(value) as Values[string];
}

/** Another region is another provider: everything in it is made anew. */
function configDiff(request: messages.DiffRequest): messages.DiffResponse {
  const [olds, news] = [fromStruct(request.getOlds()), fromStruct(request.getNews())];
  const response = new messages.DiffResponse();
  const changed = [...new Set([...Object.keys(olds), ...Object.keys(news)])].filter(
    (key) => JSON.stringify(olds[key]) !== JSON.stringify(news[key]),
  );
  response.setDiffsList(changed);
  response.setReplacesList(changed.filter((key) => key === 'region' && news[key] !== UNKNOWN));
  response.setChanges(
    changed.length > 0
      ? messages.DiffResponse.DiffChanges.DIFF_SOME
      : messages.DiffResponse.DiffChanges.DIFF_NONE,
  );
  return response;
}

function check(standIn: StandIn, request: messages.CheckRequest): messages.CheckResponse {
  const resource = resourceOf(request);
  const name = resource.urn.split('::').slice(3).join('::');
  const suffix = Buffer.from(request.getRandomseed_asU8()).toString('hex').slice(0, 7);
  const proposed = request.getAutonaming()?.getProposedName() || `${name}-${suffix}`;
  const { inputs, failures } = standIn.check(
    resource,
    fromStruct(request.getOlds()),
    fromStruct(request.getNews()),
    proposed,
  );
  return new messages.CheckResponse()
    .setInputs(toStruct(inputs))
    .setFailuresList(
      failures.map(({ property, reason }) =>
        new messages.CheckFailure()
          .setProperty(property)
          .setReason(property ? `${property}: ${reason}` : reason),
      ),
    );
}

function diff(standIn: StandIn, request: messages.DiffRequest): messages.DiffResponse {
  const olds = fromStruct(request.getOldInputs() ?? request.getOlds());
  const ignored = request.getIgnorechangesList();
  const found = standIn
    .diff(resourceOf(request), olds, fromStruct(request.getNews()))
    .filter(({ path }) => !ignored.some((key) => path === key || path.startsWith(`${key}.`)));
  const response = new messages.DiffResponse();
  const { DIFF_SOME, DIFF_NONE } = messages.DiffResponse.DiffChanges;
  response.setChanges(found.length > 0 ? DIFF_SOME : DIFF_NONE);
  response.setDiffsList([...new Set(found.map(({ path }) => topOf(path)))]);
  response.setReplacesList([
    ...new Set(found.filter(({ replaces }) => replaces).map(({ path }) => topOf(path))),
  ]);
  response.setHasdetaileddiff(true);
  for (const difference of found)
    response.getDetaileddiffMap().set(difference.path, propertyDiff(difference));
  return response;
}

function topOf(path: string): string {
  return /^[^.[]+/.exec(path)?.[0] ?? path;
}

function propertyDiff({ kind, replaces }: Difference): messages.PropertyDiff {
  const { Kind } = messages.PropertyDiff;
  const kinds = {
    add: replaces ? Kind.ADD_REPLACE : Kind.ADD,
    delete: replaces ? Kind.DELETE_REPLACE : Kind.DELETE,
    update: replaces ? Kind.UPDATE_REPLACE : Kind.UPDATE,
  };
  const response = new messages.PropertyDiff();
  response.setKind(kinds[kind]);
  response.setInputdiff(true);
  return response;
}

async function create(standIn: StandIn, request: messages.CreateRequest): Promise<messages.CreateResponse> {
  const resource = resourceOf(request);
  const inputs = fromStruct(request.getProperties());
  const response = new messages.CreateResponse();
  if (request.getPreview()) {
    response.setProperties(toStruct(standIn.previewCreate(resource, inputs)));
    return response;
  }
  const { id, outputs } = await standIn.create(resource, inputs);
  response.setId(id);
  response.setProperties(toStruct(outputs));
  return response;
}

async function update(standIn: StandIn, request: messages.UpdateRequest): Promise<messages.UpdateResponse> {
  const resource = resourceOf(request);
  const news = fromStruct(request.getNews());
  const response = new messages.UpdateResponse();
  const outputs = request.getPreview()
    ? { ...fromStruct(request.getOlds()), ...news }
    : await standIn.update(resource, request.getId(), news);
  response.setProperties(toStruct(outputs));
  return response;
}

function read(standIn: StandIn, request: messages.ReadRequest): messages.ReadResponse {
  const response = new messages.ReadResponse();
  const found = standIn.read(resourceOf(request), request.getId());
  if (!found) return response;
  response.setId(request.getId());
  const [properties, inputs] = [request.getProperties(), request.getInputs()];
  response.setProperties(toStruct(asFound(fromStruct(properties), found.outputs)));
  response.setInputs(toStruct(asFound(fromStruct(inputs), found.inputs)));
  return response;
}
