/** Functions and layers. */
import { expand, expandFirst } from '../expand.ts';
import { type Lifecycle, step, tagsOf, text } from '../resource.ts';

const SERVICE = 'lambda';

export const lambda: Record<string, Lifecycle> = {
  'aws:lambda/function:Function': {
    create(made) {
      const { CreateFunctionRequest = {}, PutFunctionConcurrencyRequest = {} } = expand(made);
      const reserved = PutFunctionConcurrencyRequest.ReservedConcurrentExecutions;
      return [
        step(
          SERVICE,
          'CreateFunction',
          { ...CreateFunctionRequest, Tags: tagsOf(made) },
          { binds: { [text(made, 'arn')]: 'FunctionArn' } },
        ),
        ...(reserved === undefined
          ? []
          : [
              step(SERVICE, 'PutFunctionConcurrency', {
                FunctionName: made.id,
                ReservedConcurrentExecutions: reserved,
              }),
            ]),
      ];
    },
    delete: (made) => [step(SERVICE, 'DeleteFunction', { FunctionName: made.id })],
    left: {
      service: SERVICE,
      operation: 'ListFunctions',
      path: 'Functions[].FunctionName',
      identity: ({ id }) => id,
    },
  },
  'aws:lambda/layerVersion:LayerVersion': {
    create: (made) => [
      step(SERVICE, 'PublishLayerVersion', expandFirst(made), {
        binds: { [text(made, 'arn')]: 'LayerVersionArn' },
      }),
    ],
    delete: (made) => [
      step(SERVICE, 'DeleteLayerVersion', {
        LayerName: text(made, 'layerName'),
        VersionNumber: Number(text(made, 'version')),
      }),
    ],
    left: {
      service: SERVICE,
      operation: 'ListLayers',
      path: 'Layers[?LatestMatchingVersion].LatestMatchingVersion.LayerVersionArn',
      identity: (made) => text(made, 'arn'),
    },
  },
};
