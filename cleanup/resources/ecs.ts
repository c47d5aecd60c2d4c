import {
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeleteTaskDefinitionsCommand,
  DeregisterTaskDefinitionCommand,
  DescribeClustersCommand,
  PutClusterCapacityProvidersCommand,
  StopTaskCommand,
  UpdateServiceCommand,
  type Failure,
  type Service,
} from "@aws-sdk/client-ecs";
import { errorName } from "../aws/errors";
import { chunks } from "../aws/pages";
import { MINUTE } from "../engine/time";
import {
  clusterOf,
  describeClusters,
  describeServices,
  describeTasks,
  familyOf,
  foundService,
  foundTask,
  liveClusters,
  revisionsNamedLike,
  revisionsOf,
  servicesOf,
  tagsOfRevisions,
  tasksOf,
  throwFailures,
} from "./ecs-describe";
import { stopWaitingForTargets } from "./elb-tags";
import type { ResourceType } from "./resource-type";
import { ACCEPTED, arnHints, GONE, hintsOf, lastPart, namePrefix, presentIf, together } from "./shared";

/** Built into ECS: a cluster has only these providers, unless someone attached others. */
const BUILT_IN_PROVIDERS = ["FARGATE", "FARGATE_SPOT"];
const service: ResourceType = {
  type: "ecs:service",
  terraform: ["aws_ecs_service"],
  arns: ["service/"],
  arnParts: ["service-deployment/", "service-revision/"],
  // While it exists, its minimum would scale the service up again.
  after: ["application-autoscaling:scalable-target"],
  stuckMs: 20 * MINUTE,
  handler: ({ read, write }) => ({
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
  }),
};

const task: ResourceType = {
  type: "ecs:task",
  terraform: [],
  arns: ["task/"],
  after: ["ecs:service"], // which stops its own
  // A task's ARN contains its cluster's name, followed by a slash.
  ownNames: (env) => ({ exact: [], prefixes: [`${namePrefix(env)}/`] }),
  handler: ({ read, write }) => ({
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
  }),
};

const TASK_DEFINITION = "ecs:task-definition";

const taskDefinition: ResourceType = {
  type: TASK_DEFINITION,
  terraform: ["aws_ecs_task_definition"],
  arns: ["task-definition/"],
  after: ["ecs:service", "ecs:task"],
  // AWS takes one of these calls per second, so that many environments must begin early.
  prepareAt: "start",
  handler: ({ read, write }) => ({
    async *list(env) {
      const named = await revisionsNamedLike(read, env);
      const families = new Set(named.map(familyOf));
      const others = arnHints(env, TASK_DEFINITION)
        .map(familyOf)
        .filter((family) => !families.has(family));
      const hints = new Set(arnHints(env, TASK_DEFINITION));
      const hinted = (await revisionsOf(read, [...new Set(others)])).filter((arn) => hints.has(arn));
      const arns = [...named, ...hinted];
      const tags = await tagsOfRevisions(read, arns);
      for (const arn of arns)
        yield { type: TASK_DEFINITION, id: arn, arn, name: familyOf(arn), tags: tags.get(arn) ?? {} };
    },
    look: ({ id }) => presentIf(async () => (await revisionsOf(read, [familyOf(id)])).includes(id)),
    async prepare({ id }) {
      // Terraform deregisters a revision when it registers the next one.
      if ((await revisionsOf(read, [familyOf(id)], ["INACTIVE"])).includes(id)) return;
      try {
        await write.ecs.send(new DeregisterTaskDefinitionCommand({ taskDefinition: id }));
      } catch (error) {
        // Deregistered by an attempt whose answer was lost.
        if (!(errorName(error) === "ClientException" && /inactive/i.test(String(error)))) throw error;
      }
    },
    async remove({ id }) {
      const failures = await together(write.ecs, TASK_DEFINITION, id, async (ids) => {
        const all: Failure[] = [];
        for (const taskDefinitions of chunks(ids, 10)) {
          const answer = await write.ecs.send(new DeleteTaskDefinitionsCommand({ taskDefinitions }));
          all.push(...(answer.failures ?? []));
        }
        return all;
      });
      throwFailures(
        failures.filter(({ arn = id }) => arn === id),
        [],
      );
      return GONE; // what is left is a tombstone that waits for its last tasks
    },
  }),
};

const cluster: ResourceType = {
  type: "ecs:cluster",
  terraform: ["aws_ecs_cluster"],
  parts: ["aws_ecs_cluster_capacity_providers"],
  arns: ["cluster/"],
  after: ["ecs:service", "ecs:task"],
  handler: ({ read, write }) => ({
    async *list(env) {
      const names = new Set([...hintsOf(env, "ecs:cluster").map(lastPart), namePrefix(env)]);
      yield* await describeClusters(read, [...names]);
    },
    look: ({ id }) => presentIf(async () => (await describeClusters(read, [id])).length),
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
  }),
};

/** Services, tasks, task definitions, clusters. */
export const ecs: readonly ResourceType[] = [service, task, taskDefinition, cluster];

/** The services' target groups, those of a blue/green deployment included. */
function targetGroupsOf({ loadBalancers }: Service): string[] {
  return (loadBalancers ?? []).flatMap(({ targetGroupArn, advancedConfiguration }) =>
    [targetGroupArn, advancedConfiguration?.alternateTargetGroupArn].filter((arn) => arn !== undefined),
  );
}
