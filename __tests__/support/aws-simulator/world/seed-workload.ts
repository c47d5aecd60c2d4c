import type { BucketPurpose } from "../../../../contract/names";
import { dnsName } from "../services/elb";
import { startTask } from "../services/ecs-lifecycle";
import { put } from "../services/s3-objects";
import { refer, securityGroup, type SeededNetwork } from "./seed-network";
import type { Builder, Shape } from "./seed-parts";

/** Buckets, load balancer, service and everything that watches them, as `AutomockStack` makes them. */
export function seedWorkload(builder: Builder, shape: Shape, network: SeededNetwork): void {
  const buckets = seedBuckets(builder, shape);
  const balancerGroup = securityGroup(builder, network.vpcId, "alb");
  const serviceGroup = securityGroup(builder, network.vpcId, "mockserver");
  refer(builder, serviceGroup, balancerGroup, false);
  if (shape.groupCycle) refer(builder, balancerGroup, serviceGroup, true);
  const certificateArn = shape.domain ? seedCertificate(builder) : undefined;
  const { targetGroupArn, alias } = seedLoadBalancer(
    builder,
    network,
    balancerGroup,
    buckets.logs,
    certificateArn,
  );
  if (shape.domain) seedRecords(builder, alias);
  seedService(builder, shape, network, serviceGroup, targetGroupArn);
  seedRoles(builder);
}

function seedBuckets(builder: Builder, shape: Shape): { readonly logs: string } {
  const { world, names } = builder;
  const add = (purpose: BucketPurpose) => {
    const id = names.bucket(purpose);
    const bucket = world.buckets.add({
      ...builder.of(id, "s3", id),
      versioning: "Enabled",
      versions: [],
      uploads: [],
      policy: "{}",
    });
    builder.manage("aws_s3_bucket", purpose, { id, arn: bucket.arn, bucket: id });
    builder.manage("aws_s3_bucket_versioning", purpose, { id });
    builder.manage("aws_s3_bucket_policy", purpose, { id });
    return bucket;
  };
  const config = add("config");
  builder.manage("aws_s3_object", "expectations", { id: "expectations.json", bucket: config.id });
  for (let index = 0; index < shape.objects; index++) {
    put(world, config, `expectations-${index % 3}.json`, `version ${index}`, 0);
  }
  for (let index = 0; index < shape.uploads; index++) {
    config.uploads.push({ key: `part-${index}`, uploadId: world.newHex(16) });
  }
  const logs = add("alb-logs");
  put(world, logs, "AWSLogs/first.gz", "log", 0);
  return { logs: logs.id };
}

/** Lies in the same account, but belongs to someone else: only the records in it are the environment's. */
export const ZONE = { id: "Z0123456789ABCDEFGHIJ", name: "mocks.example.com." } as const;

function seedCertificate(builder: Builder): string {
  const { world } = builder;
  const id = world.newHex(32);
  const made = builder.of(id, "acm", `certificate/${id}`);
  const domain = hostOf(builder);
  const validation = {
    name: `_${world.newHex(8)}.${domain}`,
    value: `_${world.newHex(8)}.acm-validations.aws`,
  };
  world.certificates.add({ ...made, domain, keyAlgorithm: "EC_prime256v1", validation, inUseUntil: 0 });
  builder.manage("aws_acm_certificate", "certificate", { id: made.arn, arn: made.arn });
  return made.arn;
}

const hostOf = ({ origin }: Builder) => `${origin}.mocks.example.com`;

function seedRecords(builder: Builder, alias: { readonly dnsName: string; readonly zoneId: string }): void {
  const { world, origin } = builder;
  const add = (
    name: string,
    type: string,
    rest: { ttl?: number; values?: string[]; alias?: typeof alias },
  ) => {
    const id = `${ZONE.id}_${name}_${type}`;
    world.records.add({
      id,
      arn: `record ${id}`,
      tags: {},
      origin,
      zoneId: ZONE.id,
      name: `${name}.`,
      type,
      ttl: rest.ttl,
      values: rest.values ?? [],
      alias: rest.alias,
    });
    builder.manage("aws_route53_record", "record", { id, zone_id: ZONE.id, name, type, fqdn: name });
  };
  add(hostOf(builder), "A", { alias });
  const [certificate] = world.certificates.where((one) => one.origin === origin);
  const { name, value } = certificate!.validation;
  add(name, "CNAME", { ttl: 300, values: [`${value}.`] });
}

function seedLoadBalancer(
  builder: Builder,
  network: SeededNetwork,
  group: string,
  logBucket: string,
  certificateArn: string | undefined,
) {
  const { world, names } = builder;
  const name = names.name("loadBalancer");
  const id = world.newHex(16);
  const made = builder.of(id, "elasticloadbalancing", `loadbalancer/app/${name}/${id}`);
  const interfaceIds = network.publicSubnets.map(
    (subnetId, index) =>
      builder.networkInterface({
        vpcId: network.vpcId,
        subnetId,
        groupIds: [group],
        description: `ELB app/${name}/${id}`,
        publicIp: `203.0.113.${index + 1}`,
      }).id,
  );
  const balancer = world.loadBalancers.add({
    ...made,
    name,
    vpcId: network.vpcId,
    groupIds: [group],
    subnetIds: network.publicSubnets,
    interfaceIds,
    logBucket,
    deletionProtection: builder.random.chance(0.3),
  });
  builder.manage("aws_lb", "load-balancer", { id: made.arn, arn: made.arn, name });

  const target = world.newHex(16);
  const targetName = names.targetGroup("blue", { port: 1080 });
  const targetGroup = builder.of(target, "elasticloadbalancing", `targetgroup/${targetName}/${target}`);
  world.targetGroups.add({
    ...targetGroup,
    name: targetName,
    vpcId: network.vpcId,
    deregistrationDelaySeconds: 60,
    inUseUntil: 0,
  });
  builder.manage("aws_lb_target_group", "blue", { id: targetGroup.arn, arn: targetGroup.arn });

  const listener = world.newHex(16);
  const path = `app/${name}/${id}/${listener}`;
  const listenerMade = builder.of(listener, "elasticloadbalancing", `listener/${path}`);
  world.listeners.add({
    ...listenerMade,
    loadBalancerArn: made.arn,
    port: certificateArn === undefined ? 80 : 443,
    certificateArn,
    targetGroupArns: [],
  });
  builder.manage("aws_lb_listener", "listener", { id: listenerMade.arn, arn: listenerMade.arn });
  for (const priority of ["default", "100", "200", "300"]) {
    const rule = world.newHex(16);
    const ruleMade = builder.of(rule, "elasticloadbalancing", `listener-rule/${path}/${rule}`);
    const targetGroupArns = priority === "300" ? [targetGroup.arn] : [];
    world.listenerRules.add({ ...ruleMade, listenerArn: listenerMade.arn, priority, targetGroupArns });
    if (priority !== "default") {
      builder.manage("aws_lb_listener_rule", "rule", { id: ruleMade.arn, arn: ruleMade.arn });
    }
  }
  const alias = { dnsName: dnsName(balancer, world), zoneId: "Z35SXDOTRQ7X7K" };
  return { targetGroupArn: targetGroup.arn, alias };
}

function seedService(
  builder: Builder,
  shape: Shape,
  network: SeededNetwork,
  group: string,
  targetGroupArn: string,
): void {
  const { world, names } = builder;
  const clusterName = names.name("cluster");
  const cluster = builder.of(clusterName, "ecs", `cluster/${clusterName}`);
  world.clusters.add({
    ...cluster,
    name: clusterName,
    containerInsights: true,
    capacityProviders: ["FARGATE", "FARGATE_SPOT"],
    status: "ACTIVE",
  });
  builder.manage("aws_ecs_cluster", "cluster", { id: cluster.arn, arn: cluster.arn, name: clusterName });
  builder.manage("aws_ecs_cluster_capacity_providers", "providers", { id: clusterName });

  const family = names.name("taskFamily", "mockserver");
  for (let revision = 1; revision <= 2; revision++) {
    const made = builder.of(`${family}:${revision}`, "ecs", `task-definition/${family}:${revision}`);
    // Terraform deregistered the older one and forgot it.
    world.taskDefinitions.add({ ...made, family, revision, status: revision === 2 ? "ACTIVE" : "INACTIVE" });
    if (revision === 2)
      builder.manage("aws_ecs_task_definition", "task", { id: family, arn: made.arn, family });
  }

  const serviceName = names.name("service", "mockserver");
  const made = builder.of(`${clusterName}/${serviceName}`, "ecs", `service/${clusterName}/${serviceName}`);
  const service = world.services.add({
    ...made,
    name: serviceName,
    clusterArn: cluster.arn,
    taskDefinition: world.arn("ecs", `task-definition/${family}:2`),
    groupIds: [group],
    subnetIds: network.privateSubnets,
    targetGroupArns: [targetGroupArn],
    status: "ACTIVE",
    desired: shape.tasks,
  });
  builder.manage("aws_ecs_service", "service", {
    id: made.arn,
    arn: made.arn,
    name: serviceName,
    cluster: cluster.arn,
  });
  for (let count = 0; count < shape.tasks; count++) startTask(service, { world });
  seedScaling(builder, shape, `service/${clusterName}/${serviceName}`);

  const groups = [names.logGroup("mockserver"), names.logGroup("vpc-flow-logs")];
  for (const name of [...groups, `/aws/ecs/containerinsights/${clusterName}/performance`]) {
    const logGroup = builder.of(name, "logs", `log-group:${name}`);
    world.logGroups.add({ ...logGroup, deletionProtection: false });
    builder.manage("aws_cloudwatch_log_group", "log", { id: name, arn: logGroup.arn, name });
  }
}

function seedScaling(builder: Builder, shape: Shape, resourceId: string): void {
  const { world, names } = builder;
  const target = builder.of(resourceId, "application-autoscaling", `scalable-target/${world.newHex(20)}`);
  world.scalableTargets.add({ ...target, resourceId, minimum: Math.max(1, shape.tasks), maximum: 20 });
  builder.manage("aws_appautoscaling_target", "target", {
    id: resourceId,
    arn: target.arn,
    resource_id: resourceId,
    scalable_dimension: "ecs:service:DesiredCount",
    service_namespace: "ecs",
  });
  for (const purpose of ["cpu-out", "in"]) {
    const name = names.name("scalingPolicy", `mockserver-${purpose}`);
    const arn = `scalingPolicy:${world.newHex(12)}:resource/ecs/${resourceId}:policyName/${name}`;
    world.scalingPolicies.add({ ...builder.of(name, "autoscaling", arn), tags: {}, name, resourceId });
    builder.manage("aws_appautoscaling_policy", "policy", {
      id: name,
      name,
      resource_id: resourceId,
      service_namespace: "ecs",
    });
    const alarm = names.name("alarm", `mockserver-scale-${purpose}`);
    const made = builder.of(alarm, "cloudwatch", `alarm:${alarm}`);
    world.alarms.add({ ...made, composite: false });
    builder.manage("aws_cloudwatch_metric_alarm", "alarm", { id: alarm, arn: made.arn });
  }
}

function seedRoles(builder: Builder): void {
  const { world, names } = builder;
  for (const purpose of ["execution", "task", "vpc-flow-logs"]) {
    const name = names.name("role", purpose);
    const made = builder.of(name, "iam", `role/${name}`);
    world.roles.add({ ...made, path: "/", inline: { [purpose]: "{}" }, attached: [], profiles: [] });
    builder.manage("aws_iam_role", "role", { id: name, arn: made.arn, name });
    builder.manage("aws_iam_role_policy", "policy", { id: `${name}:${purpose}`, name: purpose, role: name });
  }
}
