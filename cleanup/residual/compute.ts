import { DescribeScalableTargetsCommand } from "@aws-sdk/client-application-auto-scaling";
import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListClustersCommand,
  ListServicesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
} from "@aws-sdk/client-ecs";
import { ListFunctionsCommand } from "@aws-sdk/client-lambda";
import { GetScheduleGroupCommand, ListSchedulesCommand } from "@aws-sdk/client-scheduler";
import { scheduleGroupName } from "../../contract/reaper";
import { TAG } from "../../contract/tags";
import { unlessNotFound } from "../aws/errors";
import { allPages, chunks } from "../aws/pages";
import { belongs, type Evidence, type Lister, type Live } from "./evidence";

/** Clusters, and what lives in those that are the environment's. */
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
      if (status !== "INACTIVE" && belongs(cluster, evidence))
        live.push(...(await inCluster(evidence, clusterArn!)));
    }
  }
  live.push(...(await confirmed(evidence)));
  const definitions = await allPages(async (nextToken) => {
    const page = await ecs.send(new ListTaskDefinitionsCommand({ status: "ACTIVE", nextToken }));
    return { items: page.taskDefinitionArns, next: page.nextToken };
  });
  return [...live, ...definitions.map((arn) => ({ type: "ecs:task-definition", id: arn, arn }))];
};

/** In a cluster of the environment, all is the environment's: as if the cluster's name were theirs. */
async function inCluster({ clients: { ecs }, names }: Evidence, cluster: string): Promise<Live[]> {
  const services = await allPages(async (nextToken) => {
    const page = await ecs.send(new ListServicesCommand({ cluster, nextToken }));
    return { items: page.serviceArns, next: page.nextToken };
  });
  const tasks = await allPages(async (nextToken) => {
    const page = await ecs.send(new ListTasksCommand({ cluster, nextToken }));
    return { items: page.taskArns, next: page.nextToken };
  });
  return [
    ...services.map((arn) => ({ type: "ecs:service", id: arn, arn, name: names.prefix })),
    ...tasks.map((arn) => ({ type: "ecs:task", id: arn, arn, name: names.prefix })),
  ];
}

/** Services and tasks that the tag index names: a draining service is in no list, but Describe knows it. */
async function confirmed({ clients: { ecs }, taggedArns }: Evidence): Promise<Live[]> {
  const live: Live[] = [];
  for (const arn of taggedArns.filter((one) => /:ecs:.*:(service|task)\/.+\//.test(one))) {
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

/** Scalable targets, functions and the environment's schedules. */
export const listCompute: Lister = async ({ clients: { autoScaling, lambda, scheduler }, env }) => {
  const targets = await allPages(async (NextToken) => {
    const page = await autoScaling.send(
      new DescribeScalableTargetsCommand({ ServiceNamespace: "ecs", NextToken }),
    );
    return { items: page.ScalableTargets, next: page.NextToken };
  });
  const functions = await allPages(async (Marker) => {
    const page = await lambda.send(new ListFunctionsCommand({ Marker }));
    return { items: page.Functions, next: page.NextMarker };
  });
  const GroupName = scheduleGroupName(env.environment);
  const group = await unlessNotFound(() => scheduler.send(new GetScheduleGroupCommand({ Name: GroupName })));
  const schedules = group
    ? await allPages(async (NextToken) => {
        const page = await unlessNotFound(() =>
          scheduler.send(new ListSchedulesCommand({ GroupName, NextToken })),
        );
        return { items: page?.Schedules, next: page?.NextToken };
      })
    : [];
  const tags = [{ Key: TAG.environment, Value: env.environment }]; // the name of the group says whose
  return [
    ...targets.map((one) => ({
      type: "application-autoscaling:scalable-target",
      id: one.ResourceId!,
      arn: one.ScalableTargetARN,
    })),
    ...functions.map((one) => ({ type: "lambda:function", id: one.FunctionName!, arn: one.FunctionArn })),
    ...(group ? [{ type: "scheduler:schedule-group", id: GroupName, tags }] : []),
    ...schedules.map(({ Name }) => ({ type: "scheduler:schedule", id: `${GroupName}/${Name}`, tags })),
  ];
};
