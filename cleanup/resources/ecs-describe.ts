import {
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  type Failure,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import { GetResourcesCommand } from "@aws-sdk/client-resource-groups-tagging-api";
import type { Clients } from "../aws/clients";
import { PartialFailure, unlessNotFound } from "../aws/errors";
import { allPages, chunks } from "../aws/pages";
import type { EnvScope, Found } from "../engine/resource";
import { hintsOf, isCandidateName, lastPart, namePrefix, tagsFrom, type Tags } from "./shared";

/** `arn:…:service/<cluster>/<name>` and `arn:…:task/<cluster>/<id>`. */
export function clusterOf(arn: string): string {
  return arn.split("/").at(-2)!;
}

/** `arn:…:task-definition/<family>:<revision>`. */
export function familyOf(arn: string): string {
  return arn.split("/").at(-1)!.split(":")[0]!;
}

export async function describeClusters(read: Clients, clusters: readonly string[]): Promise<Found[]> {
  const found: Found[] = [];
  for (const some of chunks(clusters, 100)) {
    const answer = await read.ecs.send(new DescribeClustersCommand({ clusters: some, include: ["TAGS"] }));
    throwFailures(answer.failures, ["MISSING"]);
    for (const { clusterArn, clusterName, status, tags } of answer.clusters ?? []) {
      if (status === "INACTIVE") continue;
      found.push({
        type: "ecs:cluster",
        id: clusterArn!,
        arn: clusterArn,
        name: clusterName,
        tags: tagsFrom(tags),
      });
    }
  }
  return found;
}

/** Clusters to search: those in the state and the tag index, and the one with the environment's name. */
export async function liveClusters(read: Clients, env: EnvScope): Promise<readonly string[]> {
  const names = new Set([...hintsOf(env, "ecs:cluster").map(lastPart), namePrefix(env)]);
  return (await describeClusters(read, [...names])).map(({ id }) => id);
}

export function servicesOf(read: Clients, cluster: string): Promise<string[]> {
  return allPages(async (nextToken) => {
    const page = await read.ecs.send(new ListServicesCommand({ cluster, nextToken }));
    return { items: page.serviceArns, next: page.nextToken };
  });
}

/** Running and stopping tasks, because their network interfaces exist until they have stopped. */
export async function tasksOf(read: Clients, cluster: string): Promise<string[]> {
  const lists = await Promise.all(
    (["RUNNING", "STOPPED"] as const).map((desiredStatus) =>
      allPages(async (nextToken) => {
        const page = await read.ecs.send(new ListTasksCommand({ cluster, desiredStatus, nextToken }));
        return { items: page.taskArns, next: page.nextToken };
      }),
    ),
  );
  return lists.flat();
}

/** By cluster, ten at a time, as the API requires. Services are deleted with their cluster. */
export async function describeServices(read: Clients, arns: readonly string[]): Promise<Service[]> {
  const found: Service[] = [];
  for (const [cluster, some] of byCluster(arns, 10)) {
    const answer = await unlessNotFound(() =>
      read.ecs.send(new DescribeServicesCommand({ cluster, services: some, include: ["TAGS"] })),
    );
    throwFailures(answer?.failures, ["MISSING"]);
    found.push(...(answer?.services ?? []));
  }
  return found;
}

export async function describeTasks(read: Clients, arns: readonly string[]): Promise<Task[]> {
  const found: Task[] = [];
  for (const [cluster, some] of byCluster(arns, 100)) {
    const answer = await unlessNotFound(() =>
      read.ecs.send(new DescribeTasksCommand({ cluster, tasks: some, include: ["TAGS"] })),
    );
    throwFailures(answer?.failures, ["MISSING"]);
    found.push(...(answer?.tasks ?? []));
  }
  return found;
}

function byCluster(arns: readonly string[], size: number): (readonly [string, string[]])[] {
  const clusters = [...new Set(arns.map(clusterOf))];
  return clusters.flatMap((cluster) =>
    chunks(
      arns.filter((arn) => clusterOf(arn) === cluster),
      size,
    ).map((some) => [cluster, some] as const),
  );
}

export function* foundService({ serviceArn, serviceName, status, tags }: Service): Generator<Found> {
  if (status === "INACTIVE") return;
  yield {
    type: "ecs:service",
    id: serviceArn!,
    arn: serviceArn,
    name: serviceName,
    tags: tagsFrom(tags),
    presence: status === "DRAINING" ? "deleting" : "present",
  };
}

export function* foundTask({ taskArn, lastStatus, desiredStatus, tags }: Task): Generator<Found> {
  if (lastStatus === "STOPPED" || lastStatus === "DELETED") return;
  yield {
    type: "ecs:task",
    id: taskArn!,
    arn: taskArn,
    name: `${clusterOf(taskArn!)}/${lastPart(taskArn!)}`,
    tags: tagsFrom(tags),
    presence: desiredStatus === "STOPPED" ? "deleting" : "present",
  };
}

/** All revisions, including deregistered ones, of the families with the environment's name. */
export async function revisionsNamedLike(read: Clients, env: EnvScope): Promise<string[]> {
  const families = await allPages(async (nextToken) => {
    const page = await read.ecs.send(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: namePrefix(env), status: "ALL", nextToken }),
    );
    return { items: page.families, next: page.nextToken };
  });
  return revisionsOf(
    read,
    families.filter((family) => isCandidateName(family, env)),
  );
}

/**
 * Revisions of some families. One that is being deleted is in no list.
 *
 * @param statuses @default all
 */
export async function revisionsOf(
  read: Clients,
  families: readonly string[],
  statuses: readonly ("ACTIVE" | "INACTIVE")[] = ["ACTIVE", "INACTIVE"],
): Promise<string[]> {
  const arns: string[] = [];
  for (const familyPrefix of families) {
    for (const status of statuses) {
      const revisions = await allPages(async (nextToken) => {
        const page = await read.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix, status, nextToken }));
        return { items: page.taskDefinitionArns, next: page.nextToken };
      });
      arns.push(...revisions);
    }
  }
  return arns;
}

/**
 * Tags of revisions from the tag index. ECS's own answer would show the environment variables of their containers, and
 * IAM cannot limit it to some task definitions.
 */
export async function tagsOfRevisions(
  read: Clients,
  arns: readonly string[],
): Promise<ReadonlyMap<string, Tags>> {
  const tags = new Map<string, Tags>();
  // https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html
  for (const ResourceARNList of chunks(arns, 100)) {
    const { ResourceTagMappingList = [] } = await read.tagging.send(
      new GetResourcesCommand({ ResourceARNList }),
    );
    for (const { ResourceARN, Tags } of ResourceTagMappingList) tags.set(ResourceARN!, tagsFrom(Tags));
  }
  return tags;
}

/** ECS answers 200 and reports failures in the body. */
export function throwFailures(failures: readonly Failure[] | undefined, harmless: readonly string[]): void {
  const failed = failures?.find(({ reason }) => !harmless.includes(reason ?? ""));
  if (failed)
    throw new PartialFailure(failed.reason ?? "Error", `${failed.arn ?? ""} ${failed.detail ?? ""}`.trim());
}
