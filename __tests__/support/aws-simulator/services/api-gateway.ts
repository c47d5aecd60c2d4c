import type * as rest from "@aws-sdk/client-api-gateway";
import type * as http from "@aws-sdk/client-apigatewayv2";
import type * as lambda from "@aws-sdk/client-lambda";
import { anywhere, operation, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import type { Entity, Store } from "../world/entity";
import type { EventSourceMapping, RestOrHttpApi } from "../world/platform";
import type { World } from "../world/world";

const missing = () => new AwsError("NotFoundException", "Invalid API identifier specified", 404);

function one<T extends Entity>(store: Store<T>, id: string | undefined): T {
  const found = store.get(id);
  if (!found) throw missing();
  return found;
}

const collection =
  (path: string) =>
  (_input: object, { place }: World): Need => ({
    action: "apigateway:GET",
    resource: `arn:aws:apigateway:${place.region}::/${path}`,
  });

const apiNeed =
  (method: string, kind: "apis" | "restapis", store: (world: World) => Store<RestOrHttpApi>) =>
  (input: { ApiId?: string | undefined; restApiId?: string | undefined }, world: World): Need => {
    const id = input.ApiId ?? input.restApiId;
    return {
      action: `apigateway:${method}`,
      resource: `arn:aws:apigateway:${world.place.region}::/${kind}/${id}`,
      tags: store(world).get(id)?.tags ?? {},
    };
  };

export const API_GATEWAY_V2: Operations = {
  GetApis: operation<http.GetApisCommandInput, http.GetApisCommandOutput>(
    collection("apis"),
    (input, { world }) => {
      const { items, next } = pageOf(world, world.httpApis.all(), (api) => api.id, input.NextToken);
      return {
        Items: items.map(({ id, name, tags }) => ({
          ApiId: id,
          Name: name,
          Tags: { ...tags },
          ProtocolType: "HTTP",
          RouteSelectionExpression: "$request.method $request.path",
        })),
        NextToken: next,
      };
    },
  ),
  GetApi: operation<http.GetApiCommandInput, http.GetApiCommandOutput>(
    apiNeed("GET", "apis", (world) => world.httpApis),
    (input, { world }) => ({ ApiId: one(world.httpApis, input.ApiId).id }),
  ),
  DeleteApi: operation<http.DeleteApiCommandInput, http.DeleteApiCommandOutput>(
    apiNeed("DELETE", "apis", (world) => world.httpApis),
    (input, { world }) => {
      world.httpApis.delete(one(world.httpApis, input.ApiId).id);
      return {};
    },
  ),
};

export const API_GATEWAY: Operations = {
  GetRestApis: operation<rest.GetRestApisCommandInput, rest.GetRestApisCommandOutput>(
    collection("restapis"),
    (input, { world }) => {
      const { items, next } = pageOf(world, world.restApis.all(), (api) => api.id, input.position);
      return { items: items.map(({ id, name, tags }) => ({ id, name, tags: { ...tags } })), position: next };
    },
  ),
  GetRestApi: operation<rest.GetRestApiCommandInput, rest.GetRestApiCommandOutput>(
    apiNeed("GET", "restapis", (world) => world.restApis),
    (input, { world }) => ({ id: one(world.restApis, input.restApiId).id }),
  ),
  DeleteRestApi: operation<rest.DeleteRestApiCommandInput, rest.DeleteRestApiCommandOutput>(
    apiNeed("DELETE", "restapis", (world) => world.restApis),
    (input, { world }) => {
      world.restApis.delete(one(world.restApis, input.restApiId).id);
      return {};
    },
  ),
};

const mappingNeed =
  (action: string) =>
  (input: { UUID?: string | undefined }, world: World): Need => ({
    action: `lambda:${action}`,
    resource: world.arn("lambda", `event-source-mapping:${input.UUID}`),
    tags: world.eventSourceMappings.get(input.UUID)?.tags ?? {},
  });

function mappingOf(world: World, id: string | undefined): EventSourceMapping {
  const found = world.eventSourceMappings.get(id);
  if (!found)
    throw new AwsError("ResourceNotFoundException", "The resource you requested does not exist.", 404);
  return found;
}

export const EVENT_SOURCE_MAPPINGS: Operations = {
  ListEventSourceMappings: operation<
    lambda.ListEventSourceMappingsCommandInput,
    lambda.ListEventSourceMappingsCommandOutput
  >(anywhere("lambda:ListEventSourceMappings"), (input, { world }) => {
    const { items, next } = pageOf(world, world.eventSourceMappings.all(), ({ id }) => id, input.Marker);
    return {
      EventSourceMappings: items.map(({ id, arn, functionArn }) => ({
        UUID: id,
        EventSourceMappingArn: arn,
        FunctionArn: functionArn,
        State: "Enabled",
      })),
      NextMarker: next,
    };
  }),
  GetEventSourceMapping: operation<
    lambda.GetEventSourceMappingCommandInput,
    lambda.GetEventSourceMappingCommandOutput
  >(mappingNeed("GetEventSourceMapping"), (input, { world }) => {
    const { id, functionArn } = mappingOf(world, input.UUID);
    return { UUID: id, FunctionArn: functionArn, State: "Enabled" };
  }),
  DeleteEventSourceMapping: operation<
    lambda.DeleteEventSourceMappingCommandInput,
    lambda.DeleteEventSourceMappingCommandOutput
  >(mappingNeed("DeleteEventSourceMapping"), (input, { world }) => {
    const { id } = mappingOf(world, input.UUID);
    world.eventSourceMappings.delete(id);
    return { UUID: id, State: "Deleting" };
  }),
};
