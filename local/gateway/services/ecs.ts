import type { DataPlane } from "../../data-plane";
import {
  isSuccess,
  jsonAnswer,
  jsonOf,
  withJson,
  type Call,
  type JsonObject,
  type ServicePatch,
} from "../call";
import { awsErrorAnswer } from "../error-shape";
import {
  deploymentId,
  describeDeployment,
  describeServiceDeployment,
  SETTLE_MILLISECONDS,
  type DeploymentState,
} from "./ecs-deployments";
import { answerForTasks } from "./ecs-tasks";
import { Targets } from "./targets";

/** What a caller sets on a service, moto drops, and DescribeServices returns on AWS. */
const REMEMBERED = [
  "availabilityZoneRebalancing",
  "capacityProviderStrategy",
  "deploymentConfiguration",
  "enableECSManagedTags",
  "enableExecuteCommand",
  "healthCheckGracePeriodSeconds",
  "placementConstraints",
  "placementStrategy",
  "propagateTags",
] as const;

/** Belongs to a deployment rather than to the service. */
const OF_DEPLOYMENT = ["serviceConnectConfiguration", "volumeConfigurations"] as const;

interface RememberedService {
  readonly fields: JsonObject;
  readonly deployment: RecordedDeployment;
}

/** The newest deployment of a service whose tasks are records. */
interface RecordedDeployment {
  /** 1 for the first of its service. */
  readonly number: number;
  readonly createdAt: number;
  readonly changedAt: number;
}

export interface EcsOptions {
  readonly now?: () => number;
  /** Told of the tasks, for the health of target groups. */
  readonly targets?: Targets;
  /** Runs tasks. @default every task is a record */
  readonly dataPlane?: DataPlane;
}

/**
 * moto keeps few fields of a service and runs no task. The gateway remembers the rest and lists the deployments. Tasks
 * run in the data plane; those that it cannot run are records: their service reaches its desired count
 * {@link SETTLE_MILLISECONDS} after each change.
 */
export function ecs({
  now = Date.now,
  targets = new Targets(now),
  dataPlane,
}: EcsOptions = {}): ServicePatch {
  const services = new Map<string, RememberedService>();

  /** The deployments that have tasks, the PRIMARY one first. */
  const currentDeployments = (service: JsonObject, { deployment }: RememberedService): DeploymentState[] =>
    dataPlane?.service(String(service.serviceArn))?.describeDeployments() ?? [
      recordedState(service, deployment, now()),
    ];

  const describe = (service: JsonObject): JsonObject => {
    const arn = String(service.serviceArn);
    const remembered = services.get(arn);
    // A deleted service stays as history; AWS shows it INACTIVE and idle.
    if (!remembered || service.status !== "ACTIVE") return service;
    const real = dataPlane?.service(arn);
    return {
      ...decorated(service, remembered, currentDeployments(service, remembered)),
      ...(real && { taskDefinition: real.taskDefinitionArn, events: real.eventList }),
    };
  };

  const remember = async (call: Call, service: JsonObject, isUpdate: boolean): Promise<void> => {
    const input = jsonOf(call);
    const arn = String(service.serviceArn);
    const before = isUpdate ? services.get(arn) : undefined;
    const set = pick(input, [...REMEMBERED, ...OF_DEPLOYMENT]);
    const fields: JsonObject = { ...(before?.fields ?? DEFAULTS), ...set };
    if (set.deploymentConfiguration) {
      fields.deploymentConfiguration = {
        ...(before?.fields.deploymentConfiguration ?? DEFAULT_DEPLOYMENT_CONFIGURATION),
        ...(set.deploymentConfiguration as JsonObject),
      };
    }
    const changesTasks =
      !before || TASK_FIELDS.some((name) => input[name] !== undefined) || input.forceNewDeployment === true;
    const changedAt = now();
    const deployment =
      changesTasks || !before
        ? { number: (before?.deployment.number ?? 0) + 1, createdAt: changedAt, changedAt }
        : { ...before.deployment, changedAt };
    services.set(arn, { fields, deployment });
    targets.remove(arn);
    if (await dataPlane?.serviceChanged({ ...service, ...fields }, changesTasks)) return;
    for (const { targetGroupArn, containerPort } of (service.loadBalancers ?? []) as JsonObject[]) {
      targets.set(String(targetGroupArn), {
        service: arn,
        port: Number(containerPort),
        count: Number(service.desiredCount),
        healthyFrom: deployment.changedAt + SETTLE_MILLISECONDS,
      });
    }
  };

  /** Every deployment of a service as ListServiceDeployments has it, the newest first. */
  const serviceDeployments = (arn: string, { deployment }: RememberedService): JsonObject[] => {
    const states = dataPlane?.service(arn)?.describeHistory() ?? [recordedState({}, deployment, now())];
    return states.map((state) => describeServiceDeployment(arn, state));
  };

  return async (call, forward) => {
    switch (call.operation) {
      case "CreateService":
      case "UpdateService": {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        const service = jsonOf(answer).service as JsonObject;
        await remember(call, service, call.operation === "UpdateService");
        return withJson(answer, { service: describe(service) });
      }
      case "DeleteService":
      case "DescribeServices": {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        const body = jsonOf(answer);
        if (body.service) {
          const arn = String((body.service as JsonObject).serviceArn);
          targets.remove(arn);
          dataPlane?.serviceDeleted(arn);
          return answer;
        }
        return withJson(answer, { ...body, services: (body.services as JsonObject[]).map(describe) });
      }
      case "ListServiceDeployments": {
        const input = jsonOf(call);
        const found = [...services].find(
          ([arn]) => arn === input.service || arn.endsWith(`/${String(input.service)}`),
        );
        if (!found) return notFound(call);
        const wanted = input.status as string[] | undefined;
        const listed = serviceDeployments(...found).filter(
          ({ status }) => !wanted || wanted.includes(String(status)),
        );
        return jsonAnswer({ serviceDeployments: listed });
      }
      case "DescribeServiceDeployments": {
        const wanted = new Set(jsonOf(call).serviceDeploymentArns as string[]);
        const all = [...services].flatMap(([arn, service]) => serviceDeployments(arn, service));
        const found = all.filter((deployment) => wanted.has(String(deployment.serviceDeploymentArn)));
        const foundArns = new Set(found.map((deployment) => deployment.serviceDeploymentArn));
        const failures = [...wanted]
          .filter((arn) => !foundArns.has(arn))
          .map((arn) => ({ arn, reason: "MISSING" }));
        return jsonAnswer({ serviceDeployments: found, failures });
      }
      default:
        return (dataPlane && (await answerForTasks(dataPlane, call, forward))) ?? forward(call);
    }
  };
}

/** Changing one of these starts new tasks. */
const TASK_FIELDS = [
  "taskDefinition",
  "networkConfiguration",
  "capacityProviderStrategy",
  "loadBalancers",
  "platformVersion",
  "serviceRegistries",
  ...OF_DEPLOYMENT,
] as const;

/** https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeploymentConfiguration.html */
const DEFAULT_DEPLOYMENT_CONFIGURATION = {
  deploymentCircuitBreaker: { enable: false, rollback: false },
  maximumPercent: 200,
  minimumHealthyPercent: 100,
};

const DEFAULTS: JsonObject = {
  availabilityZoneRebalancing: "DISABLED",
  deploymentConfiguration: DEFAULT_DEPLOYMENT_CONFIGURATION,
  enableECSManagedTags: false,
  enableExecuteCommand: false,
  healthCheckGracePeriodSeconds: 0,
  placementConstraints: [],
  placementStrategy: [],
  propagateTags: "NONE",
};

function recordedState(service: JsonObject, recorded: RecordedDeployment, now: number): DeploymentState {
  const isSettled = now - recorded.changedAt >= SETTLE_MILLISECONDS;
  const desired = Number(service.desiredCount);
  return {
    number: recorded.number,
    isPrimary: true,
    taskDefinition: String(service.taskDefinition),
    desired,
    running: isSettled ? desired : 0,
    pending: isSettled ? 0 : desired,
    failedTasks: 0,
    rolloutState: isSettled ? "COMPLETED" : "IN_PROGRESS",
    reason: `ECS deployment ${deploymentId(recorded.number)} ${isSettled ? "completed" : "in progress"}.`,
    createdAt: recorded.createdAt,
    updatedAt: recorded.changedAt,
    ...(isSettled && { finishedAt: recorded.changedAt + SETTLE_MILLISECONDS }),
  };
}

function decorated(
  service: JsonObject,
  { fields }: RememberedService,
  deployments: readonly DeploymentState[],
): JsonObject {
  const strategy = fields.capacityProviderStrategy as unknown[] | undefined;
  const ofDeployment = pick(fields, OF_DEPLOYMENT);
  const ofService = Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in ofDeployment)));
  const { launchType, ...rest } = service;
  return {
    ...rest,
    ...ofService,
    // With a strategy AWS gives no launch type; moto always says EC2.
    ...(strategy?.length ? {} : { launchType }),
    runningCount: sum(deployments.map(({ running }) => running)),
    pendingCount: sum(deployments.map(({ pending }) => pending)),
    deployments: deployments.map((state) => describeDeployment(state, { service, strategy, ofDeployment })),
  };
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function notFound(call: Call) {
  return awsErrorAnswer(call, {
    status: 400,
    code: "ServiceNotFoundException",
    message: "Service not found.",
  });
}

function pick(source: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(
    Object.entries(source).filter(([name, value]) => names.includes(name) && value !== undefined),
  );
}
