import { createPublicKey } from "node:crypto";
import { CloudWatchClient, DescribeAlarmsCommand, PutMetricAlarmCommand } from "@aws-sdk/client-cloudwatch";
import {
  CloudWatchLogsClient,
  CreateLogGroupCommand,
  PutMetricFilterCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type ContainerDefinition,
} from "@aws-sdk/client-ecs";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateRuleCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  ModifyTargetGroupAttributesCommand,
  type Action,
  type RuleCondition,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  CreateAliasCommand,
  CreateKeyCommand,
  GetPublicKeyCommand,
  KMSClient,
  type KeySpec,
} from "@aws-sdk/client-kms";
import { CreateBucketCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { keySet } from "../../contract/control-plane";
import { AutomockStack } from "../../stacks/automock/automock-stack";
import type { LocalAws } from "../../local/local-aws";
import { stagingEnvironment } from "./environments";
import { Template, type Resource } from "./template";

export const CLUSTER = "mock";
export const SERVICE = "mockserver";

/** The clients of the services that a deployment touches. */
export function clientsOf({ clientConfig: config }: LocalAws) {
  return {
    cloudWatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
    ecs: new ECSClient(config),
    elb: new ElasticLoadBalancingV2Client(config),
    logs: new CloudWatchLogsClient(config),
    kms: new KMSClient(config),
    s3: new S3Client(config),
    sts: new STSClient(config),
  };
}
export type Clients = ReturnType<typeof clientsOf>;

/** What `automock-staging` deploys, as its synthesized JSON has it. */
export class MockDeployment {
  private readonly template = Template.ofApp(
    (app) => new AutomockStack(app, "automock-staging", stagingEnvironment),
  );
  containers: readonly ContainerDefinition[];
  readonly bucket: string;
  readonly objectKey: string;

  /** @param variables values that differ from the synthesized ones, by name */
  constructor(
    private readonly clients: Clients,
    variables: Readonly<Record<string, string>> = {},
  ) {
    const definition = this.only("aws_ecs_task_definition");
    const synthesized = JSON.parse(definition.container_definitions as string) as ContainerDefinition[];
    this.containers = withVariables(synthesized, variables);
    this.bucket = this.variable("EXPECTATIONS_BUCKET");
    this.objectKey = this.variable("EXPECTATIONS_OBJECT");
  }

  /** The whole line, from bucket to service. Returns what the load balancer is called. */
  async create(expectations: unknown): Promise<string> {
    const { s3, logs, ecs } = this.clients;
    await s3.send(new CreateBucketCommand({ Bucket: this.bucket }));
    await this.push(expectations);
    this.containers = withVariables(this.containers, { CONTROL_PLANE_JWKS: await this.signingKey() });
    for (const { logConfiguration } of this.containers)
      await logs.send(
        new CreateLogGroupCommand({ logGroupName: logConfiguration!.options!["awslogs-group"] }),
      );
    await this.alarm();
    const { targetGroupArn, address } = await this.entrance();
    await ecs.send(new CreateClusterCommand({ clusterName: CLUSTER }));
    const service = this.only("aws_ecs_service");
    await ecs.send(
      new CreateServiceCommand({
        cluster: CLUSTER,
        serviceName: SERVICE,
        taskDefinition: await this.register(this.containers),
        desiredCount: service.desired_count as number,
        healthCheckGracePeriodSeconds: service.health_check_grace_period_seconds as number,
        deploymentConfiguration: {
          deploymentCircuitBreaker: service.deployment_circuit_breaker as {
            enable: boolean;
            rollback: boolean;
          },
          maximumPercent: service.deployment_maximum_percent as number,
          minimumHealthyPercent: service.deployment_minimum_healthy_percent as number,
        },
        loadBalancers: [
          {
            targetGroupArn,
            containerName: (service.load_balancer as Resource[])[0]!.container_name as string,
            containerPort: (service.load_balancer as Resource[])[0]!.container_port as number,
          },
        ],
      }),
    );
    return address;
  }

  /** Why the alarm on refused expectations is in ALARM; empty when it is not. */
  async alarmReason(): Promise<string> {
    const { alarm_name } = this.refused();
    const command = new DescribeAlarmsCommand({ AlarmNames: [alarm_name as string] });
    const { MetricAlarms = [] } = await this.clients.cloudWatch.send(command);
    const [{ StateValue, StateReason } = {}] = MetricAlarms;
    return StateValue === "ALARM" ? StateReason! : "";
  }

  private refused(): Resource {
    return this.all("aws_cloudwatch_metric_alarm").find((one) =>
      (one.alarm_name as string).endsWith("-refused-expectations"),
    )!;
  }

  private async alarm(): Promise<void> {
    const filter = this.all("aws_cloudwatch_log_metric_filter").find(
      (one) => one.name === "refused-expectations",
    )!;
    const [transformation] = [filter.metric_transformation as Resource].flat();
    await this.clients.logs.send(
      new PutMetricFilterCommand({
        filterName: filter.name as string,
        logGroupName: filter.log_group_name as string,
        filterPattern: filter.pattern as string,
        metricTransformations: [
          {
            metricName: transformation!.name as string,
            metricNamespace: transformation!.namespace as string,
            metricValue: transformation!.value as string,
          },
        ],
      }),
    );
    const alarm = this.refused();
    await this.clients.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: alarm.alarm_name as string,
        ComparisonOperator: alarm.comparison_operator as "GreaterThanOrEqualToThreshold",
        Threshold: alarm.threshold as number,
        EvaluationPeriods: alarm.evaluation_periods as number,
        Metrics: (alarm.metric_query as Resource[]).map(({ id, expression, metric, return_data }) => {
          const [of] = [metric as Resource | undefined].flat();
          return {
            Id: id as string,
            ReturnData: return_data === true,
            ...(expression !== undefined && { Expression: expression as string }),
            ...(of && {
              MetricStat: {
                Metric: { Namespace: of.namespace as string, MetricName: of.metric_name as string },
                Period: of.period as number,
                Stat: of.stat as string,
              },
            }),
          };
        }),
      }),
    );
  }

  /** Uploads expectations as a push does. Returns the ETag, by which the tasks name the version. */
  async push(expectations: unknown): Promise<string> {
    const Body = typeof expectations === "string" ? expectations : JSON.stringify(expectations);
    const put = new PutObjectCommand({ Bucket: this.bucket, Key: this.objectKey, Body });
    return (await this.clients.s3.send(put)).ETag!;
  }

  /** A revision with these containers. */
  async register(containerDefinitions: readonly ContainerDefinition[]): Promise<string> {
    const definition = this.only("aws_ecs_task_definition");
    const { taskDefinition } = await this.clients.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: SERVICE,
        networkMode: "awsvpc",
        cpu: definition.cpu as string,
        memory: definition.memory as string,
        requiresCompatibilities: ["FARGATE"],
        volumes: (definition.volume as Resource[]).map(({ name }) => ({ name: name as string })),
        containerDefinitions: [...containerDefinitions],
      }),
    );
    return taskDefinition!.taskDefinitionArn!;
  }

  /** The key that signs tokens, and its public half as the tasks get it. */
  private async signingKey(): Promise<string> {
    const { kms } = this.clients;
    const { customer_master_key_spec, key_usage } = this.all("aws_kms_key").find(
      ({ key_usage: usage }) => usage !== undefined,
    )!;
    const { KeyMetadata } = await kms.send(
      new CreateKeyCommand({
        KeySpec: customer_master_key_spec as KeySpec,
        KeyUsage: key_usage as "SIGN_VERIFY",
      }),
    );
    const id = KeyMetadata!.KeyId!;
    const AliasName = this.all("aws_kms_alias").find(({ name }) =>
      /control-plane/.test(name as string),
    )!.name;
    await kms.send(new CreateAliasCommand({ AliasName: AliasName as string, TargetKeyId: id }));
    const { PublicKey } = await kms.send(new GetPublicKeyCommand({ KeyId: id }));
    const { n } = createPublicKey({
      key: Buffer.from(PublicKey!),
      format: "der",
      type: "spki",
    }).export({ format: "jwk" });
    return keySet([{ id, modulus: n! }]);
  }

  private async entrance(): Promise<{ targetGroupArn: string; address: string }> {
    const { ec2, elb } = this.clients;
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { LoadBalancers = [] } = await elb.send(
      new CreateLoadBalancerCommand({
        Name: "mock",
        Subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!),
      }),
    );
    const { LoadBalancerArn, DNSName } = LoadBalancers[0]!;
    const targetGroupArn = await this.targetGroup(Subnets[0]!.VpcId!);
    const listener = this.only("aws_lb_listener");
    const { Listeners = [] } = await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Port: listener.port as number,
        Protocol: listener.protocol as "HTTP",
        DefaultActions: (listener.default_action as Resource[]).map((one) => action(one, targetGroupArn)),
      }),
    );
    for (const rule of this.all("aws_lb_listener_rule")) {
      await elb.send(
        new CreateRuleCommand({
          ListenerArn: Listeners[0]!.ListenerArn,
          Priority: rule.priority as number,
          Conditions: (rule.condition as Resource[]).map(condition),
          Actions: (rule.action as Resource[]).map((one) => action(one, targetGroupArn)),
        }),
      );
    }
    return { targetGroupArn, address: DNSName! };
  }

  private async targetGroup(VpcId: string): Promise<string> {
    const { elb } = this.clients;
    const group = this.all("aws_lb_target_group")[0]!;
    const check = [group.health_check as Resource].flat()[0]!;
    const { TargetGroups = [] } = await elb.send(
      new CreateTargetGroupCommand({
        Name: "mock",
        VpcId,
        Protocol: "HTTP",
        Port: group.port as number,
        TargetType: "ip",
        HealthCheckPath: check.path as string,
        Matcher: { HttpCode: check.matcher as string },
        HealthCheckIntervalSeconds: check.interval as number,
        HealthCheckTimeoutSeconds: check.timeout as number,
        HealthyThresholdCount: check.healthy_threshold as number,
        UnhealthyThresholdCount: check.unhealthy_threshold as number,
      }),
    );
    const { TargetGroupArn } = TargetGroups[0]!;
    const Attributes = [
      { Key: "deregistration_delay.timeout_seconds", Value: group.deregistration_delay as string },
    ];
    await elb.send(new ModifyTargetGroupAttributesCommand({ TargetGroupArn, Attributes }));
    return TargetGroupArn!;
  }

  private variable(name: string): string {
    const all = this.containers.flatMap(({ environment = [] }) => environment);
    return all.find((one) => one.name === name)!.value!;
  }

  private all(type: string): Resource[] {
    return Object.values(this.template.json.resource?.[type] ?? {});
  }

  private only(type: string): Resource {
    const [first, ...others] = this.all(type);
    if (!first || others.length > 0) throw new Error(`one ${type} expected`);
    return first;
  }
}

/** The containers with other values of the variables that they have. */
export function withVariables(
  containers: readonly ContainerDefinition[],
  variables: Readonly<Record<string, string>>,
): ContainerDefinition[] {
  return containers.map((container) => ({
    ...container,
    environment: (container.environment ?? []).map(({ name, value }) => ({
      name,
      value: variables[name!] ?? value,
    })),
  }));
}

function action(synthesized: Resource, targetGroupArn: string): Action {
  const { type, fixed_response: fixed } = synthesized;
  if (type === "forward") return { Type: "forward", TargetGroupArn: targetGroupArn };
  const { status_code, content_type, message_body } = [fixed as Resource].flat()[0]!;
  return {
    Type: "fixed-response",
    FixedResponseConfig: {
      StatusCode: status_code as string,
      ContentType: content_type as string,
      MessageBody: message_body as string,
    },
  };
}

function condition(synthesized: Resource): RuleCondition {
  const { path_pattern: path, http_request_method: method, source_ip: source } = synthesized;
  if (path) return { Field: "path-pattern", PathPatternConfig: { Values: path.values as string[] } };
  if (method)
    return { Field: "http-request-method", HttpRequestMethodConfig: { Values: method.values as string[] } };
  return { Field: "source-ip", SourceIpConfig: { Values: source.values as string[] } };
}
