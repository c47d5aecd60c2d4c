import {
  CreateDeploymentCommand,
  CreateRestApiCommand,
  GetRestApisCommand,
  PutRestApiCommand,
} from "@aws-sdk/client-api-gateway";
import { allPages } from "../../../cleanup/aws/pages";
import { partitionOf } from "../../../contract/names";
import { TAG } from "../../../contract/tags";
import { testResourceName, testRunNames, type TestRun } from "../../../contract/test-run";
import { functionArn } from "./function";
import type { Node } from "./node";
import { allowInvoke } from "./topic";

const STAGE = "test";

/**
 * Milliseconds between two calls that an account may make.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
 */
const EVERY_MS = { CreateRestApi: 3_000, CreateDeployment: 5_000 } as const;

/** A REST API with one stage. Its routes come from one OpenAPI document, which is one call. */
export function restApiNode(run: TestRun, node: string, routes: Readonly<Record<string, string>>): Node {
  const name = testResourceName(run, "lambda", node);
  const functions = [...new Set(Object.values(routes))];
  const { region } = run;
  const created = (id: string) => ({
    id,
    arn: `arn:${partitionOf(region)}:apigateway:${region}::/restapis/${id}`,
    url: `https://${id}.execute-api.${region}.amazonaws.com/${STAGE}`,
  });
  return {
    node,
    type: "apigateway:rest-api",
    name,
    after: functions,
    calls: [
      "apigateway:CreateRestApi",
      ...functions.map(() => "lambda:AddPermission"),
      "apigateway:PutRestApi",
      "apigateway:CreateDeployment",
    ],
    async find({ clients }) {
      const apis = await allPages(async (position) => {
        const page = await clients.apiGateway.send(new GetRestApisCommand({ position, limit: 500 }));
        return { items: page.items, next: page.position };
      });
      const found = apis.find((api) => api.name === name && api.tags?.[TAG.environment] === run.run);
      return found?.id === undefined ? undefined : { ...created(found.id), tags: found.tags ?? {} };
    },
    async create({ clients, tags, pace }) {
      await pace("CreateRestApi", EVERY_MS.CreateRestApi);
      const { id } = await clients.apiGateway.send(
        new CreateRestApiCommand({
          name,
          endpointConfiguration: { types: ["REGIONAL"] },
          tags: { ...tags },
        }),
      );
      return created(id!);
    },
    async finish(context, { id: restApiId }) {
      const arn = testRunNames(run).arn("execute-api", `${restApiId}/*`);
      for (const fn of functions) await allowInvoke(context, fn, { node, service: "apigateway", arn });
      const body = Buffer.from(JSON.stringify(openApi(run, name, routes)));
      await context.clients.apiGateway.send(new PutRestApiCommand({ restApiId, mode: "overwrite", body }));
      await context.pace("CreateDeployment", EVERY_MS.CreateDeployment);
      await context.clients.apiGateway.send(new CreateDeploymentCommand({ restApiId, stageName: STAGE }));
    },
  };
}

/** The routes as an OpenAPI document with a proxy integration each. `$default` is every other path. */
function openApi(run: TestRun, title: string, routes: Readonly<Record<string, string>>): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [route, fn] of Object.entries(routes)) {
    const [method = "ANY", path = "/{proxy+}"] = route === "$default" ? [] : route.split(" ");
    const verb = method === "ANY" ? "x-amazon-apigateway-any-method" : method.toLowerCase();
    const uri = `arn:${partitionOf(run.region)}:apigateway:${run.region}:lambda:path/2015-03-31/functions/${functionArn(run, fn)}/invocations`;
    (paths[path] ??= {})[verb] = {
      responses: { default: { description: "the function's answer" } },
      "x-amazon-apigateway-integration": { type: "aws_proxy", httpMethod: "POST", uri },
    };
  }
  return { openapi: "3.0.1", info: { title, version: "1" }, paths };
}
