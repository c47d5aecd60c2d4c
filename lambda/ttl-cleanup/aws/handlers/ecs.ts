import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  DescribeTaskDefinitionCommand,
  DescribeTasksCommand,
  ListServicesCommand,
  ListTaskDefinitionFamiliesCommand,
  ListTaskDefinitionsCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  type Failure,
  type Service,
  type Task,
} from "@aws-sdk/client-ecs";
import type { EnvScope, Found, Handler } from "../../core/ports";
import { classify } from "../../core/classify";
import type { Clients } from "../clients";
import { errorName, PartialFailure, unlessNotFound } from "../errors";
import { allPages, chunks } from "../pages";
import { stopWaitingForTargets } from "./elb-targets";
import {
  ACCEPTED,
  arnHints,
  GONE,
  hintsOf,
  isCandidateName,
  lastPart,
  MINUTES,
  namePrefix,
  SECONDS,
  tagsFrom,
  type HandlerFactory,
} from "./shared";

/** Built into ECS: a cluster's only providers, unless somebody attached their own. */
const BUILT_IN_PROVIDERS = ["FARGATE", "FARGATE_SPOT"];

/** Services, tasks, task definitions, clusters. */
export const ecs: HandlerFactory = ({ read, write }) => {
  const service: Handler = {
    type: "ecs:service",
    layer: "workload",
    // As long as it lives, its minimum would scale the service up again.
    after: ["application-autoscaling:scalable-target"],
    usualMs: 60 * SECONDS,
    stuckMs: 20 * MINUTES,
    async *list(env) {
      const arns = new Set(arnHints(env, "ecs:service"));
      for (const cluster of await liveClusters(read, env)) {
        for (const arn of await servicesOf(read, cluster)) arns.add(arn);
      }
      for (const one of await describeServices(read, [...arns])) yield* foundService(one);
    },
    async look({ id }) {
      const [one] = await describeServices(read, [id]);
      return [...(one ? foundService(one) : [])][0]?.presence ?? "absent";
    },
    async prepare({ id, tags }) {
      const [one] = await describeServices(read, [id]);
      if (one?.status !== "ACTIVE") return;
      await stopWaitingForTargets({ read, write }, targetGroupsOf(one), tags);
      if (one.schedulingStrategy !== "DAEMON" && one.desiredCount !== 0) {
        await write.ecs.send(
          new UpdateServiceCommand({ cluster: clusterOf(id), service: id, desiredCount: 0 }),
        );
      }
    },
    async remove({ id }) {
      await write.ecs.send(new DeleteServiceCommand({ cluster: clusterOf(id), service: id, force: true }));
      return ACCEPTED;
    },
  };

  const task: Handler = {
    type: "ecs:task",
    layer: "workload",
    after: ["ecs:service"], // stops its own
    usualMs: 40 * SECONDS,
    stuckMs: 15 * MINUTES,
    // A task carries its cluster's name in its ARN, with a slash behind.
    ownNames: (env) => ({ exact: [], prefixes: [`${namePrefix(env)}/`] }),
    async *list(env) {
      const arns = new Set(arnHints(env, "ecs:task"));
      for (const cluster of await liveClusters(read, env)) {
        for (const arn of await tasksOf(read, cluster)) arns.add(arn);
      }
      for (const one of await describeTasks(read, [...arns])) yield* foundTask(one);
    },
    async look({ id }) {
      const [one] = await describeTasks(read, [id]);
      return [...(one ? foundTask(one) : [])][0]?.presence ?? "absent";
    },
    async remove({ id }) {
      await write.ecs.send(
        new StopTaskCommand({ cluster: clusterOf(id), task: id, reason: "its environment has expired" }),
      );
      return ACCEPTED;
    },
  };

  const taskDefinition: Handler = {
    type: "ecs:task-definition",
    layer: "workload",
    after: ["ecs:service", "ecs:task"],
    usualMs: 5 * SECONDS,
    stuckMs: 15 * MINUTES,
    async *list(env) {
      const arns = new Set(arnHints(env, "ecs:task-definition"));
      for (const arn of await revisionsNamedLike(read, env)) arns.add(arn);
      for (const arn of arns) yield* await describeTaskDefinition(read, arn);
    },
    async look({ id }) {
      return (await describeTaskDefinition(read, id)).length > 0 ? "present" : "absent";
    },
    async prepare({ id }) {
      try {
        await write.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: id }));
      } catch (error) {
        // Deregistered by a try whose answer was lost, or by Terraform when it registered the next revision.
        if (!(errorName(error) === "ClientException" && /inactive/i.test(String(error)))) throw error;
      }
    },
    async remove({ id }) {
      const answer = await write.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions: [id] }));
      throwFailures(answer.failures, []);
      return GONE; // what is left is a tombstone that waits for its last tasks
    },
  };

  const cluster: Handler = {
    type: "ecs:cluster",
    layer: "workload",
    after: ["ecs:service", "ecs:task"],
    usualMs: 5 * SECONDS,
    stuckMs: 15 * MINUTES,
    async *list(env) {
      const names = new Set([...hintsOf(env, "ecs:cluster").map(lastPart), namePrefix(env)]);
      yield* await describeClusters(read, [...names]);
    },
    async look({ id }) {
      return (await describeClusters(read, [id])).length > 0 ? "present" : "absent";
    },
    async prepare({ id }) {
      const answer = await read.ecs.send(new DescribeClustersCommand({ clusters: [id] }));
      const providers = answer.clusters?.[0]?.capacityProviders ?? [];
      if (providers.every((name) => BUILT_IN_PROVIDERS.includes(name))) return;
      await write.ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster: id,
          capacityProviders: [],
          defaultCapacityProviderStrategy: [],
        }),
      );
    },
    async remove({ id }) {
      await write.ecs.send(new DeleteClusterCommand({ cluster: id }));
      return GONE; // INACTIVE clusters stay listed for a while
    },
  };

  return [service, task, taskDefinition, cluster];
};

/** `arn:…:service/<cluster>/<name>` and `arn:…:task/<cluster>/<id>`. */
function clusterOf(arn: string): string {
  return arn.split("/").at(-2)!;
}

/** `arn:…:task-definition/<family>:<revision>`. */
function familyOf(arn: string): string {
  return arn.split("/").at(-1)!.split(":")[0]!;
}

async function describeClusters(read: Clients, clusters: readonly string[]): Promise<Found[]> {
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

/** Clusters to look into: those of the state and the tag index, and the one with the environment's own name. */
async function liveClusters(read: Clients, env: EnvScope): Promise<readonly string[]> {
  const names = new Set([...hintsOf(env, "ecs:cluster").map(lastPart), namePrefix(env)]);
  return (await describeClusters(read, [...names])).map(({ id }) => id);
}

function servicesOf(read: Clients, cluster: string): Promise<string[]> {
  return allPages(async (nextToken) => {
    const page = await read.ecs.send(new ListServicesCommand({ cluster, nextToken }));
    return { items: page.serviceArns, next: page.nextToken };
  });
}

/** Those that run and those that are on their way out: their network interfaces live as long as they do. */
async function tasksOf(read: Clients, cluster: string): Promise<string[]> {
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

/** By cluster, ten at a time, as the API wants it. A cluster that is gone took its services along. */
async function describeServices(read: Clients, arns: readonly string[]): Promise<Service[]> {
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

async function describeTasks(read: Clients, arns: readonly string[]): Promise<Task[]> {
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

function* foundService({ serviceArn, serviceName, status, tags }: Service): Generator<Found> {
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

function* foundTask({ taskArn, lastStatus, desiredStatus, tags }: Task): Generator<Found> {
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

/** All revisions, deregistered ones too, of the families that are named like the environment. */
async function revisionsNamedLike(read: Clients, env: EnvScope): Promise<string[]> {
  const families = await allPages(async (nextToken) => {
    const page = await read.ecs.send(
      new ListTaskDefinitionFamiliesCommand({ familyPrefix: namePrefix(env), status: "ALL", nextToken }),
    );
    return { items: page.families, next: page.nextToken };
  });
  const arns: string[] = [];
  for (const familyPrefix of families.filter((family) => isCandidateName(family, env))) {
    for (const status of ["ACTIVE", "INACTIVE"] as const) {
      const revisions = await allPages(async (nextToken) => {
        const page = await read.ecs.send(new ListTaskDefinitionsCommand({ familyPrefix, status, nextToken }));
        return { items: page.taskDefinitionArns, next: page.nextToken };
      });
      arns.push(...revisions);
    }
  }
  return arns;
}

async function describeTaskDefinition(read: Clients, arn: string): Promise<Found[]> {
  try {
    const { taskDefinition, tags } = await read.ecs.send(
      new DescribeTaskDefinitionCommand({ taskDefinition: arn, include: ["TAGS"] }),
    );
    if (taskDefinition?.status === "DELETE_IN_PROGRESS") return [];
    return [{ type: "ecs:task-definition", id: arn, arn, name: familyOf(arn), tags: tagsFrom(tags) }];
  } catch (error) {
    // ECS has no name of its own for a revision that is not there.
    if (errorName(error) === "ClientException" && /unable to describe/i.test(String(error))) return [];
    if (classify(error).kind === "gone") return [];
    throw error;
  }
}

/** The services' target groups, those of a blue/green deployment included. */
function targetGroupsOf({ loadBalancers }: Service): string[] {
  return (loadBalancers ?? []).flatMap(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].filter((arn) => arn !== undefined),
  );
}

/** ECS answers 200 and says in the body what it did not do. */
function throwFailures(failures: readonly Failure[] | undefined, harmless: readonly string[]): void {
  const failed = failures?.find(({ reason }) => !harmless.includes(reason ?? ""));
  if (failed)
    throw new PartialFailure(failed.reason ?? "Error", `${failed.arn ?? ""} ${failed.detail ?? ""}`.trim());
}
