import {
  CloudWatchClient,
  DescribeAlarmsCommand,
  PutMetricAlarmCommand,
  type ComparisonOperator,
} from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogsClient, CreateLogGroupCommand } from "@aws-sdk/client-cloudwatch-logs";
import { DescribeSubnetsCommand, EC2Client } from "@aws-sdk/client-ec2";
import {
  CreateClusterCommand,
  CreateServiceCommand,
  ECSClient,
  RegisterTaskDefinitionCommand,
  type ContainerDefinition,
  type CreateServiceCommandInput,
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
import { KMSClient } from "@aws-sdk/client-kms";
import { RDSClient } from "@aws-sdk/client-rds";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { STSClient } from "@aws-sdk/client-sts";
import type { LocalAws } from "../../local/local-aws";
import type { Resource, Template } from "./template";

/** The clients of the services that a deployment touches. */
export function clientsOf({ clientConfig: config }: LocalAws) {
  return {
    cloudWatch: new CloudWatchClient(config),
    ec2: new EC2Client(config),
    ecs: new ECSClient(config),
    elb: new ElasticLoadBalancingV2Client(config),
    logs: new CloudWatchLogsClient(config),
    kms: new KMSClient(config),
    rds: new RDSClient(config),
    s3: new S3Client(config),
    secrets: new SecretsManagerClient(config),
    sts: new STSClient(config),
  };
}
export type Clients = ReturnType<typeof clientsOf>;

export interface ServiceOptions {
  readonly cluster: string;
  readonly service: string;
  /** @default the synthesized one */
  readonly healthCheckIntervalSeconds?: number;
}

/** The service of a synthesized stack behind its load balancer, brought up by API calls. */
export class DeployedService {
  containers: readonly ContainerDefinition[];
  private loadBalancer = { arn: "", targetGroupArn: "" };

  constructor(
    protected readonly clients: Clients,
    protected readonly template: Template,
    private readonly names: ServiceOptions,
  ) {
    const definition = template.sole("aws_ecs_task_definition");
    this.containers = JSON.parse(definition.container_definitions as string) as ContainerDefinition[];
  }

  /** Everything from log groups to service. Returns the load balancer's address. */
  async createService(rest: Partial<CreateServiceCommandInput> = {}): Promise<string> {
    const { logs, ecs } = this.clients;
    for (const { logConfiguration } of this.containers)
      await logs.send(
        new CreateLogGroupCommand({ logGroupName: logConfiguration!.options!["awslogs-group"] }),
      );
    const address = await this.createEntrance();
    await ecs.send(new CreateClusterCommand({ clusterName: this.names.cluster }));
    const service = this.template.sole("aws_ecs_service");
    const [target] = service.load_balancer as Resource[];
    await ecs.send(
      new CreateServiceCommand({
        cluster: this.names.cluster,
        serviceName: this.names.service,
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
            targetGroupArn: this.loadBalancer.targetGroupArn,
            containerName: target!.container_name as string,
            containerPort: target!.container_port as number,
          },
        ],
        ...rest,
      }),
    );
    return address;
  }

  /** A revision with these containers. */
  async register(containerDefinitions: readonly ContainerDefinition[]): Promise<string> {
    const definition = this.template.sole("aws_ecs_task_definition");
    const { taskDefinition } = await this.clients.ecs.send(
      new RegisterTaskDefinitionCommand({
        family: this.names.service,
        networkMode: "awsvpc",
        cpu: definition.cpu as string,
        memory: definition.memory as string,
        requiresCompatibilities: ["FARGATE"],
        volumes: ((definition.volume ?? []) as Resource[]).map(({ name }) => ({ name: name as string })),
        containerDefinitions: [...containerDefinitions],
      }),
    );
    return taskDefinition!.taskDefinitionArn!;
  }

  /** Creates the alarm whose name ends so, on this load balancer. */
  async createAlarm(end: string): Promise<void> {
    const alarm = this.alarm(end);
    const suffix = (arn: string) => arn.replace(/^.*?:(?:loadbalancer\/)?(?=(?:app|targetgroup)\/)/, "");
    const values: Readonly<Record<string, string>> = {
      LoadBalancer: suffix(this.loadBalancer.arn),
      TargetGroup: suffix(this.loadBalancer.targetGroupArn),
    };
    await this.clients.cloudWatch.send(
      new PutMetricAlarmCommand({
        AlarmName: alarm.alarm_name as string,
        ComparisonOperator: alarm.comparison_operator as ComparisonOperator,
        Threshold: alarm.threshold as number,
        EvaluationPeriods: alarm.evaluation_periods as number,
        Metrics: (alarm.metric_query as Resource[]).map(({ id, expression, metric, return_data }) => {
          const of = one(metric);
          return {
            Id: id as string,
            ReturnData: return_data === true,
            ...(expression !== undefined && { Expression: expression as string }),
            ...(of && {
              MetricStat: {
                Metric: {
                  Namespace: of.namespace as string,
                  MetricName: of.metric_name as string,
                  Dimensions: Object.keys((of.dimensions ?? {}) as object).map((Name) => ({
                    Name,
                    Value: values[Name]!,
                  })),
                },
                Period: of.period as number,
                Stat: of.stat as string,
              },
            }),
          };
        }),
      }),
    );
  }

  /** Why the alarm whose name ends so is in ALARM; empty when it is not. */
  async alarmReason(end: string): Promise<string> {
    const command = new DescribeAlarmsCommand({ AlarmNames: [this.alarm(end).alarm_name as string] });
    const { MetricAlarms = [] } = await this.clients.cloudWatch.send(command);
    const [{ StateValue, StateReason } = {}] = MetricAlarms;
    return StateValue === "ALARM" ? StateReason! : "";
  }

  /** Value of a variable, whichever container has it. */
  protected variable(name: string): string {
    const all = this.containers.flatMap(({ environment = [] }) => environment);
    return all.find((each) => each.name === name)!.value!;
  }

  private alarm(end: string): Resource {
    const alarms = this.template.all("aws_cloudwatch_metric_alarm");
    return alarms.find(({ alarm_name }) => (alarm_name as string).endsWith(end))!;
  }

  private async createEntrance(): Promise<string> {
    const { ec2, elb } = this.clients;
    const { Subnets = [] } = await ec2.send(new DescribeSubnetsCommand({}));
    const { LoadBalancers = [] } = await elb.send(
      new CreateLoadBalancerCommand({
        Name: this.names.service,
        Subnets: Subnets.slice(0, 2).map(({ SubnetId }) => SubnetId!),
      }),
    );
    const { LoadBalancerArn, DNSName } = LoadBalancers[0]!;
    const targetGroupArn = await this.createTargetGroup(Subnets[0]!.VpcId!);
    this.loadBalancer = { arn: LoadBalancerArn!, targetGroupArn };
    const listener = this.template.sole("aws_lb_listener");
    const { Listeners = [] } = await elb.send(
      new CreateListenerCommand({
        LoadBalancerArn,
        Port: listener.port as number,
        Protocol: listener.protocol as "HTTP",
        DefaultActions: (listener.default_action as Resource[]).map((each) => action(each, targetGroupArn)),
      }),
    );
    for (const rule of this.template.all("aws_lb_listener_rule")) {
      await elb.send(
        new CreateRuleCommand({
          ListenerArn: Listeners[0]!.ListenerArn,
          Priority: rule.priority as number,
          Conditions: (rule.condition as Resource[]).map(condition),
          Actions: (rule.action as Resource[]).map((each) => action(each, targetGroupArn)),
        }),
      );
    }
    return DNSName!;
  }

  private async createTargetGroup(VpcId: string): Promise<string> {
    const { elb } = this.clients;
    const group = this.template.all("aws_lb_target_group")[0]!;
    const check = one(group.health_check)!;
    const { TargetGroups = [] } = await elb.send(
      new CreateTargetGroupCommand({
        Name: this.names.service,
        VpcId,
        Protocol: "HTTP",
        Port: group.port as number,
        TargetType: "ip",
        HealthCheckPath: check.path as string,
        Matcher: { HttpCode: check.matcher as string },
        HealthCheckIntervalSeconds: this.names.healthCheckIntervalSeconds ?? (check.interval as number),
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

/** The block of an argument that has one at most. */
function one(value: unknown): Resource | undefined {
  return [value as Resource | undefined].flat()[0];
}

function action(synthesized: Resource, targetGroupArn: string): Action {
  const { type, fixed_response: fixed } = synthesized;
  if (type === "forward") return { Type: "forward", TargetGroupArn: targetGroupArn };
  const { status_code, content_type, message_body } = one(fixed)!;
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
