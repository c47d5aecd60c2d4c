import { isObject, sortKeys } from "../../../../contract/json";
import type { Random } from "../kernel/random";
import { Store, type Entity } from "./entity";
import type * as network from "./network";
import type * as platform from "./platform";
import type * as workload from "./workload";

export interface Place {
  readonly accountId: string;
  readonly region: string;
}

/** A whole account in one region. Services read and change it; tests look at it past every API. */
export class World {
  public readonly vpcs = new Store<network.Vpc>("ec2:vpc");
  public readonly subnets = new Store<network.Subnet>("ec2:subnet");
  public readonly routeTables = new Store<network.RouteTable>("ec2:route-table");
  public readonly internetGateways = new Store<network.InternetGateway>("ec2:internet-gateway");
  public readonly natGateways = new Store<network.NatGateway>("ec2:nat-gateway");
  public readonly addresses = new Store<network.Address>("ec2:elastic-ip");
  public readonly endpoints = new Store<network.VpcEndpoint>("ec2:vpc-endpoint");
  public readonly interfaces = new Store<network.NetworkInterface>("ec2:network-interface");
  public readonly flowLogs = new Store<network.FlowLog>("ec2:flow-log");
  public readonly securityGroups = new Store<network.SecurityGroup>("ec2:security-group");
  public readonly networkAcls = new Store<network.NetworkAcl>("ec2:network-acl");

  public readonly loadBalancers = new Store<workload.LoadBalancer>("elb:load-balancer");
  public readonly listeners = new Store<workload.Listener>("elb:listener");
  public readonly listenerRules = new Store<workload.ListenerRule>("elb:rule");
  public readonly targetGroups = new Store<workload.TargetGroup>("elb:target-group");
  public readonly clusters = new Store<workload.Cluster>("ecs:cluster");
  public readonly services = new Store<workload.Service>("ecs:service");
  public readonly tasks = new Store<workload.Task>("ecs:task");
  public readonly taskDefinitions = new Store<workload.TaskDefinition>("ecs:task-definition");
  public readonly scalableTargets = new Store<workload.ScalableTarget>("autoscaling:target");
  public readonly scalingPolicies = new Store<workload.ScalingPolicy>("autoscaling:policy");
  public readonly databases = new Store<workload.Database>("rds:db");
  public readonly databaseSubnetGroups = new Store<workload.DatabaseGroup>("rds:subnet-group");
  public readonly databaseParameterGroups = new Store<workload.DatabaseGroup>("rds:parameter-group");
  public readonly functions = new Store<workload.LambdaFunction>("lambda:function");
  public readonly eventSourceMappings = new Store<platform.EventSourceMapping>("lambda:event-source-mapping");
  public readonly httpApis = new Store<platform.RestOrHttpApi>("apigateway:http-api");
  public readonly restApis = new Store<platform.RestOrHttpApi>("apigateway:rest-api");

  public readonly alarms = new Store<platform.Alarm>("cloudwatch:alarm");
  public readonly dashboards = new Store<platform.Dashboard>("cloudwatch:dashboard");
  public readonly logGroups = new Store<platform.LogGroup>("logs:log-group");
  public readonly metricFilters = new Store<platform.MetricFilter>("logs:metric-filter");
  public readonly queryDefinitions = new Store<platform.QueryDefinition>("logs:query-definition");
  public readonly roles = new Store<platform.Role>("iam:role");
  public readonly policies = new Store<platform.ManagedPolicy>("iam:policy");
  public readonly certificates = new Store<platform.Certificate>("acm:certificate");
  public readonly hostedZones = new Store<platform.HostedZone>("route53:zone");
  public readonly records = new Store<platform.RecordSet>("route53:record");
  public readonly topics = new Store<platform.Topic>("sns:topic");
  public readonly queues = new Store<platform.Queue>("sqs:queue");
  public readonly scheduleGroups = new Store<platform.ScheduleGroup>("scheduler:group");
  public readonly schedules = new Store<platform.Schedule>("scheduler:schedule");
  public readonly secrets = new Store<platform.Secret>("secretsmanager:secret");
  public readonly keys = new Store<platform.Key>("kms:key");
  public readonly repositories = new Store<platform.Repository>("ecr:repository");
  public readonly eventRules = new Store<platform.EventRule>("events:rule");
  public readonly buckets = new Store<platform.Bucket>("s3:bucket");
  /** Of types that no service here has; the tag index knows them. */
  public readonly others = new Store<Entity>("other");
  public readonly tables = new Store<platform.Table>("dynamodb:table");

  /** Deleted resources that the tag index still lists: ARN and the tags they had. */
  public readonly tagGhosts: { readonly arn: string; readonly tags: Record<string, string> }[] = [];
  /** The streams of all tables. */
  public onItemChange:
    | ((table: platform.Table, before: platform.Item | undefined, after: platform.Item | undefined) => void)
    | undefined;
  /** A schedule was made or moved. */
  public onSchedule: ((schedule: platform.Schedule) => void) | undefined;
  /** Sessions of assumed roles, by access key. */
  public readonly sessions = new Map<
    string,
    { arn: string; tags: Record<string, string>; policy?: string; expiresAt: number }
  >();
  /** Items that no page exceeds, so that every listing has several pages. */
  public pageSize = 100;

  constructor(
    public readonly place: Place,
    private readonly random: Random,
  ) {}

  public get stores(): readonly Store<Entity>[] {
    return Object.values(this).filter((value) => value instanceof Store) as Store<Entity>[];
  }

  /** A new id in EC2's form. */
  public newId(prefix: string): string {
    return `${prefix}-0${this.random.hex(16)}`;
  }

  public newHex(digits: number): string {
    return this.random.hex(digits);
  }

  public arn(service: string, resource: string): string {
    const global = service === "iam" || service === "route53" || service === "s3";
    const region = global ? "" : this.place.region;
    const account = service === "route53" || service === "s3" ? "" : this.place.accountId;
    return `arn:aws:${service}:${region}:${account}:${resource}`;
  }

  /** Kind and id of everything of `origin` that still exists. What AWS only still lists is not counted. */
  public remaining(origin: string): string[] {
    return this.stores.flatMap((store) =>
      store
        .where((item) => item.origin === origin && !isTombstone(item))
        .map((item) => `${store.kind} ${item.id}`),
    );
  }

  /**
   * Canonical text of everything that was not made for `origins`: two texts are equal or something changed.
   *
   * @param show what is compared of an item
   */
  public snapshotWithout(
    origins: readonly string[],
    show: (kind: string, id: string, item: Entity) => Entity = (_kind, _id, item) => item,
  ): string {
    const lines = this.stores.flatMap((store) =>
      store
        .where((item) => !origins.includes(item.origin))
        .map((item) => `${store.kind} ${canonical(show(store.kind, item.id, item))}`),
    );
    return lines.sort().join("\n");
  }
}

/** JSON with sorted keys and with the content of maps. */
function canonical(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) => {
    if (part instanceof Map) return [...part.entries()].sort(([a], [b]) => (a < b ? -1 : 1));
    return isObject(part) ? sortKeys(part) : part;
  });
}

/** Deleted NAT gateways, inactive clusters and services, stopped tasks, keys that wait for their deletion. */
function isTombstone(item: Entity): boolean {
  const { state, status, deletionDate } = item as Entity & Partial<Record<string, unknown>>;
  if (state === "deleted" || deletionDate !== undefined) return true;
  return ["INACTIVE", "STOPPED", "DELETE_IN_PROGRESS"].includes(String(status)) && !isRevision(item);
}

/** A deregistered task definition is still there. */
function isRevision(item: Entity): boolean {
  return "revision" in item && (item as Entity & { status?: string }).status === "INACTIVE";
}
