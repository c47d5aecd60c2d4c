import type { LocalClock } from "../../clock";
import type { DataPlane } from "../../data-plane";
import type { ServicePatch } from "../call";
import type { Delays } from "../delays";
import type { Endpoints } from "../endpoints";
import type { Functions } from "../functions";
import type { Quotas } from "../quotas";
import type { QueuePolling } from "../queue-polling";
import { apiGateway } from "./api-gateway";
import { applicationAutoScaling } from "./application-autoscaling";
import { dynamoDb } from "./dynamodb";
import { dynamoDbWrites } from "./dynamodb-writes";
import { budgets } from "./budgets";
import { INVOKED_BY, Trail } from "./cloudtrail";
import { ec2 } from "./ec2";
import { ecs } from "./ecs";
import { elb } from "./elb";
import { eventSourceMappings } from "./event-source-mappings";
import { functionUrls } from "./function-urls";
import { iam, Roles } from "./iam";
import { lambda } from "./lambda";
import { logs } from "./logs";
import { machines } from "./machines";
import { QUOTA_SERVICES, withQuotas } from "./quotas";
import { rds } from "./rds";
import { s3 } from "./s3";
import { scheduler } from "./scheduler";
import { sends } from "./sends";
import { serviceQuotas } from "./service-quotas";
import { ssm } from "./ssm";
import { onlineInstances } from "./fleets";
import type { Boxes } from "./boxes";
import { sts } from "./sts";
import { tagging } from "./tagging";
import { Targets } from "./targets";

export interface PatchOptions {
  readonly functions: Functions;
  readonly endpoints: Endpoints;
  readonly polling: QueuePolling;
  readonly delays: Delays;
  readonly quotas: Quotas;
  readonly clock: LocalClock;
  /** Runs tasks and load balancers. @default they are records */
  readonly dataPlane?: DataPlane;
  /** Sessions on instances, and what instances there are. @default none */
  readonly boxes?: Boxes;
}

/** What the gateway does beyond moto, by signing name. Created again for each gateway: the patches remember. */
export function servicePatches(options: PatchOptions): ReadonlyMap<string, ServicePatch> {
  const { functions, endpoints, polling, delays, quotas, clock, dataPlane, boxes } = options;
  const targets = new Targets();
  const services = ecs({ targets, dataPlane });
  const trail = new Trail(LOCAL_USER_ID);
  const roles = new Roles(delays);
  const instances = recorded(
    trail,
    boxes ? boxes.connect.endpointsBefore(machines(boxes, ec2(boxes))) : ec2(),
  );
  const patches = new Map<string, ServicePatch>([
    ["apigateway", apiGateway(endpoints)],
    ["application-autoscaling", applicationAutoScaling(services)],
    ["dynamodb", inTurn(dynamoDb(delays), dynamoDbWrites())],
    ["budgets", budgets()],
    ["cloudtrail", trail.patch()],
    ["ec2", instances],
    ["ecs", services],
    ["elasticloadbalancing", elb(targets, dataPlane)],
    ["events", sends(polling)],
    ["iam", iam(roles)],
    [
      "lambda",
      inTurn(functionUrls(endpoints), eventSourceMappings(polling), lambda({ functions, delays, roles })),
    ],
    ["logs", logs()],
    ["rds", rds(dataPlane)],
    ["s3", s3()],
    ["scheduler", scheduler({ clock, functions, act: asService("scheduler.amazonaws.com", instances) })],
    ["servicequotas", serviceQuotas(quotas)],
    ...(boxes
      ? ([
          ["ec2-instance-connect", boxes.connect.keys()],
          [
            "ssm",
            recorded(
              trail,
              ssm({
                ...boxes,
                dataPlane,
                onlineInstances: (call, forward) =>
                  onlineInstances(call, forward, boxes.capacity.bootSeconds),
              }),
            ),
          ],
        ] as const)
      : []),
    ["sns", sends(polling)],
    ["sqs", sends(polling)],
    ["sts", sts()],
    ["tagging", tagging()],
  ]);
  for (const service of QUOTA_SERVICES) patches.set(service, withQuotas(quotas, patches.get(service)!));
  return patches;
}

/** Patches that see a call one after the other. */
function inTurn(...patches: readonly ServicePatch[]): ServicePatch {
  return patches.reduceRight((inner, outer) => (call, forward) => outer(call, (one) => inner(one, forward)));
}

/** `aws:userid` that moto gives to a caller with an access key of its own. */
const LOCAL_USER_ID = "AKIAIOSFODNN7EXAMPLE";

/** Calls in the name of a service, which the audit trail says. */
function asService(invokedBy: string, patch: ServicePatch): ServicePatch {
  return (call, forward) =>
    patch({ ...call, headers: { ...call.headers, [INVOKED_BY]: invokedBy } }, forward);
}

function recorded(trail: Trail, patch: ServicePatch): ServicePatch {
  return async (call, forward) => {
    const answer = await patch(call, forward);
    trail.record(call, answer);
    return answer;
  };
}
