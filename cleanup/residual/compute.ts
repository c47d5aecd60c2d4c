import { GetRestApisCommand } from "@aws-sdk/client-api-gateway";
import { GetApisCommand } from "@aws-sdk/client-apigatewayv2";
import { DescribeScalableTargetsCommand } from "@aws-sdk/client-application-auto-scaling";
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import { ListEventSourceMappingsCommand, ListTagsCommand } from "@aws-sdk/client-lambda";
import { ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { reaperNames, scheduleName } from "../../contract/reaper";
import { unlessNotFound } from "../aws/errors";
import { allPages, chunks } from "../aws/pages";
import { belongs, ownTags, type Evidence, type Lister, type Live } from "./evidence";

/** Clusters, and the contents of the environment's clusters. */
export const listEcs: Lister = async (evidence) => {
  const { ecs } = evidence.clients;
  const arns = await allPages(async (nextToken) => {
    const page = await ecs.send(new ListClustersCommand({ nextToken }));
    return { items: page.clusterArns, next: page.nextToken };
  });
  const live: Live[] = [];
  for (const clusters of chunks(arns, 100)) {
    const answer = await ecs.send(new DescribeClustersCommand({ clusters, include: ["TAGS"] }));
    for (const { clusterArn, clusterName, status, tags } of answer.clusters ?? []) {
      const cluster: Live = {
        type: "ecs:cluster",
        id: clusterArn!,
        arn: clusterArn,
        name: clusterName,
        tags: tags?.map(({ key, value }) => ({ Key: key, Value: value })),
        ...(status === "INACTIVE" && { tombstone: status }),
      };
      live.push(cluster);
      if (status !== "INACTIVE" && belongs(cluster, evidence) === "own")
        live.push(...(await tasksIn(evidence, clusterArn!)));
    }
  }
  live.push(...(await confirmed(evidence)));
  const definitions = await allPages(async (nextToken) => {
    const page = await ecs.send(new ListTaskDefinitionsCommand({ status: "ACTIVE", nextToken }));
    return { items: page.taskDefinitionArns, next: page.nextToken };
  });
  return [...live, ...definitions.map((arn) => ({ type: "ecs:task-definition", id: arn, arn }))];
};

/** Tasks in a cluster of the environment, including those without tags. */
async function tasksIn({ clients: { ecs } }: Evidence, cluster: string): Promise<Live[]> {
  const tasks = await allPages(async (nextToken) => {
    const page = await ecs.send(new ListTasksCommand({ cluster, nextToken }));
    return { items: page.taskArns, next: page.nextToken };
  });
  return tasks.map((arn) => ({ type: "ecs:task", id: arn, arn, name: arn.split("/").slice(-2).join("/") }));
}

/** Services and tasks in the tag index, because a draining service is in no list and only Describe returns it. */
async function confirmed({ clients: { ecs }, tagged }: Evidence): Promise<Live[]> {
  const live: Live[] = [];
  for (const arn of [...tagged.keys()].filter((one) => /:ecs:.*:(service|task)\/.+\//.test(one))) {
    const cluster = arn.split("/").at(-2)!;
    if (arn.includes(":service/")) {
      const answer = await unlessNotFound(() =>
        ecs.send(new DescribeServicesCommand({ cluster, services: [arn] })),
      );
      for (const { status } of answer?.services ?? []) {
        live.push({ type: "ecs:service", id: arn, arn, ...(status === "INACTIVE" && { tombstone: status }) });
      }
    } else {
      const answer = await unlessNotFound(() =>
        ecs.send(new DescribeTasksCommand({ cluster, tasks: [arn] })),
      );
      for (const { lastStatus } of answer?.tasks ?? []) {
        const isGone = lastStatus === "STOPPED" || lastStatus === "DELETED";
        live.push({ type: "ecs:task", id: arn, arn, ...(isGone && { tombstone: lastStatus }) });
      }
    }
  }
  return live;
}

/** APIs, and the mappings that read queues for functions; both outlive the function. */
export const listApis: Lister = async ({ clients: { apiGateway, apiGatewayV2, lambda }, names }) => {
  const http = await allPages(async (NextToken) => {
    const page = await apiGatewayV2.send(new GetApisCommand({ NextToken }));
    return { items: page.Items, next: page.NextToken };
  });
  const rest = await allPages(async (position) => {
    const page = await apiGateway.send(new GetRestApisCommand({ position }));
    return { items: page.items, next: page.position };
  });
  const mappings = await allPages(async (Marker) => {
    const page = await lambda.send(new ListEventSourceMappingsCommand({ Marker }));
    return { items: page.EventSourceMappings, next: page.NextMarker };
  });
  const tagsOf = (tags: Readonly<Record<string, string>> = {}) =>
    Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
  const similar = (name = "") => name.startsWith(`${names.prefix}-`);
  return [
    ...http.map(({ ApiId, Name, Tags }) => ({
      type: "apigateway:http-api",
      id: ApiId!,
      name: Name,
      tags: tagsOf(Tags),
      similar: similar(Name),
    })),
    ...rest.map(({ id, name, tags }) => ({
      type: "apigateway:rest-api",
      id: id!,
      name,
      tags: tagsOf(tags),
      similar: similar(name),
    })),
    ...(await Promise.all(
      mappings.map(async ({ UUID, FunctionArn = "" }) => {
        const arn = names.arn("lambda", `event-source-mapping:${UUID}`);
        const isSimilar = similar(/:function:([^:]+)/.exec(FunctionArn)?.[1]);
        // Its tags say whose it is: an environment whose name begins like this one's has similar names too.
        const found = isSimilar
          ? await unlessNotFound(() => lambda.send(new ListTagsCommand({ Resource: arn })))
          : undefined;
        return {
          type: "lambda:event-source-mapping",
          id: UUID!,
          arn,
          similar: isSimilar,
          ...(found && { tags: tagsOf(found.Tags) }),
        };
      }),
    )),
  ];
};

/** Scalable targets, functions and the environment's schedules. */
export const listCompute: Lister = async ({ clients: { autoScaling, lambda, scheduler }, env, tagged }) => {
  const targets = await allPages(async (NextToken) => {
    const page = await autoScaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", NextToken }),
    );
    return { items: page.ScalableTargets, next: page.NextToken };
  });
  // A listing of functions would show their environment variables, so only the tags of those in the tag index are read.
  const functions: Live[] = [];
  for (const arn of [...tagged.keys()].filter((one) => /:lambda:.*:function:/.test(one))) {
    const found = await unlessNotFound(() => lambda.send(new ListTagsCommand({ Resource: arn })));
    if (found) functions.push({ type: "lambda:function", id: arn.split(":").at(-1)!, arn });
  }
  const GroupName = reaperNames(env.accountId, env.region).scheduleGroupName;
  const NamePrefix = scheduleName(env.environment, "");
  const schedules = await allPages(async (NextToken) => {
    const page = await scheduler.send(new ListSchedulesCommand({ GroupName, NamePrefix, NextToken }));
    return { items: page.Schedules, next: page.NextToken };
  });
  const tags = ownTags(env); // a schedule has no tags; its name identifies the owner
  return [
    ...targets.map((one) => ({
      type: "application-autoscaling:scalable-target",
      id: one.ResourceId!,
      arn: one.ScalableTargetARN,
    })),
    ...functions,
    ...schedules.map(({ Name }) => ({ type: "scheduler:schedule", id: `${GroupName}/${Name}`, tags })),
  ];
};
