import {
  CreateApiCommand,
  CreateIntegrationCommand,
  CreateRouteCommand,
  CreateStageCommand,
  GetApisCommand,
  GetIntegrationsCommand,
  GetRoutesCommand,
  GetStagesCommand,
} from "@aws-sdk/client-apigatewayv2";
import type { Clients } from "../../../cleanup/aws/clients";
import { allPages } from "../../../cleanup/aws/pages";
import { partitionOf } from "../../../contract/names";
import { TAG } from "../../../contract/tags";
import { testResourceName, testRunNames, type TestRun } from "../../../contract/test-run";
import { functionArn } from "./function";
import type { Created, Node, NodeContext } from "./node";
import { allowInvoke } from "./topic";

const STAGE = "$default";

/** An HTTP API with a default stage, so that its URL has no stage in it. */
export function httpApiNode(run: TestRun, node: string, routes: Readonly<Record<string, string>>): Node {
  const Name = testResourceName(run, "lambda", node);
  const functions = [...new Set(Object.values(routes))];
  return {
    node,
    type: "apigateway:http-api",
    name: Name,
    after: functions,
    calls: [
      "apigateway:CreateApi",
      ...functions.flatMap(() => ["lambda:AddPermission", "apigateway:CreateIntegration"]),
      ...Object.keys(routes).map(() => "apigateway:CreateRoute"),
      "apigateway:CreateStage",
    ],
    async find({ clients }) {
      const apis = await allPages(async (NextToken) => {
        const page = await clients.apiGatewayV2.send(new GetApisCommand({ NextToken }));
        return { items: page.Items, next: page.NextToken };
      });
      // Names are not unique, so an API without the run's tag is another one.
      const found = apis.find((api) => api.Name === Name && api.Tags?.[TAG.environment] === run.run);
      return found?.ApiId === undefined
        ? undefined
        : { id: found.ApiId, arn: apiArn(run, found.ApiId), url: found.ApiEndpoint, tags: found.Tags ?? {} };
    },
    async create({ clients, tags }) {
      const { ApiId, ApiEndpoint } = await clients.apiGatewayV2.send(
        new CreateApiCommand({ Name, ProtocolType: "HTTP", Tags: { ...tags } }),
      );
      return { id: ApiId!, arn: apiArn(run, ApiId!), url: ApiEndpoint };
    },
    async finish(context, created) {
      const existing = await existingParts(context.clients, created);
      const integrations = new Map<string, string>();
      for (const fn of functions) {
        await allowInvoke(context, fn, { node, service: "apigateway", arn: invokeArn(run, created) });
        const IntegrationUri = functionArn(run, fn);
        integrations.set(
          fn,
          existing.integrations.get(IntegrationUri) ?? (await integrate(context, created, IntegrationUri)),
        );
      }
      for (const [RouteKey, fn] of Object.entries(routes)) {
        if (existing.routes.has(RouteKey)) continue;
        const Target = `integrations/${integrations.get(fn)}`;
        await context.clients.apiGatewayV2.send(
          new CreateRouteCommand({ ApiId: created.id, RouteKey, Target }),
        );
      }
      if (existing.stages.has(STAGE)) return;
      await context.clients.apiGatewayV2.send(
        new CreateStageCommand({
          ApiId: created.id,
          StageName: STAGE,
          AutoDeploy: true,
          Tags: { ...context.tags },
        }),
      );
    },
  };
}

async function integrate(
  { clients }: NodeContext,
  { id: ApiId }: Created,
  IntegrationUri: string,
): Promise<string> {
  const { IntegrationId } = await clients.apiGatewayV2.send(
    new CreateIntegrationCommand({
      ApiId,
      IntegrationType: "AWS_PROXY",
      IntegrationUri,
      PayloadFormatVersion: "2.0",
    }),
  );
  return IntegrationId!;
}

/** What an interrupted attempt has created already. */
async function existingParts({ apiGatewayV2 }: Clients, { id: ApiId }: Created) {
  const [integrations, routes, stages] = await Promise.all([
    apiGatewayV2.send(new GetIntegrationsCommand({ ApiId, MaxResults: "100" })),
    apiGatewayV2.send(new GetRoutesCommand({ ApiId, MaxResults: "100" })),
    apiGatewayV2.send(new GetStagesCommand({ ApiId, MaxResults: "100" })),
  ]);
  return {
    integrations: new Map((integrations.Items ?? []).map((one) => [one.IntegrationUri, one.IntegrationId!])),
    routes: new Set((routes.Items ?? []).map(({ RouteKey }) => RouteKey)),
    stages: new Set((stages.Items ?? []).map(({ StageName }) => StageName)),
  };
}

function apiArn({ region }: TestRun, id: string): string {
  return `arn:${partitionOf(region)}:apigateway:${region}::/apis/${id}`;
}

function invokeArn(run: TestRun, { id }: Created): string {
  return testRunNames(run).arn("execute-api", `${id}/*`);
}
