import {
  paginateDescribeScalableTargets,
  paginateDescribeScalingPolicies,
  paginateDescribeScheduledActions,
} from "@aws-sdk/client-application-auto-scaling";
import { paginateDescribeRepositories } from "@aws-sdk/client-ecr";
import {
  DescribeClustersCommand,
  paginateListClusters,
  paginateListServices,
  paginateListTaskDefinitions,
  paginateListTasks,
  type ECSClient,
} from "@aws-sdk/client-ecs";
import { paginateListFunctions } from "@aws-sdk/client-lambda";
import { paginateListScheduleGroups, paginateListSchedules } from "@aws-sdk/client-scheduler";
import { pages } from "./clients";
import { items, type InventoryItem, type Lister } from "./item";

/** ECS, its scaling, Lambda, schedules, image repositories. */
export const listCompute: Lister = async ({ ecs, autoScaling, lambda, scheduler, ecr }) => {
  const scaling = { client: autoScaling };
  const inEcs = { ServiceNamespace: "ecs" } as const;
  const targets = await pages(
    paginateDescribeScalableTargets(scaling, inEcs),
    (page) => page.ScalableTargets,
  );
  const policies = await pages(
    paginateDescribeScalingPolicies(scaling, inEcs),
    (page) => page.ScalingPolicies,
  );
  const actions = await pages(
    paginateDescribeScheduledActions(scaling, inEcs),
    (page) => page.ScheduledActions,
  );
  const functions = await pages(paginateListFunctions({ client: lambda }, {}), (page) => page.Functions);
  const groups = await pages(
    paginateListScheduleGroups({ client: scheduler }, {}),
    (page) => page.ScheduleGroups,
  );
  const schedules = await pages(paginateListSchedules({ client: scheduler }, {}), (page) => page.Schedules);
  const repositories = await pages(
    paginateDescribeRepositories({ client: ecr }, {}),
    (page) => page.repositories,
  );
  return [
    ...(await listEcs(ecs)),
    ...items("application-autoscaling", "scalableTarget", targets, (target) => target.ResourceId),
    ...items("application-autoscaling", "scalingPolicy", policies, (policy) => policy.PolicyARN),
    ...items("application-autoscaling", "scheduledAction", actions, (action) => action.ScheduledActionARN),
    ...items("lambda", "function", functions, (fn) => fn.FunctionArn),
    ...items(
      "scheduler",
      "scheduleGroup",
      groups.filter(({ Name }) => Name !== "default"),
      ({ Arn }) => Arn,
    ),
    ...items("scheduler", "schedule", schedules, (schedule) => schedule.Arn),
    ...items("ecr", "repository", repositories, (repository) => repository.repositoryArn),
  ];
};

async function listEcs(client: ECSClient): Promise<InventoryItem[]> {
  const arns = await pages(paginateListClusters({ client }, {}), (page) => page.clusterArns);
  const described = arns.length
    ? await client.send(new DescribeClustersCommand({ clusters: arns }))
    : undefined;
  const clusters = (described?.clusters ?? []).filter((cluster) => cluster.status !== "INACTIVE");
  const found = items("ecs", "cluster", clusters, (cluster) => cluster.clusterArn);
  for (const { clusterArn: cluster } of clusters) {
    const services = await pages(paginateListServices({ client }, { cluster }), (page) => page.serviceArns);
    const tasks = await pages(paginateListTasks({ client }, { cluster }), (page) => page.taskArns);
    found.push(
      ...items("ecs", "service", services, (arn) => arn),
      ...items("ecs", "task", tasks, (arn) => arn),
    );
  }
  // ACTIVE is the default status: deregistered revisions stay INACTIVE as history.
  const definitions = await pages(
    paginateListTaskDefinitions({ client }, {}),
    (page) => page.taskDefinitionArns,
  );
  return [...found, ...items("ecs", "taskDefinition", definitions, (arn) => arn)];
}
