import type { DataPlane, RunningTask } from "../../data-plane";
import {
  jsonAnswer,
  jsonOf,
  withJson,
  withRequestBody,
  isSuccess,
  type Answer,
  type Call,
  type Forward,
  type JsonObject,
} from "../call";

/** ListTasks, DescribeTasks and StopTask for the tasks of the data plane; `undefined` for what only moto knows. */
export async function answerForTasks(
  dataPlane: DataPlane,
  call: Call,
  forward: Forward,
): Promise<Answer | undefined> {
  switch (call.operation) {
    case "ListTasks": {
      const answer = await forward(call);
      if (!isSuccess(answer)) return answer;
      const body = jsonOf(answer);
      const own = dataPlane
        .tasks()
        .filter(isListedBy(jsonOf(call)))
        .map(({ arn }) => arn);
      return withJson(answer, { ...body, taskArns: [...(body.taskArns as string[]), ...own] });
    }
    case "DescribeTasks": {
      const input = jsonOf(call);
      const wanted = input.tasks as string[];
      const found = wanted.map((name) => find(dataPlane, name));
      const own = found.filter((task) => task !== undefined).map(describe);
      const others = wanted.filter((_, i) => !found[i]);
      if (others.length === 0) return jsonAnswer({ tasks: own, failures: [] });
      const answer = await forward(withRequestBody(call, JSON.stringify({ ...input, tasks: others })));
      if (!isSuccess(answer)) return answer;
      const body = jsonOf(answer);
      return withJson(answer, { ...body, tasks: [...own, ...(body.tasks as JsonObject[])] });
    }
    case "StopTask": {
      const { task: name, reason } = jsonOf(call);
      const task = find(dataPlane, String(name));
      if (!task) return undefined;
      void task.service.stopTask(task.task, String(reason ?? "Task stopped by user"));
      return jsonAnswer({ task: describe(task) });
    }
    default:
      return undefined;
  }
}

/** By ARN or id. */
function find(dataPlane: DataPlane, name: string): RunningTask | undefined {
  return dataPlane.tasks().find(({ arn }) => arn === name || arn.endsWith(`/${name}`));
}

function isListedBy({ cluster = "default", serviceName, family, desiredStatus = "RUNNING" }: JsonObject) {
  return (task: RunningTask): boolean =>
    lastPart(cluster) === lastPart(task.clusterArn) &&
    (serviceName === undefined || lastPart(serviceName) === lastPart(task.serviceArn)) &&
    (family === undefined || family === task.task.definition.family) &&
    desiredStatus === desiredStatusOf(task);
}

function lastPart(name: unknown): string {
  return String(name).split("/").at(-1)!;
}

function desiredStatusOf({ task }: RunningTask): string {
  return task.status === "PENDING" || task.status === "RUNNING" ? "RUNNING" : "STOPPED";
}

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Task.html */
function describe(running: RunningTask): JsonObject {
  const { task, arn, clusterArn, serviceArn } = running;
  const seconds = (milliseconds: number | undefined) => milliseconds && milliseconds / 1000;
  return {
    taskArn: arn,
    clusterArn,
    taskDefinitionArn: task.definition.taskDefinitionArn,
    group: `service:${lastPart(serviceArn)}`,
    lastStatus: task.status,
    desiredStatus: desiredStatusOf(running),
    cpu: task.definition.cpu,
    memory: task.definition.memory,
    createdAt: seconds(task.createdAt),
    startedAt: seconds(task.startedAt),
    stoppedAt: seconds(task.stoppedAt),
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    containers: task.containerStates.map(({ name, image, status, exitCode, reason }) => ({
      name,
      image,
      lastStatus: status,
      exitCode,
      reason,
      taskArn: arn,
    })),
  };
}
