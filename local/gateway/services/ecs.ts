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
  deploymentsOf,
  describeServiceDeployment,
  newDeployment,
  SETTLE_MILLISECONDS,
  type Deployment,
} from "./ecs-deployments";
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
  readonly deployment: Deployment;
}

/**
 * moto keeps few fields of a service and runs no task. The gateway remembers the rest, lists the deployments, and
 * lets every service reach its desired count {@link SETTLE_MILLISECONDS} after each change.
 *
 * @param targets are told of the tasks, for the health of target groups
 */
export function ecs(now: () => number = Date.now, targets = new Targets(now)): ServicePatch {
  const services = new Map<string, RememberedService>();

  const describe = (service: JsonObject): JsonObject => {
    const remembered = services.get(String(service.serviceArn));
    // A deleted service stays as history; AWS shows it INACTIVE and idle.
    if (!remembered || service.status !== "ACTIVE") return service;
    return decorated(service, remembered, now());
  };

  const remember = (call: Call, service: JsonObject, isUpdate: boolean): void => {
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
    const deployment =
      changesTasks || !before
        ? newDeployment(arn, (before?.deployment.number ?? 0) + 1, now())
        : { ...before.deployment, changedAt: now() };
    services.set(arn, { fields, deployment });
    for (const { targetGroupArn, containerPort } of (service.loadBalancers ?? []) as JsonObject[]) {
      targets.set(String(targetGroupArn), {
        service: arn,
        port: Number(containerPort),
        count: Number(service.desiredCount),
        healthyFrom: deployment.changedAt + SETTLE_MILLISECONDS,
      });
    }
  };

  return async (call, forward) => {
    switch (call.operation) {
      case "CreateService":
      case "UpdateService": {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        const service = jsonOf(answer).service as JsonObject;
        remember(call, service, call.operation === "UpdateService");
        return withJson(answer, { service: describe(service) });
      }
      case "DeleteService":
      case "DescribeServices": {
        const answer = await forward(call);
        if (!isSuccess(answer)) return answer;
        const body = jsonOf(answer);
        if (body.service) {
          targets.remove(String((body.service as JsonObject).serviceArn));
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
        const listed = describeServiceDeployment(found[0], found[1].deployment, now());
        const wanted = input.status as string[] | undefined;
        return jsonAnswer({
          serviceDeployments: !wanted || wanted.includes(String(listed.status)) ? [listed] : [],
        });
      }
      case "DescribeServiceDeployments": {
        const wanted = new Set(jsonOf(call).serviceDeploymentArns as string[]);
        const all = [...services].map(([arn, { deployment }]) =>
          describeServiceDeployment(arn, deployment, now()),
        );
        const found = all.filter((deployment) => wanted.has(String(deployment.serviceDeploymentArn)));
        const foundArns = new Set(found.map((deployment) => deployment.serviceDeploymentArn));
        const failures = [...wanted]
          .filter((arn) => !foundArns.has(arn))
          .map((arn) => ({ arn, reason: "MISSING" }));
        return jsonAnswer({ serviceDeployments: found, failures });
      }
      default:
        return forward(call);
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

function decorated(service: JsonObject, { fields, deployment }: RememberedService, now: number): JsonObject {
  const strategy = fields.capacityProviderStrategy as unknown[] | undefined;
  const settled = now - deployment.changedAt >= SETTLE_MILLISECONDS;
  const desired = Number(service.desiredCount);
  const running = settled ? desired : 0;
  const ofDeployment = pick(fields, OF_DEPLOYMENT);
  const ofService = Object.fromEntries(Object.entries(fields).filter(([name]) => !(name in ofDeployment)));
  const { launchType, ...rest } = service;
  return {
    ...rest,
    ...ofService,
    // With a strategy AWS gives no launch type; moto always says EC2.
    ...(strategy?.length ? {} : { launchType }),
    runningCount: running,
    pendingCount: desired - running,
    deployments: deploymentsOf(service, deployment, { running, desired, settled, strategy, ofDeployment }),
  };
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
