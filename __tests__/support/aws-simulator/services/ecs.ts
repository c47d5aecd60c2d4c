import type * as ecs from "@aws-sdk/client-ecs";
import { anywhere, operation, type Need, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { lowerTagList, type Entity } from "../world/entity";
import type { Cluster, Service } from "../world/workload";
import type { World } from "../world/world";
import { scaleTo, stopService, stopTask } from "./ecs-lifecycle";

export function findCluster(world: World, ref: string | undefined): Cluster | undefined {
  return world.clusters.where((c) => c.arn === ref || c.name === ref)[0];
}

export function clusterOf(world: World, ref: string | undefined): Cluster {
  const cluster = findCluster(world, ref);
  if (!cluster || cluster.status === "INACTIVE")
    throw new AwsError("ClusterNotFoundException", "Cluster not found.");
  return cluster;
}

function findService(
  world: World,
  cluster: string | undefined,
  ref: string | undefined,
): Service | undefined {
  const clusterArn = findCluster(world, cluster)?.arn;
  return world.services.where((s) => s.clusterArn === clusterArn && (s.arn === ref || s.name === ref))[0];
}

export function onEcs(action: string, item: Entity | undefined, fallback: string): Need {
  return { action: `ecs:${action}`, resource: item?.arn ?? fallback, tags: item?.tags ?? {} };
}

/** ECS answers with what it found and names the rest in `failures`. */
function missing(world: World, kind: string, ref: string): ecs.Failure {
  const arn = ref.startsWith("arn:") ? ref : world.arn("ecs", `${kind}/${ref}`);
  return { arn, reason: "MISSING" };
}

export const ECS: Operations = {
  ListClusters: operation<ecs.ListClustersCommandInput, ecs.ListClustersCommandOutput>(
    anywhere("ecs:ListClusters"),
    (input, { world }) => {
      const active = world.clusters.where((c) => c.status === "ACTIVE");
      const { items, next } = pageOf(world, active, (c) => c.arn, input.nextToken, input.maxResults);
      return { clusterArns: items.map((c) => c.arn), nextToken: next };
    },
  ),
  DescribeClusters: operation<ecs.DescribeClustersCommandInput, ecs.DescribeClustersCommandOutput>(
    anywhere("ecs:DescribeClusters"),
    (input, { world }) => {
      const refs = input.clusters ?? ["default"];
      const found = refs.map((ref) => findCluster(world, ref));
      return {
        clusters: found.flatMap((c) =>
          c ? [shapeCluster(world, c, input.include?.includes("TAGS") ?? false)] : [],
        ),
        failures: refs.filter((_, index) => !found[index]).map((ref) => missing(world, "cluster", ref)),
      };
    },
  ),
  PutClusterCapacityProviders: operation<
    ecs.PutClusterCapacityProvidersCommandInput,
    ecs.PutClusterCapacityProvidersCommandOutput
  >(
    (input, world) => onEcs("PutClusterCapacityProviders", findCluster(world, input.cluster), "*"),
    (input, { world }) => {
      const cluster = clusterOf(world, input.cluster);
      cluster.capacityProviders = [...(input.capacityProviders ?? [])];
      return { cluster: shapeCluster(world, cluster, false) };
    },
  ),
  DeleteCluster: operation<ecs.DeleteClusterCommandInput, ecs.DeleteClusterCommandOutput>(
    (input, world) => onEcs("DeleteCluster", findCluster(world, input.cluster), "*"),
    (input, { world }) => {
      const cluster = clusterOf(world, input.cluster);
      if (world.services.some((s) => s.clusterArn === cluster.arn && s.status !== "INACTIVE")) {
        throw new AwsError(
          "ClusterContainsServicesException",
          "The Cluster cannot be deleted while Services are active.",
        );
      }
      if (world.tasks.some((t) => t.clusterArn === cluster.arn && t.status !== "STOPPED")) {
        throw new AwsError(
          "ClusterContainsTasksException",
          "The Cluster cannot be deleted while Tasks are active.",
        );
      }
      cluster.status = "INACTIVE";
      return { cluster: shapeCluster(world, cluster, false) };
    },
  ),
  ListServices: operation<ecs.ListServicesCommandInput, ecs.ListServicesCommandOutput>(
    anywhere("ecs:ListServices"),
    (input, { world }) => {
      const cluster = clusterOf(world, input.cluster);
      // A draining service is not listed any more, although it still holds everything.
      const active = world.services.where((s) => s.clusterArn === cluster.arn && s.status === "ACTIVE");
      const { items, next } = pageOf(world, active, (s) => s.arn, input.nextToken, input.maxResults ?? 10);
      return { serviceArns: items.map((s) => s.arn), nextToken: next };
    },
  ),
  DescribeServices: operation<ecs.DescribeServicesCommandInput, ecs.DescribeServicesCommandOutput>(
    anywhere("ecs:DescribeServices"),
    (input, { world }) => {
      clusterOf(world, input.cluster);
      const refs = input.services ?? [];
      if (refs.length > 10 || refs.length === 0) {
        throw new AwsError("InvalidParameterException", "DescribeServices takes 1 to 10 services.");
      }
      const found = refs.map((ref) => findService(world, input.cluster, ref));
      return {
        services: found.flatMap((s) =>
          s ? [shapeService(world, s, input.include?.includes("TAGS") ?? false)] : [],
        ),
        failures: refs.filter((_, index) => !found[index]).map((ref) => missing(world, "service", ref)),
      };
    },
  ),
  UpdateService: operation<ecs.UpdateServiceCommandInput, ecs.UpdateServiceCommandOutput>(
    (input, world) => onEcs("UpdateService", findService(world, input.cluster, input.service), "*"),
    (input, call) => {
      clusterOf(call.world, input.cluster);
      const service = activeService(call.world, input);
      if (input.desiredCount !== undefined) scaleTo(service, input.desiredCount, call);
      return { service: shapeService(call.world, service, false) };
    },
  ),
  DeleteService: operation<ecs.DeleteServiceCommandInput, ecs.DeleteServiceCommandOutput>(
    (input, world) => onEcs("DeleteService", findService(world, input.cluster, input.service), "*"),
    (input, call) => {
      clusterOf(call.world, input.cluster);
      const service = activeService(call.world, input);
      if (!input.force && service.desired > 0) {
        throw new AwsError(
          "InvalidParameterException",
          "The service cannot be stopped while it is scaled above 0.",
        );
      }
      stopService(service, call);
      return { service: shapeService(call.world, service, false) };
    },
  ),
  ListTasks: operation<ecs.ListTasksCommandInput, ecs.ListTasksCommandOutput>(
    anywhere("ecs:ListTasks"),
    (input, { world }) => {
      const cluster = clusterOf(world, input.cluster);
      const status = input.desiredStatus ?? "RUNNING";
      const found = world.tasks.where(
        (t) =>
          t.clusterArn === cluster.arn &&
          (!input.serviceName || t.serviceName === input.serviceName) &&
          (status === "STOPPED" ? t.status !== "RUNNING" : t.status === "RUNNING"),
      );
      const { items, next } = pageOf(world, found, (t) => t.arn, input.nextToken, input.maxResults);
      return { taskArns: items.map((t) => t.arn), nextToken: next };
    },
  ),
  DescribeTasks: operation<ecs.DescribeTasksCommandInput, ecs.DescribeTasksCommandOutput>(
    anywhere("ecs:DescribeTasks"),
    (input, { world }) => {
      clusterOf(world, input.cluster);
      const refs = input.tasks ?? [];
      if (refs.length > 100)
        throw new AwsError("InvalidParameterException", "Tasks cannot be more than 100.");
      const found = refs.map((ref) => world.tasks.where((t) => t.arn === ref || t.id === ref)[0]);
      return {
        tasks: found.flatMap((t) =>
          t
            ? [
                {
                  taskArn: t.arn,
                  clusterArn: t.clusterArn,
                  lastStatus: t.status,
                  desiredStatus: t.status === "RUNNING" ? "RUNNING" : "STOPPED",
                  group: `service:${t.serviceName}`,
                  taskDefinitionArn: t.taskDefinition,
                  tags: input.include?.includes("TAGS") ? lowerTagList(t.tags) : [],
                },
              ]
            : [],
        ),
        failures: refs.filter((_, index) => !found[index]).map((ref) => missing(world, "task", ref)),
      };
    },
  ),
  StopTask: operation<ecs.StopTaskCommandInput, ecs.StopTaskCommandOutput>(
    (input, world) =>
      onEcs("StopTask", world.tasks.where((t) => t.arn === input.task || t.id === input.task)[0], "*"),
    (input, call) => {
      clusterOf(call.world, input.cluster);
      const task = call.world.tasks.where((t) => t.arn === input.task || t.id === input.task)[0];
      if (!task) throw new AwsError("InvalidParameterException", "The referenced task was not found.");
      stopTask(task, 0, call);
      return { task: { taskArn: task.arn } };
    },
  ),
  ListTagsForResource: operation<ecs.ListTagsForResourceCommandInput, ecs.ListTagsForResourceCommandOutput>(
    anywhere("ecs:ListTagsForResource"),
    (input, { world }) => {
      const stores = [world.clusters, world.services, world.tasks, world.taskDefinitions];
      const item = stores
        .flatMap((store) => store.all() as Entity[])
        .find((e) => e.arn === input.resourceArn);
      if (!item) throw new AwsError("InvalidParameterException", "The specified resource was not found.");
      return { tags: lowerTagList(item.tags) };
    },
  ),
  DescribeCapacityProviders: operation<
    ecs.DescribeCapacityProvidersCommandInput,
    ecs.DescribeCapacityProvidersCommandOutput
  >(anywhere("ecs:DescribeCapacityProviders"), (_input, { world }) => ({
    capacityProviders: ["FARGATE", "FARGATE_SPOT"].map((name) => ({
      name,
      capacityProviderArn: world.arn("ecs", `capacity-provider/${name}`),
      status: "ACTIVE" as const,
      tags: [],
    })),
    failures: [],
  })),
};

function activeService(world: World, input: { cluster?: string; service: string | undefined }): Service {
  const service = findService(world, input.cluster, input.service);
  if (!service) throw new AwsError("ServiceNotFoundException", "Service not found.");
  if (service.status !== "ACTIVE") throw new AwsError("ServiceNotActiveException", "Service was not ACTIVE.");
  return service;
}

function shapeCluster(world: World, cluster: Cluster, withTags: boolean): ecs.Cluster {
  const services = world.services.where((s) => s.clusterArn === cluster.arn);
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    status: cluster.status,
    capacityProviders: [...cluster.capacityProviders],
    activeServicesCount: services.filter((s) => s.status !== "INACTIVE").length,
    runningTasksCount: world.tasks.where((t) => t.clusterArn === cluster.arn && t.status === "RUNNING")
      .length,
    tags: withTags ? lowerTagList(cluster.tags) : [],
  };
}

function shapeService(world: World, service: Service, withTags: boolean): ecs.Service {
  const running = world.tasks.where(
    (t) => t.clusterArn === service.clusterArn && t.serviceName === service.name && t.status !== "STOPPED",
  ).length;
  return {
    serviceArn: service.arn,
    serviceName: service.name,
    clusterArn: service.clusterArn,
    status: service.status,
    desiredCount: service.desired,
    runningCount: running,
    taskDefinition: service.taskDefinition,
    networkConfiguration: {
      awsvpcConfiguration: { subnets: [...service.subnetIds], securityGroups: [...service.groupIds] },
    },
    loadBalancers: service.targetGroupArns.map((targetGroupArn) => ({ targetGroupArn })),
    deployments: [{ status: "PRIMARY", desiredCount: service.desired, runningCount: running }],
    tags: withTags ? lowerTagList(service.tags) : [],
  };
}
