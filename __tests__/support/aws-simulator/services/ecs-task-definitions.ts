import type * as ecs from "@aws-sdk/client-ecs";
import { anywhere, operation, type Operations } from "../kernel/call";
import { AwsError } from "../kernel/errors";
import { pageOf } from "../kernel/paging";
import { after, DURATIONS } from "../world/after";
import { lowerTagList } from "../world/entity";
import type { TaskDefinition } from "../world/workload";
import type { World } from "../world/world";
import { onEcs } from "./ecs";

function find(world: World, ref: string | undefined): TaskDefinition | undefined {
  return world.taskDefinitions.where((t) => t.arn === ref || `${t.family}:${t.revision}` === ref)[0];
}

export const ECS_TASK_DEFINITIONS: Operations = {
  ListTaskDefinitions: operation<ecs.ListTaskDefinitionsCommandInput, ecs.ListTaskDefinitionsCommandOutput>(
    anywhere("ecs:ListTaskDefinitions"),
    (input, { world }) => {
      const status = input.status ?? "ACTIVE";
      const found = world.taskDefinitions.where(
        (t) => t.status === status && (!input.familyPrefix || t.family === input.familyPrefix),
      );
      const { items, next } = pageOf(world, found, (t) => t.arn, input.nextToken, input.maxResults);
      return { taskDefinitionArns: items.map((t) => t.arn), nextToken: next };
    },
  ),
  ListTaskDefinitionFamilies: operation<
    ecs.ListTaskDefinitionFamiliesCommandInput,
    ecs.ListTaskDefinitionFamiliesCommandOutput
  >(anywhere("ecs:ListTaskDefinitionFamilies"), (input, { world }) => {
    const shown = world.taskDefinitions.where(
      (t) =>
        t.family.startsWith(input.familyPrefix ?? "") &&
        (!input.status || input.status === "ALL" || t.status === input.status),
    );
    const families = [...new Set(shown.map((t) => t.family))];
    const { items, next } = pageOf(world, families, (family) => family, input.nextToken, input.maxResults);
    return { families: items, nextToken: next };
  }),
  DescribeTaskDefinition: operation<
    ecs.DescribeTaskDefinitionCommandInput,
    ecs.DescribeTaskDefinitionCommandOutput
  >(anywhere("ecs:DescribeTaskDefinition"), (input, { world }) => {
    const found = find(world, input.taskDefinition);
    if (!found) throw new AwsError("ClientException", "Unable to describe task definition.");
    return {
      taskDefinition: shape(found),
      tags: input.include?.includes("TAGS") ? lowerTagList(found.tags) : [],
    };
  }),
  DeregisterTaskDefinition: operation<
    ecs.DeregisterTaskDefinitionCommandInput,
    ecs.DeregisterTaskDefinitionCommandOutput
  >(
    // Has no resource scope.
    anywhere("ecs:DeregisterTaskDefinition"),
    (input, { world }) => {
      const found = find(world, input.taskDefinition);
      if (!found) throw new AwsError("ClientException", "The specified task definition does not exist.");
      if (found.status !== "ACTIVE") {
        throw new AwsError("ClientException", "The specified task definition is inactive.");
      }
      found.status = "INACTIVE";
      return { taskDefinition: shape(found) };
    },
  ),
  DeleteTaskDefinitions: operation<
    ecs.DeleteTaskDefinitionsCommandInput,
    ecs.DeleteTaskDefinitionsCommandOutput
  >(
    (input, world) =>
      (input.taskDefinitions ?? []).map((ref) => onEcs("DeleteTaskDefinitions", find(world, ref), "*")),
    (input, call) => {
      const refs = input.taskDefinitions ?? [];
      if (refs.length > 10) throw new AwsError("InvalidParameterException", "At most 10 task definitions.");
      const failures: ecs.Failure[] = [];
      const deleted: ecs.TaskDefinition[] = [];
      for (const ref of refs) {
        const found = find(call.world, ref);
        if (!found) failures.push({ arn: ref, reason: "TASK_DEFINITION_NOT_FOUND" });
        else if (call.random.chance(call.partialFailure))
          failures.push({ arn: found.arn, reason: "SERVER_ERROR" });
        else if (found.status === "ACTIVE") {
          failures.push({
            arn: found.arn,
            reason: "TASK_DEFINITION_IN_USE",
            detail: "It must be deregistered first.",
          });
        } else {
          found.status = "DELETE_IN_PROGRESS";
          after(call, DURATIONS.taskDefinition, () => call.world.taskDefinitions.delete(found.id));
          deleted.push(shape(found));
        }
      }
      return { taskDefinitions: deleted, failures };
    },
  ),
};

function shape(found: TaskDefinition): ecs.TaskDefinition {
  const { arn, family, revision, status } = found;
  return { taskDefinitionArn: arn, family, revision, status };
}
