import { Annotations } from "cdktf";
import type { Construct } from "constructs";
import { boundaryArn } from "../contract/permissions-boundary";
import { Names } from "../contract/names";
import type { Environment } from "../environments/schema";
import { sectionOf, type ServiceSection, type SystemId } from "../environments/schema/systems";
import { NotificationTopic } from "../modules/monitoring/notification-topic";
import { Networking } from "../modules/networking/networking";
import type { WebService, WebServiceProps } from "../modules/web-service/web-service";
import { BaseStack } from "./base-stack";

/** Props of a web service that come from fields of every system. */
type CommonProps = Pick<
  WebServiceProps,
  | "names"
  | "networking"
  | "domain"
  | "deletionProtection"
  | "logRetentionDays"
  | "containerInsights"
  | "tasks"
  | "waf"
>;

/** The stack of one system in one environment. */
export abstract class SystemStack extends BaseStack {
  protected readonly names: Names;

  protected constructor(
    scope: Construct,
    id: string,
    system: SystemId,
    protected readonly environment: Environment,
  ) {
    const { name, accountId, region, owner, costCenter, locking, ttlHours, iam } = environment;
    const boundary = boundaryArn(environment, ttlHours === undefined ? { environment: name } : "ephemeral");
    super(scope, id, {
      accountId,
      region,
      locking,
      tags: {
        system,
        environment: name,
        owner,
        costCenter,
        ephemeral: ttlHours !== undefined,
      },
      roles: { permissionsBoundaryArn: iam?.permissionsBoundaryArn ?? boundary, path: iam?.path },
    });
    this.names = new Names({ system, environment: name, accountId, region });
  }

  /** Creates the system's network and returns the props that come straight from the environment. */
  protected commonProps(section: ServiceSection): CommonProps {
    const values = sectionOf(this.environment, section);
    const { network, domain, logRetentionDays, containerInsights, tasks, waf, apiAllowedCidrs } = values;
    if (!domain) {
      Annotations.of(this).addWarning(
        `${section} has no domain, so it serves plain HTTP to the allowed networks. Set ${section}.domain for HTTPS.`,
      );
    }
    if (apiAllowedCidrs.includes("0.0.0.0/0") && !waf && this.environment.ttlHours === undefined) {
      Annotations.of(this).addWarning(
        `${section} is open to the internet without a limit on requests per address. Set ${section}.waf, for example { requestsPer5Minutes: 2000 } ($6 per month and $0.60 per million requests).`,
      );
    }
    const { names } = this;
    return {
      names,
      networking: new Networking(this, "networking", {
        names,
        ...network,
        flowLogRetentionDays: logRetentionDays,
      }),
      domain,
      deletionProtection: this.environment.deletionProtection,
      logRetentionDays,
      containerInsights,
      tasks,
      waf,
    };
  }

  /** Creates the topic of the environment's alarms. */
  protected notificationTopic(): NotificationTopic {
    return new NotificationTopic(this, "notifications", {
      names: this.names,
      ...this.environment.notifications,
    });
  }

  /** Adds the outputs that every system has. */
  protected serviceOutputs(
    { cluster, service, dashboardName, logGroupNames }: WebService,
    networking: Networking,
    { topic, furtherLogGroups = [] }: { topic?: NotificationTopic; furtherLogGroups?: readonly string[] },
  ): void {
    this.output("cluster_name", cluster.clusterName, "ECS cluster");
    this.output("service_name", service.serviceName, "ECS service");
    if (dashboardName !== undefined) this.output("dashboard_name", dashboardName, "CloudWatch dashboard");
    if (topic) this.output("topic_arn", topic.topicArn, "Topic of the alarms");
    this.output(
      "log_groups",
      [...logGroupNames, ...furtherLogGroups, networking.flowLogGroupName],
      "Log groups of the containers, of Container Insights, of the VPC, and of what else writes logs",
    );
  }
}
