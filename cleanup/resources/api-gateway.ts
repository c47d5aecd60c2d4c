import { DeleteRestApiCommand, GetRestApiCommand, GetRestApisCommand } from "@aws-sdk/client-api-gateway";
import { DeleteApiCommand, GetApiCommand, GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { partitionOf } from "../../contract/names";
import { allPages } from "../aws/pages";
import type { EnvScope } from "../engine/resource";
import { candidates } from "./candidates";
import type { ResourceType } from "./resource-type";
import { GONE, presentIf } from "./shared";

const HTTP_API = "apigateway:http-api";
const REST_API = "apigateway:rest-api";

const httpApi: ResourceType = {
  type: HTTP_API,
  terraform: ["aws_apigatewayv2_api"],
  parts: [
    "aws_apigatewayv2_authorizer",
    "aws_apigatewayv2_deployment",
    "aws_apigatewayv2_integration",
    "aws_apigatewayv2_route",
    "aws_apigatewayv2_stage",
  ],
  arns: ["/apis/"],
  handler: ({ read, write }) => ({
    list: candidates(HTTP_API, {
      async all(env) {
        const all = await allPages(async (NextToken) => {
          const page = await read.apiGatewayV2.send(new GetApisCommand({ MaxResults: "100", NextToken }));
          return { items: page.Items, next: page.NextToken };
        });
        return all.map(({ ApiId: id, Name: name, Tags: tags = {} }) => ({
          id: id!,
          arn: apiArn(env, `/apis/${id}`),
          name,
          tags,
        }));
      },
    }),
    look: ({ id: ApiId }) => presentIf(() => read.apiGatewayV2.send(new GetApiCommand({ ApiId }))),
    async remove({ id: ApiId }) {
      await write.apiGatewayV2.send(new DeleteApiCommand({ ApiId }));
      return GONE;
    },
  }),
};

/** AWS takes one deletion every 30 seconds in an account: `cleanup/aws/rates.ts`. */
const restApi: ResourceType = {
  type: REST_API,
  terraform: ["aws_api_gateway_rest_api"],
  parts: [
    "aws_api_gateway_authorizer",
    "aws_api_gateway_deployment",
    "aws_api_gateway_integration",
    "aws_api_gateway_integration_response",
    "aws_api_gateway_method",
    "aws_api_gateway_method_response",
    "aws_api_gateway_resource",
    "aws_api_gateway_rest_api_policy",
    "aws_api_gateway_stage",
  ],
  arns: ["/restapis/"],
  handler: ({ read, write }) => ({
    list: candidates(REST_API, {
      async all(env) {
        const all = await allPages(async (position) => {
          const page = await read.apiGateway.send(new GetRestApisCommand({ limit: 500, position }));
          return { items: page.items, next: page.position };
        });
        return all.map(({ id, name, tags = {} }) => ({
          id: id!,
          arn: apiArn(env, `/restapis/${id}`),
          name,
          tags,
        }));
      },
    }),
    look: ({ id: restApiId }) => presentIf(() => read.apiGateway.send(new GetRestApiCommand({ restApiId }))),
    async remove({ id: restApiId }) {
      await write.apiGateway.send(new DeleteRestApiCommand({ restApiId }));
      return GONE;
    },
  }),
};

/** APIs with their routes, integrations and stages. */
export const apiGateway: readonly ResourceType[] = [httpApi, restApi];

/** Without an account: those of API Gateway have none. */
function apiArn({ region }: EnvScope, path: string): string {
  return `arn:${partitionOf(region)}:apigateway:${region}::${path}`;
}
