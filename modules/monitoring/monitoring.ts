import type { ITerraformDependable } from "cdktf";
import { Construct } from "constructs";
import type { Names } from "../../contract/names";
import { Alarms } from "./alarms";
import { Dashboard } from "./dashboard";
import { DeploymentEvents } from "./deployment-events";
import { LogInsights } from "./log-insights";
import type { Panel } from "./metric";
import type { NotificationTopic } from "./notification-topic";

export interface MonitoringProps {
  readonly names: Names;
  readonly topic: NotificationTopic;
  /** Graphs and their alarms, in dashboard order. */
  readonly panels: readonly Panel[];
  /** ARN of the ECS service whose failed deployments are reported. */
  readonly serviceArn: string;
  /** Log group of the main container, and what to wait for before using it. */
  readonly log: { readonly groupName: string; readonly ready: readonly ITerraformDependable[] };
}

/**
 * Monitoring of a service: alarms and a dashboard from the same panels, a message for each failed deployment,
 * a metric for errors in the log, and saved queries.
 *
 * Cost: about $0.10 per month per alarm; see `Dashboard` and `LogInsights`.
 */
export class Monitoring extends Construct {
  /** Literal names by key. */
  public readonly alarmNames: Readonly<Record<string, string>>;
  /** Literal, known before the apply. */
  public readonly dashboardName: string;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { names, topic, panels, serviceArn, log } = props;
    const { panel } = new LogInsights(this, "logs", {
      names,
      logGroupName: log.groupName,
      dependsOn: log.ready,
    });
    this.alarmNames = new Alarms(this, "alarms", {
      names,
      definitions: panels.flatMap(({ alarms }) => alarms),
      topicArn: topic.topicArn,
    }).alarmNames;
    this.dashboardName = new Dashboard(this, "dashboard", {
      names,
      panels: [...panels, panel],
    }).dashboardName;
    new DeploymentEvents(this, "deployments", { names, serviceArn, topic });
  }
}
